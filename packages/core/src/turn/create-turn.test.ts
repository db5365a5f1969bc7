import { createHash } from "node:crypto";
import type { Decision, Input } from "./contract.ts";
import { expect, test } from "vitest";
import { type Outcome, type Reserve } from "@plimsoll/core/planner";
import { type Guard } from "@plimsoll/core/policy";
import { assetId, dec, ms, text, why } from "@plimsoll/core/units";
import { createTurn } from "./create-turn.ts";
import { type ToyHolding, boundToy, toyHolding, toyPrice, toyTerms } from "./testing/toy-engine.ts";
import { toyGuard, toyReserve } from "./testing/toy-guards.ts";

const ports = {
  engineOf: () => boundToy,
  sha256: (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest()),
};
const coin = (amount: number) => BigInt(amount) * 100_000_000n;
const dollar = (amount: number) => BigInt(amount) * 1_000_000n;
/** 10 coins against 5,000 dollars: at 1,000 a coin health is 1.6, at 740 it is 1.184. */
const body = (over: Partial<ToyHolding> = {}): ToyHolding => ({
  wallet: dollar(2_000),
  loans: { a: { coin: "COIN", coins: coin(10), debt: dollar(5_000) } },
  ...over,
});

/** Feeds a turn by hand. */
function house(guards: readonly Guard[], reserves: readonly Reserve[] = [], engine = boundToy) {
  const turn = createTurn({ ...ports, engineOf: () => engine });
  let seq = 0n;
  const feed = (at: number, event: Input["event"]): readonly Decision[] => turn.turn({ seq: ++seq, at: ms(at), event });
  feed(0, { type: "terms", terms: toyTerms() });
  feed(0, { type: "policy", guards, reserves });
  return {
    turn,
    feed,
    price: (at: number, price: string, key = "COIN", stamp = at) =>
      feed(at, { type: "price", key: toyPrice(key), price: dec(price), kind: "mark", at: ms(stamp) }),
    holding: (at: number, held: ToyHolding, stamp = at) =>
      feed(at, { type: "holding", holding: toyHolding(held, stamp) }),
    outcome: (at: number, key: string, outcome: Outcome) => feed(at, { type: "outcome", key, outcome }),
    tick: (at: number) => feed(at, { type: "tick" }),
  };
}
const done: Outcome = { state: "done", verified: "as-predicted" };
const intents = (decisions: readonly Decision[]) => decisions.flatMap((d) => (d.type === "intend" ? [d.intent] : []));
const plans = (decisions: readonly Decision[]) => decisions.flatMap((d) => (d.type === "plan" ? [d.plan] : []));
const alerts = (decisions: readonly Decision[]) => decisions.flatMap((d) => (d.type === "alert" ? [d] : []));
test("a fall below the band is answered with the least payment that restores the target, once", () => {
  const run = house([toyGuard()]);
  run.price(1_000, "1000");
  expect(intents(run.holding(1_001, body()))).toEqual([]);
  const decisions = run.price(2_000, "740");
  const [plan] = plans(decisions);
  const [intent] = intents(decisions);
  // 10 * 740 * 0.8 = 5,920; debt 5,920 / 1.45 = 4,082.758620(69): pay 917.241380, one millionth less misses
  expect(intent?.step.action).toMatchObject({ do: "move-margin", to: "a", amount: { digits: 917_241_380n, scale: 6 } });
  expect(intent?.key).toMatch(/^[A-Za-z0-9_-]{1,36}$/);
  expect(plan).toMatchObject({ mode: "armed", because: [expect.stringContaining("health 1.184 of")] });
  expect(plan!.after).toMatchObject([{ account: "a", lines: [{ health: dec("1.45000000") }] }]);
  // at 625 the loan is on its line; just below, half of 5,000 is repaid for coins worth 10 % more: 250 lost
  expect(plan!.doNothing).toMatchObject({ is: "known" });
  if (plan!.doNothing.is === "known") expect(Number(text(plan!.doNothing.value))).toBeCloseTo(250, 3);
  expect(plan!.alternatives).toEqual([
    {
      what: expect.stringMatching(/^reduce COIN /),
      why: expect.stringMatching(/for [\d.]+ USD against 0$/),
      cost: expect.anything(),
    },
  ]);
  expect(intents(run.price(3_000, "700"))).toEqual([]);
  expect(intents(run.tick(3_500))).toEqual([]);
});

