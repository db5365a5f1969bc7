import { createHash } from "node:crypto";
import type { Holding } from "@plimsoll/core/book";
import type { BoundEngine } from "@plimsoll/core/margin";
import type { Guard } from "@plimsoll/core/policy";
import { dec, exact, holdingId, ms, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Decision, Input } from "./contract.ts";
import { createTurn } from "./create-turn.ts";
import { type ToyHolding, boundToy, toyHolding, toyPrice, toyTerms } from "./testing/toy-engine.ts";
import { toyGuard } from "./testing/toy-guards.ts";

/** A lender that pays out of a wallet on a chain. */
const engine: BoundEngine = {
  ...boundToy,
  wallet: ({ body }, asset) => (asset === "USD" ? exact((body as ToyHolding).wallet, 6) : undefined),
};
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
const ids = ["toy:me", "toy:other"] as const;

/** Ten coins against 5,000 dollars each, out of one wallet of 1,200: at 740 a coin either guard wants 917.24. */
const held = (id: string, at: number, wallet = 1_200): Holding => ({
  ...toyHolding(
    {
      wallet: BigInt(wallet) * 1_000_000n,
      loans: { a: { coin: "COIN", coins: 1_000_000_000n, debt: 5_000_000_000n } },
    },
    at,
  ),
  ...{ id: holdingId(id), wallet: "1/0xa" },
});
const payFor = (id: string, mode: Guard["mode"]): Guard =>
  toyGuard({ id: `g ${id}`, scope: { holding: holdingId(id) }, ladder: toyGuard().ladder.slice(0, 1), mode });

function house(mode: Guard["mode"]) {
  const turn = createTurn({ engineOf: () => engine, sha256 });
  let seq = 0n;
  const feed = (at: number, event: Input["event"]): readonly Decision[] => turn.turn({ seq: ++seq, at: ms(at), event });
  feed(0, { type: "terms", terms: toyTerms() });
  feed(0, { type: "policy", guards: ids.map((id) => payFor(id, mode)), reserves: [] });
  feed(1_000, { type: "price", key: toyPrice("COIN"), price: dec("740"), kind: "mark", at: ms(1_000) });
  return {
    turn,
    feed,
    show: (id: string, at: number, wallet?: number) => feed(at, { type: "holding", holding: held(id, at, wallet) }),
  };
}
const paid = (decisions: readonly Decision[]) =>
  decisions.flatMap((each) => {
    if (each.type !== "intend" || each.intent.step.action.do !== "move-margin") return [];
    return [toNumber(each.intent.step.action.amount)];
  });

test("while one account's payment is under way the other is promised what it leaves; what shows in a reading is not counted again", () => {
  const { show } = house("armed");
  expect(paid(show("toy:me", 1_001))).toEqual([917.24138]);
  expect(paid(show("toy:other", 1_002))).toEqual([282.75862]);
  const later = house("armed");
  const before = later.show("toy:me", 1_001).flatMap((each) => (each.type === "intend" ? [each.intent] : []));
  later.feed(2_000, { type: "outcome", key: before[0]!.key, outcome: { state: "done", verified: "as-predicted" } });
  // a policy that was read meanwhile forgets nothing that no reading shows
  later.feed(2_001, { type: "policy", guards: ids.map((id) => payFor(id, "armed")), reserves: [] });
  // read before the payment ended: it may not show yet
  expect(paid(later.show("toy:other", 1_999))).toEqual([282.75862]);
  const after = house("armed");
  const paidFirst = after.show("toy:me", 1_001).flatMap((each) => (each.type === "intend" ? [each.intent] : []));
  after.feed(2_000, { type: "outcome", key: paidFirst[0]!.key, outcome: { state: "done", verified: "as-predicted" } });
  expect(paid(after.show("toy:other", 2_001, 950))).toEqual([917.24138]);
});

test("of two plans that were shown on one wallet's money the second is refused while the first is under way", () => {
  const { turn, feed, show } = house("shadow");
  const plans = ids.map((id, place) => {
    const decided = show(id, 1_001 + place);
    return decided.flatMap((each) => (each.type === "plan" ? [each.plan] : []))[0]!;
  });
  expect(plans.map((plan) => turn.mayAct(plan).ok)).toEqual([true, true]);
  feed(2_000, { type: "act", plan: plans[0]!, who: "me" });
  expect(turn.mayAct(plans[1]!)).toMatchObject({
    ok: false,
    failure: { code: "act/money-promised", facts: { needs: "917.241380", left: "282.758620" } },
  });
});
