import { Paper, SimpleGrid } from "@mantine/core";
import { DangerMark } from "./danger-mark.tsx";
import type { AccountRow } from "./view-account.ts";
import { type Tile, countDangers } from "./view-tiles.ts";

export function Tiles({
  tiles,
  rows,
  stale,
}: {
  readonly tiles: readonly Tile[];
  readonly rows: readonly AccountRow[];
  readonly stale: boolean;
}) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
      {tiles.map(({ title, value, note, tone }) => (
        <Paper key={title} component="section" aria-label={title} className="tile" data-stale={stale}>
          <h2>{title}</h2>
          <p className="hero" data-danger={tone}>
            {value.map((line) => (
              <span key={line}>{line}</span>
            ))}
          </p>
          <p className="note">{note}</p>
        </Paper>
      ))}
      <Paper component="section" aria-label="Accounts by danger" className="tile" data-stale={stale}>
        <h2>Accounts by danger</h2>
        <p className="marks">
          {countDangers(rows).map(({ danger, count }) => (
            <DangerMark key={danger} danger={danger} count={count} />
          ))}
          {rows.length === 0 && "no accounts"}
        </p>
      </Paper>
    </SimpleGrid>
  );
}