test("after an outcome only a holding newer than it decides again, and then with what is really there", () => {
  const run = house([toyGuard()]);
  run.price(1_000, "1000");
  run.holding(1_001, body());
  const [first] = intents(run.price(2_000, "650"));
  run.outcome(2_500, first!.key, { state: "sent" });
  run.outcome(3_000, first!.key, done);
  expect(intents(run.price(3_100, "640"))).toEqual([]);
  expect(intents(run.holding(3_200, body(), 2_900))).toEqual([]);
  expect(intents(run.tick(3_300))).toEqual([]);
  // the holding after the payment, and the price fell on: a second rescue, sized on the smaller debt, urgent
  const [second] = intents(
    run.holding(
      3_400,
      body({ wallet: dollar(600), loans: { a: { coin: "COIN", coins: coin(10), debt: dollar(4_800) } } }),
    ),
  );
  expect(second?.key).not.toBe(first?.key);
  expect(second?.attempt).toBe(1);
});

test("a refused action is tried again, later and later, under another key", () => {
  const run = house([toyGuard()]);
  run.price(1_000, "640");
  const [first] = intents(run.holding(1_001, body()));
  const told = run.outcome(1_500, first!.key, { state: "refused", why: why("no-margin"), verified: "not-yet" });
  expect(alerts(told)).toMatchObject([{ why: { code: "intent-refused", facts: { code: "no-margin" } } }]);
  expect(intents(run.holding(1_600, body()))).toEqual([]);
  const [second] = intents(run.tick(2_500));
  expect(second?.step.action).toEqual(first?.step.action);
  expect(second?.key).not.toBe(first?.key);
});

test("two guards on one loan: the second is not needed after the first", () => {
  const run = house([toyGuard(), toyGuard({ id: "g2", name: "second", target: { want: "health", at: dec("1.40") } })]);
  run.price(1_000, "740");
  const decisions = run.holding(1_001, body());
  expect(intents(decisions)).toHaveLength(1);
  expect(plans(decisions)[0]!.alternatives).toContainEqual({
    what: "second: anything more",
    why: "not needed, after the actions before health is 1.45000000",
  });
});

test("money set aside is spent once, over guards, accounts and time", () => {
  const two = body({
    loans: {
      a: { coin: "COIN", coins: coin(10), debt: dollar(5_000) },
      b: { coin: "COIN", coins: coin(10), debt: dollar(5_000) },
    },
  });
  const onlyPay = toyGuard({ ladder: toyGuard().ladder.slice(0, 1) });
  const run = house([onlyPay], [toyReserve(dec("1000"))]);
  run.price(1_000, "740");
  const decisions = run.holding(1_001, two);
  const amounts = intents(decisions).map(({ step: { action } }) => action.do === "move-margin" && text(action.amount));
  expect(amounts).toEqual(["917.241380", "82.758620"]);
  expect(alerts(decisions).map(({ why: { code } }) => code)).toContain("target-out-of-reach");
  for (const { key } of intents(decisions)) run.outcome(1_100, key, done);
  const later = run.holding(1_200, two);
  expect(intents(later)).toEqual([]);
});

test("no remedy alone is enough: the most of the first, the least of the second, sent one after the other", () => {
  const usd = { use: "add-margin", asset: assetId("USD") } as const;
  const gold = { use: "repay", asset: assetId("GOLD"), most: dec("1") } as const;
  const run = house([toyGuard({ ladder: [{ ...usd, most: dec("600") }, { ...usd, most: dec("1000") }, gold] })]);
  run.price(1_000, "640");
  const decisions = run.holding(1_001, body());
  const [plan] = plans(decisions);
  // 10 * 640 * 0.8 = 5,120; debt 5,120 / 1.45 = 3,531.034482(75): pay 1,468.965518 in all
  expect(plan!.steps.map(({ action }) => action.do === "move-margin" && text(action.amount))).toEqual([
    "600.000000",
    "868.965518",
  ]);
  expect(plan!.steps[1]!.after).toEqual([plan!.steps[0]!.id]);
  expect(plan!.alternatives).toEqual([
    { what: "repay GOLD", why: "the account offers nothing of the kind now" },
    { what: "add-margin USD alone", why: expect.stringMatching(/^target-out-of-reach, most 600/) },
    { what: "add-margin USD alone", why: expect.stringMatching(/^target-out-of-reach, most 1000/) },
  ]);
  expect(intents(decisions).map(({ step }) => step)).toEqual([plan!.steps[0]]);
});

