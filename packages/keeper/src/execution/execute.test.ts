import type { Intent, Outcome } from "@plimsoll/core/planner";
import type { BookMode } from "@plimsoll/core/turn";
import { dec, exact, hash, ms, ok } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { execute } from "./execute.ts";
import {
  type ExecutorPorts,
  type ExecutorSettings,
  type Note,
  type Track,
  applyNote,
  applyOutcome,
  startTrack,
} from "./run.ts";
import { type Checkpoint, isTerminal, transition, transitionNames, transitions } from "./states.ts";
import { ACCOUNT, type Fault, HOLDING, SmallVenue, smallEngine, smallScene } from "./testing/small-venue.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 300);
const SETTINGS: ExecutorSettings = {
  ...{ pollMs: 50, settleMs: 500, sendWithinMs: 100, attempts: 3, slices: 8, readings: 2 },
  ...{ depthMs: 5_000, escalateWithin: dec("0.05") },
};
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
    arrives: { usualMs: ms(0), worstMs: ms(0) },
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
function house(venue: SmallVenue, wanted: Intent, mode: () => BookMode = () => "armed") {
  const written: { readonly notes: readonly Note[]; readonly outcome: Outcome | undefined; readonly at: number }[] = [];
  const track = (): Track => {
    const rebuilt = startTrack(wanted, written.length > 0);
    for (const { notes, outcome, at } of written) {
      for (const note of notes) applyNote(rebuilt, note);
      if (outcome !== undefined) applyOutcome(rebuilt, outcome, ms(at));
    }
    return rebuilt;
  };
  const ports = (checkpoint: Checkpoint): ExecutorPorts => ({
    actorOf: () => venue.actor,
    holding: () => venue.holding(),
    sight: () => ({ engine: smallEngine, scene: smallScene(venue.now) }),
    depth: () => venue.depth,
    mode: () => mode(),
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
async function runThrough(
  venue: SmallVenue,
  deaths: readonly number[],
  wanted = intent(),
  mode: () => BookMode = () => "armed",
) {
  const { ports, track, ...rest } = house(venue, wanted, mode);
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

const fault = fc.constantFrom<Fault>(
  ...(["none", "lost", "reply-lost", "late", "refused", "partial", "band", "band-mute", "wait"] as const),
);
const sumOf = (sizes: readonly bigint[]) => sizes.reduce((sum, size) => sum + size, 0n);

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

test("a partial fill goes on with what is left, each slice under a key of its own", async () => {
  const venue = new SmallVenue(["partial"], false);
  const { end, states, written } = await runThrough(venue, []);
  expect(states()).toEqual(["sent", "partly", "sent", "accepted", "done"]);
  expect(venue.effects).toEqual([2n, 2n]);
  expect(end.sendings.map(({ prepared }) => prepared.reference)).toEqual(["k", "ks2"]);
  expect(written.at(-1)!.outcome).toMatchObject({ state: "done", verified: "as-predicted" });
});

test("a slice that finds nothing ends the intent, and its difference from the prediction is kept", async () => {
  const venue = new SmallVenue(["partial"], false);
  const { ports, track, written } = house(venue, intent());
  const running = { ...ports(() => undefined) };
  const once = running.record;
  running.record = async (...asked) => {
    await once(...asked);
    if (asked[2]?.state === "partly") venue.offered = 0n;
  };
  await execute(track(), running, SETTINGS);
  expect(written.at(-1)!.outcome).toMatchObject({ state: "expired", verified: "differs" });
  expect(venue.effects).toEqual([2n]);
});

test("a thin book is met in slices that add up to the size, or to less where the process dies", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt({ min: 1n, max: 4n }),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }),
      async (offered, isTold, deaths) => {
        const venue = new SmallVenue([], false);
        venue.offered = offered;
        if (isTold) venue.depth = { bids: [[dec("99"), exact(offered)]], asks: [], at: ms(1_000) };
        const { end } = await runThrough(venue, deaths);
        // whoever dies in the middle may leave the rest to the guard; never is more done, and never less called done
        if (deaths.length > 0 && end.state === "superseded") expect(sumOf(venue.effects) < SIZE).toBe(true);
        else expect([end.state, sumOf(venue.effects)]).toEqual(["done", SIZE]);
        const largest = isTold ? offered : SIZE;
        for (const { action } of end.sendings)
          expect(action.do === "order" && action.size.digits <= largest).toBe(true);
      },
    ),
    { numRuns: Math.min(runs, 60) },
  );
});

test("a slice takes no more than a fresh book shows within the limit, and an old book says nothing", async () => {
  const bids = [
    [dec("99"), exact(1n)],
    [dec("95"), exact(1n)],
    [dec("80"), exact(9n)],
  ] as const;
  const limited = intent({ action: { ...orderOf(intent()), limit: dec("95") } });
  const venue = new SmallVenue([], false);
  venue.depth = { bids, asks: [], at: ms(1_000) };
  expect((await runThrough(venue, [], limited)).end.state).toBe("done");
  expect(venue.effects).toEqual([2n, 2n]);
  const old = new SmallVenue([], false);
  old.now = 10_000;
  old.depth = { bids, asks: [], at: ms(1_000) };
  await runThrough(old, [], limited);
  expect(old.effects).toEqual([SIZE]);
});

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

const STOP = {
  do: "stop",
  instrument: "X",
  side: "sell",
  size: exact(SIZE),
  trigger: { kind: "mark", when: "at-or-below", at: dec("90") },
  limit: dec("89"),
} as const;

/** A stop that covers the whole position, so that no other order may reduce it. */
function withStop(reference: string, faults: readonly Fault[] = []): SmallVenue {
  const venue = new SmallVenue(faults, false);
  const stop = { instrument: "X", side: "sell", size: exact(10n), reduceOnly: true, trigger: STOP.trigger } as const;
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

test("a stop is done once it lies at the venue, wherever the process dies", async () => {
  for (let death = 0; death <= 8; death++) {
    const venue = new SmallVenue(["reply-lost"], false);
    const { end } = await runThrough(venue, [death], intent({ action: STOP }));
    expect([death, end.state, venue.lying.size, venue.effects]).toEqual([death, "done", 1, []]);
    expect([...venue.lying.values()][0]).toMatchObject({ reference: "k", size: STOP.size });
  }
});

test("a stop that woke and did not fill is cancelled and goes on as an order within bounds, once", async () => {
  for (const size of [exact(SIZE), "all"] as const)
    for (let death = 0; death <= 10; death++) {
      const venue = new SmallVenue(["awake"], false);
      const { end } = await runThrough(venue, [death], intent({ action: { ...STOP, size } }));
      expect([death, end.state, venue.lying.size]).toEqual([death, "done", 0]);
      expect(venue.effects).toEqual([size === "all" ? 10n : SIZE]);
      expect(venue.limits).toEqual(["95"]); // 5 % from the mark of 100
    }
});

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
