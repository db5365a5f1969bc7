import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Guard } from "@plimsoll/core/policy";
import { accountKey, canonical, exact, ms, why } from "@plimsoll/core/units";
import type { Decision, Input } from "./contract.ts";
import { createTurn } from "./create-turn.ts";
import { type ToyHolding, boundToy, toyEngine, toyHolding, toyPrice, toyTerms } from "./testing/toy-engine.ts";
import { toyGuard, toyReserve } from "./testing/toy-guards.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 40);
const ports = {
  engineOf: () => boundToy,
  sha256: (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest()),
};

/** What happens to a small world; the keeper and the lender in it answer intents as the step says. */
type Happening =
  | { readonly what: "price"; readonly coin: number; readonly price: number; readonly lateMs: number }
  | { readonly what: "holding" | "tick" | "lost" | "terms" }
  | {
      readonly what: "outcome";
      readonly state: "sent" | "done" | "refused" | "expired" | "abandoned";
      readonly pick: number;
    };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant("price" as const),
      coin: fc.integer({ min: 0, max: 1 }),
      price: fc.integer({ min: 400, max: 1_600 }),
      lateMs: fc.constantFrom(0, 0, 0, 2_500, 60_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constantFrom("holding" as const, "tick", "lost", "terms") }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant("outcome" as const),
      state: fc.constantFrom("sent" as const, "done", "refused", "expired", "abandoned"),
      pick: fc.nat(),
    }),
  },
);
const story = fc.array(fc.tuple(fc.integer({ min: 1, max: 4_000 }), happening), { minLength: 10, maxLength: 60 });

interface Told {
  readonly input: Input;
  readonly decisions: readonly Decision[];
  readonly hash: string;
}

/** Plays a story; a done intent changes the lender's books, and the next holding shows it. */
function play(happenings: readonly (readonly [number, Happening])[], guards: readonly Guard[]): Told[] {
  const turn = createTurn(ports);
  const told: Told[] = [];
  let at = 1_000;
  let books: ToyHolding = {
    wallet: 900_000_000n,
    loans: {
      a: { coin: "COIN", coins: 1_000_000_000n, debt: 5_000_000_000n },
      b: { coin: "OTHER", coins: 1_000_000_000n, debt: 4_000_000_000n },
    },
  };
  const prices = [1_000, 1_000];
  const feed = (event: Input["event"]) => {
    const input = { seq: BigInt(told.length + 1), at: ms(at), event };
    told.push({ input, decisions: turn.turn(input), hash: turn.hash() });
  };
  feed({ type: "terms", terms: toyTerms() });
  feed({ type: "policy", guards, reserves: [toyReserve(exact(700n))] });
  feed({ type: "holding", holding: toyHolding(books, at) });
  for (const [later, event] of happenings) {
    at += later;
    if (event.what === "price") {
      prices[event.coin] = event.price;
      const key = toyPrice(["COIN", "OTHER"][event.coin]!);
      feed({ type: "price", key, price: exact(BigInt(event.price)), kind: "mark", at: ms(at - event.lateMs) });
    } else if (event.what === "holding") feed({ type: "holding", holding: toyHolding(books, at) });
    else if (event.what === "tick") feed({ type: "tick" });
    else if (event.what === "lost") feed({ type: "lost", what: "toy", why: why("socket-closed") });
    else if (event.what === "terms") feed({ type: "terms", terms: toyTerms({ fee: BigInt(later % 50) }) });
    else if ("pick" in event) {
      const open = turn.view().open;
      const picked = open[event.pick % Math.max(open.length, 1)];
      if (picked === undefined) continue;
      const { key, step } = picked.intent;
      if (event.state === "done") {
        const quotes = new Map(
          ["COIN", "OTHER"].map(
            (coin, index) =>
              [toyPrice(coin), { value: exact(BigInt(prices[index]!)), kind: "mark", asOf: ms(at) }] as const,
          ),
        );
        const applied = toyEngine.apply(books, step.action, { now: ms(at), quotes, terms: toyTerms() });
        if (applied.ok) books = applied.value;
      }
      if (event.state === "sent") feed({ type: "outcome", key, outcome: { state: "sent" } });
      else feed({ type: "outcome", key, outcome: { state: event.state, verified: "not-yet" } });
    }
  }
  return told;
}

