import { createHash } from "node:crypto";
import type { Action } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { assetId, dec, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Decision, Input } from "./contract.ts";
import { createTurn } from "./create-turn.ts";
import { type BookMode, bookModes, permits } from "./mode.ts";
import { boundToy, toyHolding, toyPrice, toyTerms } from "./testing/toy-engine.ts";
import { toyGuard } from "./testing/toy-guards.ts";

const ports = {
  engineOf: () => boundToy,
  sha256: (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest()),
};
/** 10 coins against 5,000 dollars: at 1,000 a coin health is 1.6, at 740 it is 1.184. */
const held = { wallet: 2_000_000_000n, loans: { a: { coin: "COIN", coins: 1_000_000_000n, debt: 5_000_000_000n } } };

function house(guard: Guard = toyGuard()) {
  const turn = createTurn(ports);
  let seq = 0n;
  const inputs: Input[] = [];
  const feed = (at: number, event: Input["event"]): readonly Decision[] => {
    const input: Input = { seq: ++seq, at: ms(at), event };
    inputs.push(input);
    return turn.turn(input);
  };
  feed(0, { type: "terms", terms: toyTerms() });
  feed(0, { type: "policy", guards: [guard], reserves: [] });
  const price = (at: number, text: string) =>
    feed(at, { type: "price", key: toyPrice("COIN"), price: dec(text), kind: "mark", at: ms(at) });
  price(1_000, "1000");
  feed(1_001, { type: "holding", holding: toyHolding(held, 1_001) });
  const mode = (at: number, to: BookMode) => feed(at, { type: "mode", mode: to, who: "owner" });
  return { turn, inputs, price, mode };
}
const kinds = (decisions: readonly Decision[]) =>
  decisions.flatMap((one) => (one.type === "plan" ? [one.plan.mode] : one.type === "intend" ? ["intend"] : []));

// oxfmt-ignore
test.each([
  // mode          a guard that is armed: what follows from its fall
  ["armed",        ["armed", "intend"]],
  ["reduce-only",  ["armed", "intend"]],
  ["shadow",       ["shadow"]],
  ["halted",       []],
] as const)("in mode %s an armed guard's fall leads to %j", (mode, expected) => {
  const run = house();
  run.mode(1_500, mode);
  expect(run.turn.view().mode).toBe(mode);
  expect(kinds(run.price(2_000, "740"))).toEqual(expected);
  expect(kinds(run.price(2_100, "739"))).toEqual([]); // once: a plan of shadow is not made anew at each price
});

test.each(["shadow", "halted"] as const)("out of %s the house acts in the same turn, on what stands now", (silent) => {
  const run = house();
  run.mode(1_500, silent);
  run.price(2_000, "740");
  expect(kinds(run.mode(2_500, "armed"))).toEqual(["armed", "intend"]);
});

test("a mode is in force from the input that says it, and what is open stays open", () => {
  const run = house();
  expect(kinds(run.price(2_000, "740"))).toEqual(["armed", "intend"]);
  run.mode(2_001, "halted");
  expect(run.turn.view().open).toHaveLength(1);
  expect(kinds(run.price(2_100, "700"))).toEqual([]);
});

test("the same inputs give the same mode and state; a book that nobody set a mode for is armed", () => {
  const run = house();
  expect(run.turn.view().mode).toBe("armed");
  run.mode(1_500, "shadow");
  run.price(2_000, "740");
  const again = createTurn(ports);
  for (const input of run.inputs) again.turn(input);
  expect([again.view().mode, again.hash()]).toEqual(["shadow", run.turn.hash()]);
});

test("what each mode lets through", () => {
  const order = { do: "order", instrument: "X", side: "sell", size: dec("1"), limit: dec("1") } as const;
  const repay: Action = { do: "repay", asset: assetId("USD"), amount: dec("1") };
  const passes = (action: Action) => bookModes.filter((mode) => permits(mode, action));
  expect(passes({ ...order, reduceOnly: true })).toEqual(["armed", "reduce-only"]);
  expect(passes({ ...order, reduceOnly: false, hedges: "a/b" })).toEqual(["armed"]);
  expect(passes({ ...repay, do: "withdraw" })).toEqual(["armed"]);
  expect(passes(repay)).toEqual(["armed", "reduce-only"]);
  expect(passes({ do: "cancel", order: "1" })).toEqual(["armed", "reduce-only"]);
});
