import type { Actor } from "@plimsoll/core/book";
import type { Intent } from "@plimsoll/core/planner";
import { type Hash, dec, exact, hash, ms, ok, why } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDispatch } from "./dispatch.ts";
import { type ExecutorPorts, type Track, startTrack } from "./execution/run.ts";
import { isTerminal } from "./execution/states.ts";
import { SETTINGS, SIZE, intent, orderOf, sumOf } from "./execution/testing.ts";
import { type Fault, SmallVenue, smallEngine, smallScene } from "./execution/testing/small-venue.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 300);
const STOP = {
  do: "stop",
  instrument: "X",
  side: "sell",
  size: exact(10n),
  trigger: { kind: "mark", when: "at-or-below", at: dec("90") },
} as const;

/** Intents of one holding, each under a key as the product gives them. */
const named = (name: string, action: Intent["step"]["action"], after: readonly Hash[] = []): Intent => {
  const { step, ...rest } = intent({ action, id: hash(name), after });
  return { ...rest, step, key: `pl-${name}` };
};
const stop = (name = "stop") => named(name, STOP);
const rescue = (name = "rescue") => named(name, orderOf(intent()));

/** A process that runs intents at the small venue, and the states they went through. */
function house(venue: SmallVenue, said: string[] = [], actor: Actor = venue.actor) {
  const ports: Omit<ExecutorPorts, "ended"> = {
    actorOf: () => actor,
    holding: () => venue.holding(),
    sight: () => ({ engine: smallEngine, scene: smallScene(venue.now) }),
    depth: () => venue.depth,
    mode: () => "armed",
    reread: async () => ok(venue.holding()),
    record: async ({ key }, _notes, outcome) => void (outcome && said.push(`${key} ${outcome.state}`)),
    now: () => ms(venue.now),
    sleep: async (forMs) => venue.pass(forMs),
    checkpoint: () => undefined,
  };
  const dispatch = createDispatch(ports, SETTINGS, (error) => {
    throw error;
  });
  const start = (...intents: readonly Intent[]): readonly Track[] =>
    intents.map((each) => {
      const track = startTrack(each, false);
      dispatch.start(track);
      return track;
    });
  return { said, start, idle: () => dispatch.idle() };
}

test("a rescue does not wait until it is known what became of a stop, and takes the size that the stop covers", async () => {
  const venue = new SmallVenue(["reply-lost"], false);
  const said: string[] = [];
  const isRescued = () => said.includes("pl-rescue done") || venue.now > 30_000;
  const { start, idle } = house(venue, said, {
    ...venue.actor,
    query: async (asked) =>
      asked.reference === "pl-stop" && !isRescued()
        ? { is: "ambiguous", why: why("timeout") }
        : venue.actor.query(asked),
  });
  start(stop(), rescue());
  await idle();
  expect(venue.effects).toEqual([SIZE]);
  expect(said.at(-1)).toMatch(/^pl-stop (done|expired)/);
  expect(venue.now).toBeLessThan(30_000);
});

test("in each lane one is at its end before the next begins", async () => {
  const venue = new SmallVenue([], false);
  const { said, start, idle } = house(venue);
  start(stop("s1"), rescue("r1"), stop("s2"), rescue("r2"));
  await idle();
  const lane = (of: string) => said.filter((each) => each.startsWith(`pl-${of}`)).map((each) => each.slice(3, 5));
  expect(lane("s")).toEqual([...lane("s1"), ...lane("s2")]);
  expect(lane("r")).toEqual([...lane("r1"), ...lane("r2")]);
  expect(sumOf(venue.effects)).toBe(2n * SIZE);
});

test("a step waits for the one before it in the other lane, and is not sent where that was not done", async () => {
  const venue = new SmallVenue([], false);
  venue.lying.set("#1", {
    order: "#1",
    reference: "pl-old",
    instrument: "X",
    side: "sell",
    size: exact(10n),
    reduceOnly: true,
  });
  const { said, start, idle } = house(venue);
  const cancel = named("cancel", { do: "cancel", order: "#1" });
  start(cancel, named("then", orderOf(intent()), [cancel.step.id]));
  await idle();
  expect(said.at(-1)).toBe("pl-then done");
  expect(said.indexOf("pl-cancel done")).toBeLessThan(said.indexOf("pl-then sent"));
  const gone = new SmallVenue([], false);
  const other = house(gone);
  const [failed] = other.start(named("never", orderOf(intent()), [hash("unheard-of")]));
  await other.idle();
  expect([failed!.state, gone.effects]).toEqual(["abandoned", []]);
});

test("two lanes at once: no intent has more than its effect, whatever is lost, late or refused in either", async () => {
  const fault = fc.constantFrom<Fault>("none", "lost", "reply-lost", "late", "refused", "partial", "band", "wait");
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 10 }), fc.boolean(), async (faults, forgets) => {
      const venue = new SmallVenue(faults, forgets);
      const { start, idle } = house(venue);
      const tracks = start(stop("s1"), rescue("r1"), stop("s2"), rescue("r2"));
      await idle();
      venue.pass(60_000);
      expect(tracks.every(({ state }) => isTerminal(state))).toBe(true);
      expect(venue.size).toBe(10n - sumOf(venue.effects));
      expect(sumOf(venue.effects)).toBeLessThanOrEqual(2n * SIZE);
      const references = [...venue.lying.values()].map(({ reference }) => reference);
      expect(new Set(references).size).toBe(references.length);
    }),
    { numRuns: runs },
  );
});
