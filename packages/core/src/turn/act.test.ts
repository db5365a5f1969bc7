import { createHash } from "node:crypto";
import type { Outcome, Plan } from "@plimsoll/core/planner";
import { hashWith } from "@plimsoll/core/policy";
import { dec, hash, ms, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Decision, Input } from "./contract.ts";
import { createTurn } from "./create-turn.ts";
import { type ToyHolding, boundToy, toyHolding, toyPrice, toyTerms } from "./testing/toy-engine.ts";
import { toyGuard } from "./testing/toy-guards.ts";

const coin = (amount: number) => BigInt(amount) * 100_000_000n;
const dollar = (amount: number) => BigInt(amount) * 1_000_000n;
/** 10 coins against 5,000 dollars: at 740 a coin health is 1.184, and the guard, in shadow, would pay 917.241380. */
const body = (over: Partial<ToyHolding> = {}): ToyHolding => ({
  wallet: dollar(2_000),
  loans: { a: { coin: "COIN", coins: coin(10), debt: dollar(5_000) } },
  ...over,
});

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());

function house() {
  const turn = createTurn({ engineOf: () => boundToy, sha256 });
  let seq = 0n;
  const feed = (at: number, event: Input["event"]): readonly Decision[] => turn.turn({ seq: ++seq, at: ms(at), event });
  const price = (at: number, value: string) =>
    feed(at, { type: "price", key: toyPrice("COIN"), price: dec(value), kind: "mark", at: ms(at) });
  feed(0, { type: "terms", terms: toyTerms() });
  feed(0, { type: "policy", guards: [toyGuard({ mode: "shadow" })], reserves: [] });
  price(1_000, "740");
  const shown = feed(1_001, { type: "holding", holding: toyHolding(body(), 1_001) });
  const [plan] = shown.flatMap((each) => (each.type === "plan" ? [each.plan] : []));
  return {
    turn,
    feed,
    price,
    plan: plan!,
    act: (at: number, what: Plan) => feed(at, { type: "act", plan: what, who: "me" }),
  };
}
const intents = (decisions: readonly Decision[]) =>
  decisions.flatMap((each) => (each.type === "intend" ? [each.intent] : []));
const refusals = (decisions: readonly Decision[]) =>
  decisions.flatMap((each) => (each.type === "alert" ? [each.why] : []));
const done: Outcome = { state: "done", verified: "as-predicted" };

test("a plan that was shown is carried out once it is confirmed, and only once", () => {
  const { turn, act, feed, plan } = house();
  expect(turn.mayAct(plan)).toEqual({ ok: true, value: undefined });
  const [intent, ...others] = intents(act(2_000, plan));
  expect([intent?.step, others]).toEqual([plan.steps[0], []]);
  expect(intent?.key).toMatch(/^p[0-9a-f]{32}$/);
  expect(turn.view().open).toHaveLength(1);
  feed(2_100, { type: "outcome", key: intent!.key, outcome: done });
  expect(refusals(act(2_200, plan))).toMatchObject([{ code: "act/done-already", facts: { who: "me" } }]);
  expect(intents(act(2_300, plan))).toEqual([]);
});

type House = ReturnType<typeof house>;
// oxfmt-ignore
test.each<[string, (house: House) => Plan, string, Record<string, unknown>]>([
  ["another hash than its own",           ({ plan }) => ({ ...plan, hash: hash("f".repeat(64)) }),                          "act/wrong-hash",      { given: "f".repeat(64) }],
  ["a plan that was changed",             ({ plan }) => ({ ...plan, cost: dec("0.5") }),                                    "act/wrong-hash",      {}],
  ["a plan that is too old",              (run) => (run.feed(100_000, { type: "tick" }), run.plan),                        "act/plan-too-old",    { now: "100000" }],
  ["a house that is halted",              (run) => (run.feed(1_500, { type: "mode", mode: "halted", who: "me" }), run.plan), "act/mode-forbids",    { mode: "halted" }],
  ["a holding that was lost",             (run) => (run.feed(1_500, { type: "lost", what: run.plan.steps[0]!.holding, why: why("gone") }), run.plan), "gone",        {}],
  ["a wallet that has less by now",       (run) => (run.feed(1_500, { type: "holding", holding: toyHolding(body({ wallet: dollar(10) }), 1_500) }), run.plan), "toy/not-payable", {}],
])("%s: nothing is sent, and the number that forbids it is told", (_case, change, code, facts) => {
  const run = house();
  const plan = change(run);
  const refused = run.turn.mayAct(plan);
  expect(refused).toMatchObject({ ok: false, failure: { code, facts } });
  const decisions = run.act(100_001, plan);
  expect([intents(decisions), refusals(decisions).length, run.turn.view().open]).toEqual([[], 1, []]);
});

test("an account on which something is under way takes no other plan", () => {
  const { act, plan } = house();
  const [{ key } = { key: "" }] = intents(act(2_000, plan));
  const { hash: _hash, ...rest } = plan;
  const changed = { ...rest, because: ["another"] };
  const other = { ...changed, hash: hashWith(sha256)(["plan", changed]) };
  expect(refusals(act(2_001, other))).toMatchObject([{ code: "act/account-busy", facts: { intent: key } }]);
});