const armed = [
  toyGuard({ bounds: { ...toyGuard().bounds, coolDownMs: ms(3_000) } }),
  toyGuard({
    id: "g2",
    trigger: { when: "price", quote: toyPrice("OTHER"), kind: "mark", side: "at-or-below", at: exact(600n) },
    target: { want: "reduce", share: exact(5n, 1) },
    ladder: [{ use: "reduce", instrument: "OTHER", slippage: exact(1n, 2) }],
  }),
];
const intentsOf = (told: readonly Told[]) =>
  told.flatMap(({ input, decisions }) =>
    decisions.flatMap((decision) => (decision.type === "intend" ? [{ input, intent: decision.intent }] : [])),
  );

test("stories do act, so that the laws below say something", () => {
  const counts = fc
    .sample(story, { numRuns: 40, seed: 7 })
    .map((happenings) => intentsOf(play(happenings, armed)).length);
  expect(counts.filter((count) => count > 0).length).toBeGreaterThan(20);
  expect(Math.max(...counts)).toBeGreaterThan(2);
});

test("the same inputs give the same decisions and the same state", () => {
  fc.assert(
    fc.property(story, (happenings) => {
      const first = play(happenings, armed);
      const again = createTurn(ports);
      for (const { input, decisions, hash } of first) {
        expect(canonical(again.turn(structuredClone(input)))).toBe(canonical(decisions));
        expect(again.hash()).toBe(hash);
      }
    }),
    { numRuns },
  );
});

/** One armed guard of each type that the two loans can trip, all of them on "a" but where a pair needs the other. */
const [coin, other] = [toyPrice("COIN"), toyPrice("OTHER")];
const sell: Pick<Guard, "target" | "scope" | "ladder"> = {
  ...{
    target: { want: "reduce", share: exact(1n, 1) },
    scope: { holding: toyGuard().scope.holding, account: accountKey("a") },
  },
  ladder: [{ use: "reduce", instrument: "COIN", slippage: exact(1n, 2) }],
};
const part = (percent: bigint) => exact(percent, 2);
const ofEveryType: readonly Guard[] = (
  [
    { when: "trailing", of: "price", quote: coin, kind: "mark", way: "falls", by: part(10n) },
    { when: "trailing", of: "equity", way: "falls", by: part(30n) },
    { when: "probability", withinMs: ms(3_600_000), above: part(5n), release: part(4n) },
    { when: "distance", below: part(30n), release: part(36n), urgent: part(15n), sigmas: exact(3n) },
    { when: "leverage", above: exact(3n), release: exact(2n), urgent: exact(4n) },
    { when: "concentration", above: part(55n), release: part(50n) },
    { when: "drawdown", by: part(30n), lockMs: ms(20_000) },
    { when: "streak", losses: 2, withinMs: ms(3_600_000), lockMs: ms(20_000) },
    { when: "rates", rates: "present", above: part(1n), release: exact(8n, 3) },
    { when: "peg", quote: coin, against: other, by: part(30n), release: part(24n) },
    { when: "carry", rates: "present", withinMs: ms(1_000), releaseMs: ms(2_000) },
    { when: "time", at: ms(60_000), beforeMs: ms(10_000) },
    {
      when: "coupled",
      own: coin,
      holding: toyGuard().scope.holding,
      account: accountKey("b"),
      other,
      least: part(60n),
      release: part(70n),
    },
  ] satisfies readonly Guard["trigger"][]
).map((trigger, place) => toyGuard({ id: `t${place}`, trigger, ...sell }));

test("guards of every type: they act, and the same inputs give the same decisions and the same state", () => {
  let intended = 0;
  fc.assert(
    fc.property(story, (happenings) => {
      const first = play(happenings, ofEveryType);
      intended += intentsOf(first).length;
      const again = createTurn(ports);
      for (const { input, decisions, hash } of first) {
        expect(canonical(again.turn(structuredClone(input)))).toBe(canonical(decisions));
        expect(again.hash()).toBe(hash);
      }
    }),
    { numRuns },
  );
  expect(intended).toBeGreaterThan(0);
});

test("the state does not depend on the order in which independent things were first seen", () => {
  const turns = [createTurn(ports), createTurn(ports)];
  const prices = ["COIN", "OTHER"].map((coin): Input["event"] => ({
    type: "price",
    key: toyPrice(coin),
    price: exact(900n),
    kind: "mark",
    at: ms(5),
  }));
  for (const [turn, events] of [[turns[0]!, prices] as const, [turns[1]!, prices.toReversed()] as const]) {
    for (const event of events) turn.turn({ seq: 1n, at: ms(5), event });
  }
  expect(turns[0]!.hash()).toBe(turns[1]!.hash());
});

