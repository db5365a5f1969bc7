import { Paper } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Guards } from "./panels/guards.tsx";
import { Positions } from "./panels/positions.tsx";
import { Timeline } from "./panels/timeline.tsx";
import type { ScreenProps } from "./reading.ts";

export function PositionsScreen({ state: { scenery }, rows }: ScreenProps) {
  const cards = useMediaQuery("(max-width: 62em)");
  return (
    <>
      <Positions rows={rows} cards={cards} />
      <Guards book={scenery.book} />
    </>
  );
}

export function ActivityScreen({ state: { scenery } }: ScreenProps) {
  const { activity, evidence } = scenery;
  return (
    <Paper component="section" aria-labelledby="activity" className="panel">
      <header className="panelHead">
        <h1 id="activity">Activity</h1>
        <p className="note">
          {evidence.is === "ready" ? `evidence: ${evidence.file}, check it with: ${evidence.verify}` : evidence.why}
        </p>
      </header>
      <Timeline entries={activity} />
    </Paper>
  );
}
