import { dec, exact } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { SIZE, intent, runThrough } from "./testing.ts";
import { SmallVenue } from "./testing/small-venue.ts";

const STOP = {
  do: "stop",
  instrument: "X",
  side: "sell",
  size: exact(SIZE),
  trigger: { kind: "mark", when: "at-or-below", at: dec("90") },
  limit: dec("89"),
} as const;

test("a stop is done once it lies at the venue, wherever the process dies", async () => {
  for (let death = 0; death <= 8; death++) {
    const venue = new SmallVenue(["reply-lost"], false);
    const { end } = await runThrough(venue, [death], intent({ action: STOP }));
    expect([death, end.state, venue.lying.size, venue.effects]).toEqual([death, "done", 1, []]);
    expect([...venue.lying.values()][0]).toMatchObject({ reference: "k", size: STOP.size });
  }
});

test("a stop that woke at once and did not fill lies there too: what becomes of it is not this intent's", async () => {
  for (let death = 0; death <= 8; death++) {
    const venue = new SmallVenue(["awake"], false);
    const { end } = await runThrough(venue, [death], intent({ action: STOP }));
    expect([death, end.state, venue.lying.size, venue.effects]).toEqual([death, "done", 1, []]);
  }
});