test("a plan of several steps goes on with the next holding, without a cool-down and out of the band; a plan of one does not", () => {
  const usd = { use: "add-margin", asset: assetId("USD") } as const;
  const two = toyGuard({
    ladder: [
      { ...usd, most: dec("1000") },
      { ...usd, most: dec("999") },
    ],
  });
  const paid = (debt: number, wallet: number) =>
    body({ wallet: dollar(wallet), loans: { a: { coin: "COIN", coins: coin(10), debt: dollar(debt) } } });
  const run = house([two]);
  run.price(1_000, "640");
  const [first] = intents(run.holding(1_001, body()));
  expect(first?.step.action).toMatchObject({ amount: dec("1000.000000") });
  run.outcome(1_500, first!.key, done);
  // the debt grew meanwhile: 5,120 / 4,200 is 1.219, over the trigger and short of the release
  const [second] = intents(run.holding(1_600, paid(4_200, 1_000)));
  expect(second?.step.action).toMatchObject({ do: "move-margin", amount: dec("668.965518") });
  run.outcome(1_700, second!.key, done);
  expect(intents(run.holding(1_800, paid(4_200, 331)))).toEqual([]);
});

test("a stop reduces once by its share, and a partly filled order is completed, not repeated", () => {
  const stop = toyGuard({
    trigger: { when: "price", quote: toyPrice("COIN"), kind: "mark", side: "at-or-below", at: dec("900") },
    target: { want: "reduce", share: dec("0.5") },
    ladder: [{ use: "reduce", instrument: "COIN", slippage: dec("0.01") }],
    bounds: { ...toyGuard().bounds, coolDownMs: ms(0) },
  });
  const run = house([stop]);
  run.price(1_000, "1000");
  run.holding(1_001, body());
  const [first] = intents(run.price(2_000, "900"));
  expect(first?.step.action).toMatchObject({ do: "order", size: dec("5.00000000") });
  run.outcome(2_100, first!.key, { state: "partly", done: dec("2"), left: dec("3") });
  run.outcome(2_200, first!.key, { state: "expired", verified: "differs" });
  const left = (coins: number) => body({ loans: { a: { coin: "COIN", coins: coin(coins), debt: dollar(3_000) } } });
  const [second] = intents(run.holding(2_300, left(8)));
  expect(second?.step.action).toMatchObject({ do: "order", size: dec("3.00000000") });
  run.outcome(2_400, second!.key, done);
  expect(intents(run.holding(2_500, left(5)))).toEqual([]);
  expect(intents(run.price(2_600, "880"))).toEqual([]);
});

test("what ended with a part done goes on with what is missing then, also out of the band; what was given up without effect does not", () => {
  const sell = toyGuard({
    ladder: [{ use: "reduce", instrument: "COIN", slippage: dec("0.01") }],
    target: { want: "health", at: dec("1.45") },
  });
  const after = (outcomes: readonly Outcome[], coins: number, debt: number) => {
    const run = house([sell]);
    run.price(1_000, "740"); // health 1.184
    const [first] = intents(run.holding(1_001, body()));
    expect(first?.step.action).toMatchObject({ do: "order", side: "sell" });
    for (const outcome of outcomes) run.outcome(1_500, first!.key, outcome);
    return {
      first,
      next: intents(
        run.holding(1_600, body({ loans: { a: { coin: "COIN", coins: coin(coins), debt: dollar(debt) } } })),
      ),
    };
  };
  const givenUp: Outcome = { state: "superseded", verified: "as-predicted", why: why("execution/not-reached") };
  const partly: Outcome = { state: "partly", done: dec("1"), left: dec("4") };
  // 9 * 740 * 0.8 / 4,380 is 1.216: over the trigger, short of the release
  const [rest] = after([partly, givenUp], 9, 4_380).next;
  expect(rest?.step.action).toMatchObject({ do: "order", side: "sell" });
  expect(after([givenUp], 9, 4_380).next).toEqual([]);
});

test("an account whose price is missing says so, however old another coin's price is; its own old holding comes first", () => {
  const run = house([], [], { ...boundToy, compile: () => ({ unknown: "no price, no form" }) });
  run.price(1_000, "5", "OTHER");
  run.holding(100_000, body());
  const because = () => run.turn.view().accounts.map((account) => [account.danger, account.because]);
  expect(because()).toEqual([["unknown", why("quote-missing", { quote: toyPrice("COIN") })]]);
  run.tick(10_000_000);
  expect(because()).toMatchObject([["unknown", { code: "stale", facts: { what: "toy:me" } }]]);
});

