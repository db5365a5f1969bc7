import { ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { MorphoBody } from "./holding.ts";
import { morphoBlueMargin as margin } from "./margin.ts";
import { morphoAccount } from "./names.ts";
import { positionIn } from "./position.ts";
import { NOW, TERMS, bodyOf, heldIn, marketNamed, priceOf, sceneOf, totalsOf } from "./testing/builders.ts";
import { ADAPTIVE_CURVE_IRMS } from "./worst-rates.ts";

const NAME = "wstETH-USDC";
const [adaptive] = ADAPTIVE_CURVE_IRMS;
const termsWith = (irm: string) => ({ ...TERMS, markets: [{ ...marketNamed(NAME), irm }] });
const sceneWith = (irm: string) => sceneOf({ [NAME]: priceOf(2_600_000_000n) }, termsWith(irm));
const later = (body: MorphoBody, seconds: bigint) =>
  margin.advance(body, ms(Number(NOW + seconds) * 1000), sceneWith("none"));
/** 1,014,492.753624 USDC owed against 500 wstETH. */
const loan = bodyOf([
  heldIn(NAME, {
    totals: totalsOf({ lastUpdate: NOW }),
    borrowShares: 10n ** 18n,
    collateral: 500n * 10n ** 18n,
  }),
]);
const worstOf = (body: MorphoBody, irm = adaptive!) => {
  const worst = margin.atWorstRates!(body, sceneWith(irm));
  if (!worst.ok) throw new Error(worst.failure.code);
  return worst.value;
};
const debtOf = (body: MorphoBody) => {
  const position = positionIn(body, body.markets[0]!, termsWith(adaptive!));
  return position.ok ? position.value.debt : undefined;
};

// worked separately: a growth of 913,659,141,557,929 WAD parts on the market's 700,000,000,000,001, then the shares' part rounded up
test("in an hour a debt grows by 0.0913 %; in a market without a rate model by nothing; an unknown model has no cap", () => {
  expect(debtOf(later(worstOf(loan), 3_600n))).toBe(1_015_419_654202n);
  expect(debtOf(later(worstOf(loan, "none"), 3_600n))).toBe(1_014_492_753624n);
  expect(margin.atWorstRates!(loan, sceneWith("0xother"))).toMatchObject({
    failure: { code: "morpho-blue/no-rate-cap", facts: { market: NAME, irm: "0xother" } },
  });
});

// 500 x 2,600 x 0.86 = 1,118,000; the dates worked separately with the contract's three terms of e^x
test("500 wstETH against a million: liquidated after 709 days as it is, after 4.4 at the cap", () => {
  const scene = sceneWith(adaptive!);
  const crossed = (body: MorphoBody, seconds: bigint) =>
    margin
      .assess(later(body, seconds), morphoAccount(TERMS.deployment, "me", NAME), scene)
      .lines.find(({ name }) => name === "maintenance")?.crossed;
  expect([crossed(loan, 61_278_278n), crossed(loan, 61_278_279n)]).toEqual([false, true]);
  expect([crossed(worstOf(loan), 382_989n), crossed(worstOf(loan), 382_990n)]).toEqual([false, true]);
});

test("the worst begins today: what was owed until now was owed at the rate that was; who owes nothing needs no cap", () => {
  const earlier = bodyOf([heldIn(NAME, { borrowShares: 10n ** 18n })]);
  expect(debtOf(worstOf(earlier))).toBe(debtOf(earlier));
  expect(worstOf(earlier).markets[0]?.totals.lastUpdate).toBe(NOW);
  const lender = bodyOf([heldIn(NAME, { supplyShares: 10n ** 18n })]);
  expect(worstOf(lender, "0xother")).toEqual(lender);
});
