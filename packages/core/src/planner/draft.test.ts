import { createHash } from "node:crypto";
import { type Holding } from "@plimsoll/core/book";
import { type BoundEngine } from "@plimsoll/core/margin";
import { type ToyHolding, boundToy, toyGuard, toyHolding, toyScene } from "@plimsoll/core/turn/testing";
import { accountKey, assetId, dec, exact, holdingId, ms, ok, venueId } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Want } from "./draft.ts";
import { guardHash, hashWith } from "@plimsoll/core/policy";
import { type Start, planRescues } from "./plan-rescues.ts";
import type { Reserve } from "./plan.ts";
import { type Spend, available, spendOf } from "./purse.ts";

const hashOf = hashWith((bytes) => createHash("sha256").update(bytes).digest());
const guard = toyGuard();
const want: Want = {
  ...{ guard, version: guardHash(hashOf, guard), account: accountKey("a") },
  ...{ urgent: false, because: "health is low", left: {} },
};
const loan = (debt: bigint) => ({ coin: "COIN", coins: 1_000_000_000n, debt });
const holding = toyHolding({ wallet: 2_000_000_000n, loans: { a: loan(5_000_000_000n), b: loan(5_500_000_000n) } }, 1);
const scene = toyScene({ COIN: dec("740") }, 1);
const startOn = (engine: BoundEngine): Start => ({
  field: { grounds: new Map([[holding.id, { engine, holding, scene }]]), conditions: new Map() },
  reserves: [],
  spent: [],
});
const planOn = (engine: BoundEngine) => planRescues(startOn(engine), [want], "armed", hashOf);

test("an action that would push a neighbour over its line is not proposed; the next in the ladder is", () => {
  expect(planOn(boundToy).steps.map(({ step }) => step.action.do)).toEqual(["move-margin"]);
  /** A lender that takes what is paid for one loan out of the other. */
  const robbing: BoundEngine = {
    ...boundToy,
    apply: (before, effect, at) => {
      const applied = boundToy.apply(before, effect, at);
      if (!applied.ok || !("do" in effect) || effect.do !== "move-margin") return applied;
      const body = applied.value.body as ToyHolding;
      const b = { ...body.loans["b"]!, debt: body.loans["b"]!.debt + effect.amount.digits };
      return ok<Holding>(toyHolding({ ...body, loans: { ...body.loans, b } }, 1));
    },
  };
  const { steps, plan } = planOn(robbing);
  expect(steps.map(({ step }) => step.action.do)).toEqual(["order"]);
  expect(plan!.alternatives).toMatchObject([{ why: expect.stringContaining("would-liquidate-another-account") }]);
});

test("a reduction costs its fee, a payment costs nothing, and only what can be taken back has an undo", () => {
  const { plan } = planOn(boundToy);
  expect(plan!.cost).toMatchObject({ digits: 0n });
  expect(plan!.steps[0]!.undo).toMatchObject({ do: "move-margin", from: "a", to: "wallet" });
  const reduce = { ...want, guard: toyGuard({ ladder: guard.ladder.slice(1) }) };
  const reduced = planRescues(startOn(boundToy), [reduce], "armed", hashOf).plan!;
  const [step] = reduced.steps;
  if (step?.action.do !== "order") throw new Error("no order");
  // 0.1 % of size * 740, cut to the millionth in our disfavour
  const fee = (step.action.size.digits * 740n) / 100_000n;
  expect(reduced.cost.digits - fee).toBeLessThanOrEqual(1n);
  expect(reduced.cost.digits).toBeGreaterThanOrEqual(fee);
  expect(step.undo).toBe("none");
});

test("money set aside: its floor stays, its size must be known, and what was taken since the count is gone", () => {
  const [me, usd] = [holdingId("toy:me"), assetId("USD")];
  const reserve = { asset: usd, at: venueId("toy"), holding: me, floor: exact(100n) };
  const counted = { ...reserve, free: { is: "known", value: exact(1_000n), from: "venue", asOf: ms(50) } } as const;
  const unknown = { ...reserve, free: { is: "unknown", why: { code: "x", facts: {} } } } as const;
  const stale = {
    ...reserve,
    free: { is: "stale", last: exact(9_000n), asOf: ms(1), why: { code: "x", facts: {} } },
  } as const;
  const spent = (at: number, amount: bigint, asset = usd) => ({
    holding: me,
    asset,
    amount: exact(amount),
    at: ms(at),
  });
  const first = startOn(boundToy).field;
  const left = (reserves: readonly Reserve[], spends: readonly Spend[]) =>
    available({ reserves, spent: spends, first }, me, "USD");
  expect(left([], [])).toBeUndefined();
  expect(left([counted], [])).toEqual(exact(900n));
  expect(left([unknown, stale], [])).toEqual(exact(0n));
  expect(left([counted], [spent(49, 300n), spent(50, 200n), spent(60, 10n, assetId("EUR"))])).toEqual(exact(700n));
  expect(left([counted], [spent(51, 950n)])).toEqual(exact(0n));
});

test("what is repaid out of own supply takes no money from a reserve; what the wallet pays does", () => {
  const repay = { do: "repay", asset: assetId("USD"), amount: exact(10n) } as const;
  expect(spendOf(holding.id, repay, ms(5))).toEqual({
    ...{ holding: holding.id, asset: assetId("USD"), amount: exact(10n), at: ms(5) },
  });
  expect(spendOf(holding.id, { ...repay, from: "own-supply" }, ms(5))).toBeUndefined();
});
