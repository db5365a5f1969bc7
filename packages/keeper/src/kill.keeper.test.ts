// At every step of the state table the process is killed, just before and just after the step is durable; whatever was lost in
// between, the rescue is done exactly once. A step without a scenario does not compile.
import type { Outcome } from "@plimsoll/core/planner";
import { type Exact, ZERO, add, compare, exact } from "@plimsoll/core/units";
import { type Fault, failed503, unknown503 } from "@plimsoll/sim/exchange";
import { describe, expect, test } from "vitest";
import { type Transition, transitionNames } from "./execution/states.ts";
import { readJournal } from "./ledger.ts";
import { intentsOf } from "./recover.ts";
import { openReader } from "./store/sqlite-reader.ts";
import type { Twist } from "./testing/life.ts";
import { type Trial, type World, openTrial } from "./testing/trial.ts";
import { expectWholeJournal, oursWithEffect } from "./testing/trial-checks.ts";

/** One process: what happens in the world before it starts, and where it ends itself: at the step under test, or before. */
interface Stage {
  readonly before?: (trial: Trial) => void;
  readonly killAt?: `${Transition}:${"before" | "after"}`;
  readonly twist?: Twist;
}
interface Scenario {
  readonly world?: Omit<World, "forgets">;
  /** What leads to the step; the last stage ends there, and one more process then runs to the end. */
  readonly stages: readonly Stage[];
  /** Venues on which the step can happen: that remember the ids of closed orders, that forget them. */
  readonly venues?: readonly ("remembers" | "forgets")[];
  /** What happens before the process that runs to the end. */
  readonly then?: (trial: Trial) => void;
  /** Orders of ours that have an effect; 1 where not stated. */
  readonly effects?: number | "several";
}

/** -2022: the venue says that it did nothing. */
const refusal = {
  kind: "error",
  status: 400,
  code: -2022,
  msg: "ReduceOnly Order is rejected.",
  effect: false,
} as const;
/** Once it is tried again on a fresh reading, and no oftener. */
const refused = (times: number) => (trial: Trial) => {
  for (let time = 0; time < times; time++) trial.fault(refusal);
};
const lost = (effect: boolean) => (trial: Trial) => trial.fault({ kind: "disconnect", effect });
const late = (trial: Trial) => trial.pass(120_000);
const decided: Stage = { killAt: "none>intended:after" };
const here: Stage = {};
/** The perpetual trades below what the guard's orders may reach; `filled` brings it back. */
const gap = { slippage: "0.0001" };
const below = (trial: Trial) => trial.trade("90450");
const filled = (trial: Trial) => trial.trade("90500");
const thin = { thinMs: 1_500 };
const rests: Stage = { twist: "rests" };

const scenarios: Record<Transition, Scenario> = {
  "none>intended": { stages: [here] },

  "intended>sent": { stages: [here] },
  "intended>refused": { stages: [decided, { twist: "unprepared" }] },
  "intended>expired": { stages: [decided, { before: late }] },
  "intended>superseded": { stages: [decided, { before: (trial) => trial.sell("1") }], effects: 0 },
  "intended>abandoned": { stages: [decided, { twist: "mute" }] },

  "sent>ambiguous": { stages: [{ before: lost(false) }] },
  "sent>accepted": { stages: [here] },
  "sent>partly": { world: thin, stages: [rests] },
  "sent>intended": { stages: [{ before: refused(1) }] },
  "sent>refused": { stages: [{ before: refused(2) }] },
  "sent>expired": { world: gap, stages: [{ before: below }], then: filled },

  "ambiguous>sent": { stages: [{ before: lost(false) }] },
  "ambiguous>accepted": { stages: [{ before: lost(true) }], venues: ["remembers"] },
  "ambiguous>partly": { world: thin, stages: [{ ...rests, killAt: "sent>partly:before" }, here] },
  "ambiguous>done": { stages: [{ before: lost(true) }], venues: ["forgets"] },
  "ambiguous>expired": { stages: [{ before: lost(false), killAt: "sent>ambiguous:after" }, { before: late }] },
  "ambiguous>superseded": {
    stages: [{ before: lost(false), killAt: "sent>ambiguous:after" }, { before: (trial) => trial.sell("0.01") }],
  },

  "accepted>partly": {
    world: { ...thin, ...gap },
    stages: [{ ...rests, before: below, killAt: "sent>accepted:after" }, { before: filled }],
  },
  "accepted>done": { stages: [here] },
  "accepted>expired": {
    world: gap,
    stages: [{ ...rests, before: below, killAt: "sent>accepted:after" }, { before: late }],
    venues: ["remembers"],
    then: filled,
  },
  "accepted>ambiguous": { stages: [{ killAt: "sent>accepted:after" }, here], venues: ["forgets"] },

  "partly>partly": { world: thin, stages: [rests] },
  "partly>done": { world: thin, stages: [rests], venues: ["remembers"] },
  "partly>expired": {
    world: { thinMs: 60_000 },
    stages: [
      { ...rests, killAt: "sent>partly:after" },
      { ...rests, before: late },
    ],
    venues: ["remembers"],
  },
  "partly>sent": { world: thin, stages: [here], effects: "several" },
  "partly>ambiguous": {
    world: thin,
    stages: [{ ...rests, killAt: "sent>partly:after" }, { before: (trial) => trial.refill() }],
    venues: ["forgets"],
  },
};