test("old and repeated ticks, in any order, decide nothing and change nothing", () => {
  fc.assert(
    fc.property(story, fc.array(fc.nat(), { minLength: 1, maxLength: 20 }), (happenings, picks) => {
      const turn = createTurn(ports);
      const seen: Input[] = [];
      for (const { input } of play(happenings, armed)) {
        turn.turn(input);
        const { type } = input.event;
        if (type === "lost") seen.length = 0;
        else if (type === "price" || type === "holding" || type === "terms") seen.push(input);
      }
      const hash = turn.hash();
      // a document of the same day replaces one; so an older one is no repeat
      const repeats = seen.filter(({ event }) => event.type !== "terms");
      for (const pick of picks) {
        if (repeats.length === 0) return;
        const { event } = repeats[pick % repeats.length]!;
        expect(turn.turn({ seq: 1_000n, at: ms(10_000_000), event })).toEqual([]);
        expect(turn.hash()).toBe(hash);
      }
    }),
    { numRuns },
  );
});

test("shadow plans and never intends", () => {
  const shadow = armed.map((guard): Guard => ({ ...guard, mode: "shadow" }));
  let plans = 0;
  fc.assert(
    fc.property(story, (happenings) => {
      const told = play(happenings, shadow);
      expect(intentsOf(told)).toEqual([]);
      plans += told.flatMap(({ decisions }) => decisions).filter(({ type }) => type === "plan").length;
    }),
    { numRuns },
  );
  expect(plans).toBeGreaterThan(0);
});

test("at most one intent is open on an account; after it, only a holding newer than its end; keys never repeat", () => {
  fc.assert(
    fc.property(story, (happenings) => {
      const open = new Map<string, string>();
      const ended = new Map<string, number>();
      const keys = new Set<string>();
      let held = 0;
      for (const { input, decisions } of play(happenings, armed)) {
        const { event } = input;
        if (event.type === "holding") held = Math.max(held, event.holding.asOf);
        if (event.type === "outcome" && "verified" in event.outcome) {
          const account = [...open].find(([, key]) => key === event.key)![0];
          open.delete(account);
          ended.set(account, input.at);
        }
        for (const decision of decisions) {
          if (decision.type !== "intend") continue;
          const { step, key } = decision.intent;
          expect(open.has(step.account)).toBe(false);
          expect(held).toBeGreaterThan(ended.get(step.account) ?? -1);
          expect(keys.has(key)).toBe(false);
          keys.add(key);
          open.set(step.account, key);
        }
      }
    }),
    { numRuns },
  );
});

test("nothing is intended on data older than the owner pinned, whatever else happens", () => {
  fc.assert(
    fc.property(story, (happenings) => {
      const stamps = new Map<string, number>();
      for (const { input, decisions } of play(happenings, armed)) {
        const { event, at } = input;
        if (event.type === "price") stamps.set(event.key, Math.max(stamps.get(event.key) ?? -1e9, event.at));
        if (event.type === "holding") stamps.set("holding", event.holding.asOf);
        for (const { step } of decisions.flatMap((one) => (one.type === "intend" ? [one.intent] : []))) {
          const price = toyPrice(step.account === "a" ? "COIN" : "OTHER");
          expect(at - stamps.get("holding")!).toBeLessThanOrEqual(30_000);
          expect(at - (stamps.get(price) ?? -1e9)).toBeLessThanOrEqual(30_000);
        }
      }
    }),
    { numRuns },
  );
});

test("money taken never exceeds the money set aside", () => {
  fc.assert(
    fc.property(story, (happenings) => {
      const told = play(happenings, armed);
      const sent = new Set<string>();
      const effectless = new Set<string>();
      for (const { event } of told.map(({ input }) => input)) {
        if (event.type !== "outcome") continue;
        if (event.outcome.state === "sent") sent.add(event.key);
        else if (event.outcome.state === "refused" || (event.outcome.state !== "done" && !sent.has(event.key)))
          effectless.add(event.key);
      }
      const taken = intentsOf(told)
        .filter(({ intent }) => !effectless.has(intent.key))
        .map(({ intent: { step } }) => (step.action.do === "move-margin" ? step.action.amount : exact(0n)));
      const millionths = taken.reduce((sum, { digits, scale }) => sum + digits * 10n ** BigInt(6 - scale), 0n);
      expect(millionths).toBeLessThanOrEqual(700_000_000n);
    }),
    { numRuns },
  );
});
