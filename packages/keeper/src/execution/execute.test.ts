import { exact, hash, ms } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { execute } from "./execute.ts";
import { isTerminal, transition, transitionNames, transitions } from "./states.ts";
import { SETTINGS, SIZE, house, intent, orderOf, runThrough, sumOf } from "./testing.ts";
import { type Fault, SmallVenue } from "./testing/small-venue.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 300);
const fault = fc.constantFrom<Fault>(
  ...(["none", "lost", "reply-lost", "late", "refused", "partial", "band", "band-mute", "wait"] as const),
);

test("at most one effect, whatever is lost, late, doubled or forgotten, and whenever the process dies", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 8 }),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 5 }),
      async (faults, forgets, deaths) => {
        const venue = new SmallVenue(faults, forgets);
        const { end, written } = await runThrough(venue, deaths);
        venue.pass(60_000); // whatever is still on its way arrives
        expect(isTerminal(end.state)).toBe(true);
        const done = sumOf(venue.effects);
        expect(done).toBeLessThanOrEqual(SIZE);
        expect(venue.size).toBe(10n - done);
        // each key that left has one effect at most
        const keys = written.flatMap(({ notes }) =>
          notes.flatMap((note) => (note.kind === "prepared" ? [note.prepared.reference] : [])),
        );
        expect(venue.effects.length).toBeLessThanOrEqual(new Set(keys).size);
        if (end.state === "done") expect(done).toBe(SIZE);
        if (end.state === "expired" || end.state === "refused") expect(done).not.toBe(SIZE);
      },
    ),
    { numRuns: runs },
  );
});

test("without faults the rescue is done once, at whichever checkpoint the process dies", async () => {
  for (const forgets of [false, true]) {
    for (let death = 1; death <= 6; death++) {
      const venue = new SmallVenue([], forgets);
      const { end } = await runThrough(venue, [death]);
      expect([death, end.state, venue.effects]).toEqual([death, "done", [SIZE]]);
    }
  }
});

test("a message that never arrived is sent again under its key, after the time in which it could still arrive", async () => {
  const venue = new SmallVenue(["lost"], true);
  const { written, states } = await runThrough(venue, []);
  expect(states()).toEqual(["sent", "ambiguous", "sent", "accepted", "done"]);
  const [first, second] = written.filter(({ outcome }) => outcome?.state === "sent");
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(SETTINGS.settleMs);
  const sent = written.flatMap(({ notes }) =>
    notes.flatMap((note) => (note.kind === "prepared" ? [note.prepared] : [])),
  );
  expect(sent.map(({ reference }) => reference)).toEqual(["k", "k"]);
});

test("a refused repetition says nothing about the message before it: that one is asked about", async () => {
  const venue = new SmallVenue(["lost", "none", "none", "refused"], true);
  const { states } = await runThrough(venue, []);
  expect(states()).toEqual(["sent", "ambiguous", "sent", "ambiguous", "sent", "accepted", "done"]);
  expect(venue.effects).toEqual([SIZE]);
});

test("a late message that a forgetting venue took is found in the holding, and nothing is sent again", async () => {
  const venue = new SmallVenue(["late"], true);
  const { end, states } = await runThrough(venue, []);
  expect([end.state, states()]).toEqual(["done", ["sent", "ambiguous", "done"]]);
  expect(venue.effects).toEqual([SIZE]);
});

test("a second message is cut to what is left", async () => {
  const venue = new SmallVenue(["lost"], true);
  venue.size = SIZE;
  const wanted = intent({ action: { ...orderOf(intent()), size: exact(10n) } });
  const { end } = await runThrough(venue, [], wanted);
  expect([end.state, venue.effects, venue.size]).toEqual(["done", [SIZE], 0n]);
});

test("nothing left to reduce, a time that is over, a step before that failed: nothing is sent, and the end says why", async () => {
  const gone = new SmallVenue([], false);
  gone.size = 0n;
  expect((await runThrough(gone, [])).states()).toEqual(["superseded"]);
  const late = new SmallVenue([], false);
  expect((await runThrough(late, [], intent({ expires: ms(10) }))).states()).toEqual(["expired"]);
  expect((await runThrough(late, [], intent({ after: [hash("before")] }))).states()).toEqual(["abandoned"]);
  expect(late.effects).toEqual([]);
});

test("an order that rests beyond its time is cancelled, and its end is read from the venue", async () => {
  const venue = new SmallVenue(["resting"], false);
  const { end, states, written } = await runThrough(venue, [], intent({ expires: ms(1_200) }));
  expect([end.state, states()]).toEqual(["expired", ["sent", "accepted", "expired"]]);
  expect(written.flatMap(({ notes }) => notes.map(({ kind }) => kind))).toContain("cancel");
});

test("an intent of a process before this one is measured by a fresh reading, not by what the journal last held", async () => {
  const venue = new SmallVenue([], false);
  const { ports, track, states } = house(venue, intent());
  const stale = venue.holding();
  venue.size = 0n;
  const process = { ...ports(() => undefined), holding: () => stale };
  await execute({ ...track(), resumed: true }, process, SETTINGS);
  expect([states(), venue.effects]).toEqual([["superseded"], []]);
});

test("a later step waits for what the step before it sends, and is sent when it has arrived", async () => {
  const venue = new SmallVenue([], false);
  venue.size = 0n;
  const { ports, track, states } = house(venue, intent({ after: [hash("before")] }));
  const running = { ...ports(() => undefined), ended: () => Promise.resolve("done" as const) };
  const { sleep } = running;
  running.sleep = async (forMs) => {
    await sleep(forMs);
    if (venue.now > 5_000 && venue.effects.length === 0) venue.size = 10n;
  };
  await execute(track(), running, SETTINGS);
  expect([states(), venue.effects]).toEqual([["sent", "accepted", "done"], [SIZE]]);
});

test("a process that froze between journal and wire sends nothing when it thaws", async () => {
  const venue = new SmallVenue([], true);
  const { ports, track, states } = house(venue, intent());
  const thawed = ports((at) => {
    if (at === "intended>sent:after" && venue.now < 2_000) venue.pass(1_000);
  });
  await execute(track(), thawed, SETTINGS);
  expect([states(), venue.effects]).toEqual([["sent", "ambiguous", "sent", "accepted", "done"], [SIZE]]);
});

test("a step outside the table is a bug", () => {
  expect(() => transition("done", "sent")).toThrow("cannot go from done to sent");
  expect(transitionNames).toHaveLength(Object.values(transitions).flat().length);
});
