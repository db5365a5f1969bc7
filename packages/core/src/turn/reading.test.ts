import { createHash } from "node:crypto";
import { dec, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Decision, Input } from "./contract.ts";
import { createTurn } from "./create-turn.ts";
import { boundToy, toyHolding, toyPrice, toyTerms } from "./testing/toy-engine.ts";
import { toyGuard } from "./testing/toy-guards.ts";

const loan = (debt: number) => ({
  wallet: 2_000_000_000n,
  loans: { a: { coin: "COIN", coins: 1_000_000_000n, debt: BigInt(debt) * 1_000_000n } },
});

/** 10 coins against 5,000 dollars at 1,000 a coin: at 740 the guard fires, unless the debt is smaller by then. */
function house() {
  const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
  const turn = createTurn({ engineOf: () => boundToy, sha256 });
  let seq = 0n;
  const feed = (at: number, event: Input["event"], more?: true): readonly Decision[] =>
    turn.turn({ seq: ++seq, at: ms(at), ...(more && { more }), event });
  const price = (at: number, value: string): Input["event"] => ({
    ...{ type: "price", key: toyPrice("COIN"), price: dec(value), kind: "mark", at: ms(at) },
  });
  const holding = (at: number, debt: number): Input["event"] => ({
    ...{ type: "holding", holding: toyHolding(loan(debt), at) },
  });
  feed(0, { type: "terms", terms: toyTerms() });
  feed(0, { type: "policy", guards: [toyGuard()], reserves: [] });
  feed(1_000, price(1_000, "1000"));
  feed(1_001, holding(1_001, 5_000));
  return { turn, feed, price, holding };
}
const intends = (decisions: readonly Decision[]) => decisions.filter(({ type }) => type === "intend").length;

test("nobody decides on half a reading: a price and the holding that came with it are looked at together", () => {
  const whole = house();
  expect(whole.feed(2_000, whole.price(2_000, "740"), true)).toEqual([]);
  expect(intends(whole.feed(2_000, whole.holding(2_000, 3_000)))).toBe(0);
  const halves = house();
  expect(intends(halves.feed(2_000, halves.price(2_000, "740")))).toBe(1);
});

test("a reading whose end never came is decided on with the next input", () => {
  const { feed, price } = house();
  expect(feed(2_000, price(2_000, "740"), true)).toEqual([]);
  expect(intends(feed(2_500, { type: "tick" }))).toBe(1);
});

test("a reading that repeats its last part still decides on the first", () => {
  const { feed, price, holding } = house();
  feed(2_000, price(2_000, "740"), true);
  expect(intends(feed(2_000, holding(1_001, 5_000)))).toBe(1);
});