describe("killed at each step", () => {
  const trials = transitionNames.flatMap((step) =>
    (scenarios[step].venues ?? (["remembers", "forgets"] as const)).flatMap((venue) =>
      (["before", "after"] as const).map((side) => ({ step, venue, side })),
    ),
  );
  test.concurrent.each(trials)("$step, $side it is durable, a venue that $venue", async ({ step, venue, side }) => {
    const { world, stages, then, effects = 1 } = scenarios[step];
    const trial = await openTrial({ ...world, forgets: venue === "forgets" });
    try {
      for (const { before, killAt = `${step}:${side}` as const, twist = "none" } of stages) {
        before?.(trial);
        expect(await trial.live({ killAt, twist })).toContain(`killed at ${killAt}`);
      }
      then?.(trial);
      expect(await trial.live()).toContain("safe");
      if (effects === "several") expect(oursWithEffect(trial).length).toBeGreaterThan(1);
      else expect(oursWithEffect(trial)).toHaveLength(effects);
      await expectWithinIntents(trial);
      await expectWholeJournal(trial);
    } finally {
      await trial.end();
    }
  });
});

/** Every call that a rescue makes, from the first reading to the last; sending the order stands apart. */
const SEND = "POST /fapi/v1/order";
const readings = [
  ...["GET /fapi/v1/order", "GET /fapi/v1/userTrades", "GET /fapi/v1/time", "GET /fapi/v3/account"],
  ...["GET /fapi/v3/positionRisk", "GET /fapi/v1/openOrders", "GET /fapi/v1/symbolConfig", "GET /fapi/v1/premiumIndex"],
  ...["GET /fapi/v1/leverageBracket", "GET /fapi/v1/exchangeInfo"],
];
const twice: Fault = { kind: "doubled", answer: "second" };
const faults: readonly { readonly name: string; readonly fault: Fault; readonly calls: readonly string[] }[] = [
  { name: "its reply is lost", fault: { kind: "disconnect", effect: true }, calls: [SEND, ...readings] },
  { name: "it does not arrive", fault: { kind: "disconnect", effect: false }, calls: [SEND, ...readings] },
  { name: "the venue says: status unknown", fault: unknown503(true), calls: [SEND, ...readings] },
  { name: "the venue says: failed", fault: failed503, calls: [SEND, ...readings] },
  { name: "it arrives twice", fault: twice, calls: readings },
];

describe("every call of two processes meets a fault once", () => {
  test.concurrent.each(faults)("$name", async ({ fault, calls }) => {
    const trial = await openTrial({});
    try {
      for (const call of calls) trial.fault(fault, call);
      expect(await trial.live({ killAt: "intended>sent:after" })).toContain("killed at intended>sent:after");
      for (const call of calls) trial.fault(fault, call);
      expect(await trial.live()).toContain("safe");
      expect(oursWithEffect(trial)).toHaveLength(1);
      await expectWholeJournal(trial);
    } finally {
      await trial.end();
    }
  });
});

// Binance keeps client ids unique among open orders only, and ours are closed when they are answered: what the network repeats
// is executed again. Reduce-only is the second defence, and the difference is told.
test.concurrent.each(["first", "second"] as const)(
  "an order that the venue executes twice never opens a position, and the difference is told: the %s answer comes",
  async (answer) => {
    const trial = await openTrial({});
    try {
      trial.fault({ kind: "doubled", answer });
      expect(await trial.live()).toContain("safe");
      expect(oursWithEffect(trial).length).toBeGreaterThanOrEqual(1);
      expect(trial.held()).toBeGreaterThanOrEqual(0n);
      expect(await outcomesOf(trial.folder)).toContainEqual(expect.objectContaining({ verified: "differs" }));
      await expectWholeJournal(trial);
    } finally {
      await trial.end();
    }
  },
);

async function outcomesOf(folder: string): Promise<readonly Outcome[]> {
  const reader = openReader(folder);
  if (!reader.ok) throw new Error(reader.failure.code);
  const outcomes: Outcome[] = [];
  for await (const { record } of readJournal(reader.value))
    if (record.kind === "input" && record.input.event.type === "outcome") outcomes.push(record.input.event.outcome);
  reader.value.close();
  return outcomes;
}

/** All slices of an intent together did no more than its size. */
async function expectWithinIntents({ folder, venue }: Trial): Promise<void> {
  const reader = openReader(folder);
  if (!reader.ok) throw new Error(reader.failure.code);
  const intended = new Map<string, Exact>();
  const intentOf = new Map<string, string>();
  for await (const { record } of readJournal(reader.value)) {
    if (record.kind === "prepared") intentOf.set(record.prepared.reference, record.key);
    if (record.kind !== "decided") continue;
    for (const { key, step } of intentsOf(record.decisions))
      if (step.action.do === "order") intended.set(key, step.action.size);
  }
  reader.value.close();
  const done = new Map<string, Exact>();
  for (const { clientId, size } of venue.exchange.state.trades) {
    const key = intentOf.get(clientId);
    if (key !== undefined) done.set(key, add(done.get(key) ?? ZERO, exact(size, 8)));
  }
  for (const [key, size] of done) expect(compare(size, intended.get(key)!)).toBeLessThanOrEqual(0);
}
