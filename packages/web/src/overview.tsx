import { Paper } from "@mantine/core";
import { Suspense, lazy } from "react";
import { Alerts } from "./panels/alerts.tsx";
import { Runs, StoryBanner } from "./panels/story-banner.tsx";
import { Tiles } from "./panels/tiles.tsx";
import { Timeline } from "./panels/timeline.tsx";
import { viewLevels } from "./panels/view-levels.ts";
import { viewTiles } from "./panels/view-tiles.ts";
import { Waterline } from "./panels/waterline.tsx";
import type { ScreenProps } from "./reading.ts";

const PriceChart = lazy(() => import("./panels/price-chart.tsx").then(({ PriceChart: shown }) => ({ default: shown })));

export function Overview({ state, presence, rows }: ScreenProps) {
  const { book, story, evidence, activity } = state.scenery;
  const charted = rows.find(({ key }) => (state.trails[key]?.length ?? 0) > 1);
  const points = (charted && state.trails[charted.key]) ?? [];
  return (
    <>
      <h1 className="hidden">Overview</h1>
      {story && <StoryBanner story={story} evidence={evidence} />}
      <Tiles tiles={viewTiles(book, rows)} rows={rows} stale={presence.stale} />
      <div className="columns">
        <div>
          <Waterline book={book} rows={rows} />
          {charted && (
            <Paper component="section" aria-labelledby="chart" className="panel">
              <header className="panelHead">
                <h2 id="chart">Price against the line</h2>
                <p className="note">
                  {charted.name}, {charted.detail}: {charted.price}
                </p>
              </header>
              <Suspense fallback={<div className="chart" />}>
                <PriceChart
                  points={points}
                  levels={viewLevels(book.guards, points[0]?.quote)}
                  label={`Price and liquidation price of ${charted.name}`}
                />
              </Suspense>
            </Paper>
          )}
        </div>
        <div>
          {story && <Runs story={story} />}
          <Alerts book={book} stale={presence.stale} />
          <Paper component="section" aria-labelledby="latest" className="panel">
            <header className="panelHead">
              <h2 id="latest">Latest</h2>
              <a href="#/activity">all activity</a>
            </header>
            <Timeline entries={activity.slice(0, 10)} brief />
          </Paper>
        </div>
      </div>
    </>
  );
}
