import type { BoundEngine } from "@plimsoll/core/margin";
import type { Remedy } from "@plimsoll/core/policy";
import { DAY_MS, assetId, dec, holdingId, known, ms, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Reserve } from "./plan.ts";
import { deskGuard, planOnDesk } from "./testing/desk-plans.ts";
import { boundDesk, deskVenue } from "./testing/small-desk.ts";

// 4,000 over 2,500; a dollar coin counts 0.95, so 1,052.64 bring 2
const body = {
  ...{ cash: dec("4000"), wallet: { USDC: dec("2000") }, posted: {} },
  positions: { BTC: { size: dec("1"), entry: dec("50000") } },
};
const post: Remedy = { use: "supply", asset: assetId("USDC"), most: dec("2000") };
const reserve: Reserve = {
  ...{ asset: assetId("USDC"), at: deskVenue, holding: holdingId("desk:me"), kind: "plain" },
  ...{ free: known(dec("2000"), ms(0)), floor: dec("0") },
};
const partsOf = (of: Reserve, days?: number, engine: BoundEngine = boundDesk) => {
  const guard = deskGuard([post]);
  const bounds = { ...guard.bounds, ...(days !== undefined && { horizonMs: ms(days * DAY_MS) }) };
  const { plan } = planOnDesk({ body, guard: { ...guard, bounds }, reserves: [of], engine });
  return plan!.costParts.filter((part) => part.of !== "gas");
};

test("what the money would have earned where it lay, for the guard's horizon; where nobody said it, that is said", () => {
  const earning = { ...reserve, yearly: dec("0.05") };
  expect(toNumber(partsOf(earning)[0]!.amount)).toBeCloseTo((1_052.64 * 0.05 * 30) / 365, 6);
  expect(toNumber(partsOf(earning, 1.5)[0]!.amount)).toBeCloseTo((1_052.64 * 0.05 * 1.5) / 365, 6);
  expect(partsOf(reserve)).toMatchObject([{ of: "lost carry", is: "not-counted" }]);
  const [nothing] = partsOf({ ...reserve, yearly: dec("0") });
  expect([nothing!.is, toNumber(nothing!.amount)]).toEqual(["estimate", 0]);
});

test("a lever over a flash loan pays its lender's share of the amount", () => {
  const overLoan: BoundEngine = {
    ...boundDesk,
    levers: (...asked) => boundDesk.levers(...asked).map((lever) => ({ ...lever, flashPremium: dec("0.0005") })),
  };
  const parts = partsOf({ ...reserve, yearly: dec("0") }, 30, overLoan);
  expect(parts.find(({ of }) => of === "flash premium")).toMatchObject({ is: "exact" });
  // 5 of 10,000 are FLASHLOAN_PREMIUM_TOTAL of Aave's main market
  expect(toNumber(parts.find(({ of }) => of === "flash premium")!.amount)).toBeCloseTo(1_052.64 * 0.0005, 8);
});
