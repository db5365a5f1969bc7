import type { Intent, Outcome } from "@plimsoll/core/planner";
import { exact, hash, ms, ok } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { execute } from "./execute.ts";
import { type ExecutorPorts, type Note, type Track, applyOutcome, startTrack } from "./run.ts";
import { type Checkpoint, isTerminal, transition, transitionNames, transitions } from "./states.ts";
import { ACCOUNT, type Fault, HOLDING, SmallVenue, smallEngine, smallScene } from "./testing/small-venue.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 300);
const SETTINGS = { pollMs: 50, settleMs: 500, attempts: 3, readings: 2 };
const SIZE = 4n;

const intent = (over: Partial<Intent["step"]> = {}): Intent => ({
  step: {
    id: hash("step"),
    holding: HOLDING,
    account: ACCOUNT,
    action: { do: "order", instrument: "X", side: "sell", size: exact(SIZE), limit: exact(1n), reduceOnly: true },
    after: [],
    notBefore: ms(0),
    expires: ms(60_000),
    undo: "none",
    ...over,
  },
  plan: hash("plan"),
  key: "k",
  attempt: 1,
});

const orderOf = ({ step: { action } }: Intent) => {
  if (action.do !== "order") throw new Error("not an order");
  return action;
};

/** A house whose only memory is what it wrote: the process may end at any checkpoint and begin again from there. */
function house(venue: SmallVenue, wanted: Intent) {
  const written: { readonly notes: readonly Note[]; readonly outcome: Outcome | undefined; readonly at: number }[] = [];
  const track = (): Track => {
    const rebuilt = startTrack(wanted, written.length > 0);
    for (const { notes, outcome, at } of written) {
      for (const note of notes) if (note.kind === "prepared") rebuilt.sendings.push(note);
      if (outcome !== undefined) applyOutcome(rebuilt, outcome, ms(at));
    }
    return rebuilt;
  };
  const ports = (checkpoint: Checkpoint): ExecutorPorts => ({
    actorOf: () => venue.actor,
    holding: () => venue.holding(),
    sight: () => ({ engine: smallEngine, scene: smallScene(venue.now) }),
    reread: async () => ok(venue.holding()),
    record: async (_intent, notes, outcome) => void written.push({ notes, outcome, at: venue.now }),
    ended: () => undefined,
    now: () => ms(venue.now),
    sleep: async (forMs) => venue.pass(forMs),
    checkpoint,
  });
  const states = () => written.flatMap(({ outcome }) => outcome?.state ?? []);
  return { ports, track, states, written };
}

/** Runs to the end, ending the process at each of the given checkpoints, counted over all processes. */
async function runThrough(venue: SmallVenue, deaths: readonly number[], wanted = intent()) {
  const { ports, track, ...rest } = house(venue, wanted);
  let passed = 0;
  for (;;) {
    try {
      const checkpoint = () => {
        if (deaths.includes(++passed)) throw new Error("killed");
      };
      await execute(track(), ports(checkpoint), SETTINGS);
      return { end: track(), ...rest };
    } catch (error) {
      if (!(error instanceof Error) || error.message !== "killed") throw error;
    }
  }
}

const fault = fc.constantFrom<Fault>("none", "lost", "reply-lost", "late", "refused", "partial");

test("at most one effect, whatever is lost, late, doubled or forgotten, and whenever the process dies", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 8 }),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 5 }),
      async (faults, forgets, deaths) => {
        const venue = new SmallVenue(faults, forgets);
        const { end } = await runThrough(venue, deaths);
        venue.pass(60_000); // whatever is still on its way arrives
        expect(isTerminal(end.state)).toBe(true);
        expect(venue.effects.length).toBeLessThanOrEqual(1);
        expect(venue.size).toBe(10n - (venue.effects[0] ?? 0n));
        if (end.state === "done") expect(venue.effects).toEqual([SIZE]);
        if (end.state === "expired" || end.state === "refused") expect(venue.effects).not.toEqual([SIZE]);
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

test("a partial fill ends as the venue says, and its difference from the prediction is kept", async () => {
  const venue = new SmallVenue(["partial"], false);
  const { written } = await runThrough(venue, []);
  expect(written.at(-1)!.outcome).toMatchObject({ state: "expired", verified: "differs" });
});

test("a step outside the table is a bug", () => {
  expect(() => transition("done", "sent")).toThrow("cannot go from done to sent");
  expect(transitionNames).toHaveLength(Object.values(transitions).flat().length);
});