test("unknown, stale and lost raise the word and are told once; none of them triggers", () => {
  const run = house([toyGuard()]);
  run.holding(1_000, body());
  expect(run.turn.view().accounts).toMatchObject([{ danger: "unknown", equity: { is: "unknown" } }]);
  run.price(1_100, "3000", "COIN", -40_000);
  expect(run.turn.view().accounts).toMatchObject([{ danger: "unknown", equity: { is: "stale" } }]);
  expect(alerts(run.tick(1_200))).toEqual([]);
  // what the last known data showed is not hidden by their age, and does not trigger either
  run.price(1_300, "640", "COIN", -39_000);
  expect(run.turn.view().accounts).toMatchObject([{ danger: "danger", equity: { is: "stale" } }]);
  expect(run.turn.view().open).toEqual([]);
  run.price(2_000, "3000");
  expect(run.turn.view().accounts).toMatchObject([{ danger: "safe" }]);
  const lost = run.feed(2_100, { type: "lost", what: "toy", why: why("socket-closed") });
  expect(run.turn.view().accounts).toMatchObject([{ danger: "unknown", because: { code: "socket-closed" } }]);
  expect(intents(lost)).toEqual([]);
});

test("inside the age its owner pinned an armed guard still acts on the last known price", () => {
  const run = house([toyGuard()]);
  run.price(1_000, "1000");
  run.holding(1_001, body());
  run.feed(1_500, { type: "lost", what: toyPrice("COIN"), why: why("socket-closed") });
  // the position of 2 s shows less collateral; the price is the lost one, 1 s old
  const [intent] = intents(
    run.holding(2_000, body({ loans: { a: { coin: "COIN", coins: coin(7), debt: dollar(5_000) } } })),
  );
  expect(intent).toBeDefined();
  const late = house([toyGuard({ bounds: { ...toyGuard().bounds, maxAgeMs: ms(500) } })]);
  late.price(1_000, "1000");
  late.holding(1_001, body());
  expect(
    intents(late.holding(2_000, body({ loans: { a: { coin: "COIN", coins: coin(7), debt: dollar(5_000) } } }))),
  ).toEqual([]);
});

test("a danger is told once, again when it gets worse, and anew after it was away for an hour", () => {
  const run = house([]);
  const dangersAt = (decisions: readonly Decision[]) => alerts(decisions).map(({ danger }) => danger);
  run.price(1_000, "1300");
  run.holding(1_001, body());
  // coins without a family count twice: a fall of 60 % is watch, 30 % act, 20 % danger; the line is at 625
  expect(dangersAt(run.price(2_000, "1200"))).toEqual([]);
  expect(dangersAt(run.price(3_000, "850"))).toEqual(["act"]);
  expect(dangersAt(run.price(4_000, "750"))).toEqual(["danger"]);
  expect(dangersAt(run.price(5_000, "860"))).toEqual([]);
  expect(dangersAt(run.price(6_000, "600"))).toEqual(["liquidatable"]);
});

test("guards that cannot protect say so: expired, day used up, watching nothing", () => {
  const thrifty = house([toyGuard({ bounds: { ...toyGuard().bounds, coolDownMs: ms(0), perDay: 1 } })]);
  thrifty.price(1_000, "740");
  const [only] = intents(thrifty.holding(1_001, body()));
  thrifty.outcome(1_100, only!.key, done);
  const again = thrifty.holding(1_200, body());
  expect(intents(again)).toEqual([]);
  expect(alerts(again).map(({ why: { code } }) => code)).toEqual(["day-used-up"]);
  const expired = house([toyGuard({ bounds: { ...toyGuard().bounds, expires: ms(1_500) } })]);
  expired.price(1_000, "1000");
  expired.holding(1_001, body());
  expect(alerts(expired.price(1_600, "640")).map(({ why: { code } }) => code)).toContain("guard-expired");
  const elsewhere = house([toyGuard({ scope: { ...toyGuard().scope, account: "b" as never } })]);
  expect(alerts(elsewhere.holding(1_001, body())).map(({ why: { code } }) => code)).toContain("guard-watches-nothing");
});
