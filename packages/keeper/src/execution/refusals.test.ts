import { dec, exact, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { execute } from "./execute.ts";
import { SETTINGS, SIZE, house, intent, orderOf, runThrough } from "./testing.ts";
import { type Fault, SmallVenue } from "./testing/small-venue.ts";

test("a price outside the band goes again at the edge that the venue names, each time as it then is", async () => {
  const venue = new SmallVenue(["band", "band"], false);
  const { ports, track, states } = house(venue, intent({ action: { ...orderOf(intent()), limit: dec("85") } }));
  const running = { ...ports(() => undefined) };
  const once = running.record;
  running.record = async (...asked) => {
    await once(...asked);
    if (asked[2]?.state === "intended" && venue.floor.digits === 90n) venue.floor = dec("93");
  };
  await execute(track(), running, SETTINGS);
  expect(states()).toEqual(["sent", "intended", "sent", "intended", "sent", "accepted", "done"]);
  expect(venue.limits).toEqual(["85", "90", "93"]);
  expect(venue.effects).toEqual([SIZE]);
});

test("a band whose edge is not named is met half as far from the mark each time, and never beyond the order's own limit", async () => {
  const venue = new SmallVenue(["band-mute", "band-mute"], false);
  await runThrough(venue, [], intent({ action: { ...orderOf(intent()), limit: dec("80") } }));
  expect(venue.limits).toEqual(["80", "90", "95"]);
  const loose = new SmallVenue(["band"], false);
  loose.floor = dec("96");
  await runThrough(loose, [], intent({ action: { ...orderOf(intent()), limit: dec("95") } }));
  expect(loose.limits).toEqual(["95", "96"]);
  const beyond = new SmallVenue(["band-mute"], false);
  await runThrough(beyond, [], intent({ action: { ...orderOf(intent()), limit: dec("101") } }));
  expect(beyond.limits).toEqual(["101", "101"]);
});

test("an overload is waited for, longer each time, and no longer than the intent's time", async () => {
  const venue = new SmallVenue(["wait", "wait", "wait"], false);
  const { written, states } = await runThrough(venue, []);
  expect(states().filter((state) => state === "sent")).toHaveLength(4);
  const sent = written.filter(({ outcome }) => outcome?.state === "sent").map(({ at }) => at);
  const gaps = sent.slice(1).map((at, index) => at - sent[index]!);
  expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
  const shut = new SmallVenue(Array<Fault>(50).fill("wait"), false);
  const { end } = await runThrough(shut, [], intent({ expires: ms(3_000) }));
  expect([end.state, shut.effects]).toEqual(["expired", []]);
});

/** A stop that covers the whole position, so that no other order may reduce it. */
function withStop(reference: string, faults: readonly Fault[] = []): SmallVenue {
  const venue = new SmallVenue(faults, false);
  const trigger = { kind: "mark", when: "at-or-below", at: dec("90") } as const;
  const stop = { instrument: "X", side: "sell", size: exact(10n), reduceOnly: true, trigger } as const;
  venue.lying.set("#1", { order: "#1", reference, ...stop });
  return venue;
}

test("the active reducer owns the size: our own stop gives way, and the order goes once more", async () => {
  for (let death = 0; death <= 9; death++) {
    const venue = withStop("pl-stop");
    const { end, written } = await runThrough(venue, [death]);
    expect([death, end.state, venue.effects, venue.lying.size]).toEqual([death, "done", [SIZE], 0]);
    expect(written.flatMap(({ notes }) => notes.map(({ kind }) => kind))).toContain("cancel");
  }
});

test("the owner's stop stays, and the order is tried once more and no oftener", async () => {
  const venue = withStop("owner-1");
  const { end, states } = await runThrough(venue, []);
  expect([end.state, venue.effects, venue.lying.size]).toEqual(["refused", [], 1]);
  expect(states()).toEqual(["sent", "intended", "sent", "refused"]);
});
