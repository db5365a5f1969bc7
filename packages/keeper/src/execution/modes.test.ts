import type { BookMode } from "@plimsoll/core/turn";
import { expect, test } from "vitest";
import { execute } from "./execute.ts";
import { SETTINGS, SIZE, house, intent, orderOf, runThrough } from "./testing.ts";
import { SmallVenue } from "./testing/small-venue.ts";

test("modes: shadow and halted send nothing whatever was intended; reduce-only sends what reduces and no hedge", async () => {
  const hedge = { ...orderOf(intent()), side: "buy", reduceOnly: false, hedges: "x/y" } as const;
  for (const mode of ["shadow", "halted"] as const) {
    const venue = new SmallVenue([], false);
    expect((await runThrough(venue, [], intent(), () => mode)).states()).toEqual(["abandoned"]);
    expect(venue.effects).toEqual([]);
  }
  const reduces = new SmallVenue([], false);
  expect((await runThrough(reduces, [], intent(), () => "reduce-only")).end.state).toBe("done");
  const opens = new SmallVenue([], false);
  const refused = await runThrough(opens, [], intent({ action: hedge }), () => "reduce-only");
  expect([refused.states(), opens.limits]).toEqual([["abandoned"], []]);
});

test("halted in mid-air: what is under way is followed to its end, and no further message leaves", async () => {
  for (const [faults, end, effects] of [
    [["lost"], "superseded", []],
    [["reply-lost"], "done", [SIZE]],
    [["partial"], "expired", [2n]],
  ] as const) {
    const venue = new SmallVenue(faults, false);
    let mode: BookMode = "armed";
    const { ports, track } = house(venue, intent(), () => mode);
    const running = ports((at) => {
      if (at === "intended>sent:after") mode = "halted";
    });
    const followed = track();
    await execute(followed, running, SETTINGS);
    expect([followed.state, venue.effects]).toEqual([end, effects]);
  }
});
