import type { Holding } from "@plimsoll/core/book";
import type { BoundEngine } from "@plimsoll/core/margin";
import { accountKey, dec, fail, ok, unknown, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type ToyHolding, boundToy, toyHolding, toyScene } from "@plimsoll/core/turn/testing";
import { CARRY_HORIZON_MS, carryOf } from "./carry.ts";

const HOUR = 3_600_000;
const START = 1_000_000;
/** 10 coins of 1,000 at 80 % carry 8,000; the debt is 5,000 dollars, so 3,000 are left. */
const held = (debt = 5_000): ToyHolding => ({
  wallet: 0n,
  loans: { a: { coin: "COIN", coins: 1_000_000_000n, debt: BigInt(debt) * 1_000_000n } },
});
const scene = toyScene({ COIN: dec("1000") }, START);

/** A lender that adds so many dollars to the debt at the end of every hour; at worst ten times as many. */
const lender = (dollarsAnHour: number): BoundEngine => ({
  ...boundToy,
  advance: (holding, to) => {
    const body = holding.body as ToyHolding & { readonly times?: number };
    const hours = Math.floor((to - holding.asOf) / HOUR);
    const owed = BigInt(Math.round(hours * dollarsAnHour * (body.times ?? 1) * 1_000_000));
    const { coin, coins, debt } = body.loans["a"]!;
    return { ...holding, asOf: to, body: { ...body, loans: { a: { coin, coins, debt: debt + owed } } } };
  },
  atWorstRates: (holding) => ok({ ...holding, body: { ...(holding.body as object), times: 10 } }),
});
const carry = (engine: BoundEngine, holding: Holding = toyHolding(held(), START)) =>
  carryOf(engine, holding, accountKey("a"), scene);

test("the date is the hour in which interest alone passes the line, to the second; at the worst rates it is sooner", () => {
  // 3,000 are left and the line is crossed strictly below: 301 hours of 10 dollars, 31 of 100
  const { atPresent, atWorst } = carry(lender(10));
  expect(atPresent).toMatchObject({ is: "known" });
  expect(atWorst).toMatchObject({ is: "known" });
  if (atPresent.is !== "known" || atWorst.is !== "known") throw new Error("no date");
  expect(Math.abs(atPresent.value - START - 301 * HOUR)).toBeLessThanOrEqual(1_000);
  expect(Math.abs(atWorst.value - START - 31 * HOUR)).toBeLessThanOrEqual(1_000);
});

test("an account that is there already is there now", () => {
  expect(carry(lender(10), toyHolding(held(8_001), START)).atPresent).toMatchObject({ is: "known", value: START });
});

test("what does not happen within the horizon is none, never a date far away", () => {
  const slowly = (3_000 / (CARRY_HORIZON_MS / HOUR)) * 0.999;
  expect(carry(lender(slowly)).atPresent).toMatchObject({ is: "none", why: { code: "carry/never" } });
  expect(carry(lender(slowly)).atWorst).toMatchObject({ is: "known" });
  expect(carry(lender(0)).atPresent).toMatchObject({ is: "none" });
});

test("an engine that knows no bound of its rates says so, and an account that cannot be assessed is unknown", () => {
  const boundless = { ...lender(10), atWorstRates: () => fail(why("toy/no-bound")) };
  expect(carry(boundless)).toMatchObject({ atPresent: { is: "known" }, atWorst: unknown(why("toy/no-bound")) });
  const blind = carryOf(lender(10), toyHolding(held(), START), accountKey("a"), toyScene({}, START));
  expect(blind.atPresent).toMatchObject({ is: "unknown", why: { code: "quote-missing" } });
});
