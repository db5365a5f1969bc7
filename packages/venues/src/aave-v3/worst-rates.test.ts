import { ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { AaveBody } from "./holding.ts";
import { aaveV3Margin as margin } from "./margin.ts";
import { aaveAccount } from "./names.ts";
import type { AaveTerms } from "./terms.ts";
import { accountOf, ethereum, now, reserveOf, sceneOf, tokens } from "./testing/account.ts";
import { RAY } from "./wad-ray-math.ts";

const prices = { WETH: 3_000_00000000n, USDC: 1_00000000n };
const inRay = ({ rates }: AaveTerms["reserves"][number]) => ({
  optimalUsage: rates.optimalUsage * (RAY / 10_000n),
  base: rates.base * (RAY / 10_000n),
  slope1: rates.slope1 * (RAY / 10_000n),
  slope2: rates.slope2 * (RAY / 10_000n),
});
/** USDC of all three: kink at 90 %, base 0, slopes 3.5 % and 60 %. */
const termsOf = {
  r10: ethereum,
  r11: { ...ethereum, rules: "r11" },
  "v3.0": { ...ethereum, rules: "v3.0", reserves: ethereum.reserves.map((each) => ({ ...each, rates: inRay(each) })) },
} as const satisfies Record<string, AaveTerms>;
const fivePercent = { variableBorrowRate: RAY / 20n, liquidityRate: RAY / 50n };
const loan = accountOf(ethereum, [
  { asset: "WETH", supplied: tokens(ethereum, "WETH", 10n), pool: { liquidityRate: 0n } },
  { asset: "USDC", owed: tokens(ethereum, "USDC", 20_000n), pool: fivePercent },
]);
const crossedAfter = (body: AaveBody, seconds: bigint, terms: AaveTerms) => {
  const later = margin.advance(body, ms(Number(now + seconds) * 1000), sceneOf(terms, prices));
  const { lines } = margin.assess(later, aaveAccount(terms.market, "0xa"), sceneOf(terms, prices));
  return lines.find(({ name }) => name === "maintenance")?.crossed;
};
const worstOf = (body: AaveBody, terms: AaveTerms) => {
  const worst = margin.atWorstRates!(body, sceneOf(terms, prices));
  if (!worst.ok) throw new Error(worst.failure.code);
  return worst.value;
};
const heldOf = (body: AaveBody, asset: string) => body.reserves.find(({ id }) => id === reserveOf(ethereum, asset).id)!;

// 10 x 3,000 x 0.83 = 24,900 against 20,000: liquidated once the debt index passes 1.245. Seconds worked separately: four terms of
// e^x (r10, r11) or three of the binomial (v3.0), at the 5 % that is stored and at 0 + 3.5 + 60 = 63.5 % a year.
// oxfmt-ignore
test.each([
  ["r10",  138_264_125n, 10_886_939n],
  ["r11",  138_264_125n, 10_886_939n],
  ["v3.0", 138_485_410n, 10_886_948n],
] as const)("%s: 10 WETH against 20,000 USDC: liquidated after 1,600 days as it is, after 126 when all is lent", (rules, present, worst) => {
  const terms = termsOf[rules];
  const at = (body: AaveBody, seconds: bigint) => [crossedAfter(body, seconds - 1n, terms), crossedAfter(body, seconds, terms)];
  expect(at(loan, present)).toEqual([false, true]);
  expect(at(worstOf(loan, terms), worst)).toEqual([false, true]);
});

test("the worst begins today, what is earned stays as it is, and a rate above the curve's top is not lowered", () => {
  const aged = { ...loan, timestamp: now + 31_536_000n };
  const { pool } = heldOf(worstOf(aged, ethereum), "USDC");
  // a year at 5 %: 1 + 0.05 + 0.00125 + 0.0000208333...
  expect(pool).toMatchObject({
    variableBorrowIndex: 1_051_270_833_333_333_333_333_333_333n,
    liquidityIndex: 1_020_000_000_000_000_000_000_000_000n,
    lastUpdate: aged.timestamp,
    variableBorrowRate: 635_000_000_000_000_000_000_000_000n,
    liquidityRate: RAY / 50n,
  });
  expect(heldOf(worstOf(aged, ethereum), "WETH")).toEqual(heldOf(aged, "WETH"));
  const dear = accountOf(ethereum, [{ asset: "USDC", owed: 1n, pool: { variableBorrowRate: RAY } }]);
  expect(heldOf(worstOf(dear, ethereum), "USDC").pool).toMatchObject({ variableBorrowRate: RAY });
});

test("a debt in a reserve that was not read has no rate and so no bound", () => {
  const written = { ...loan, reserves: loan.reserves.map((held) => ({ ...held, pool: "not-read" as const })) };
  expect(margin.atWorstRates!(written, sceneOf(ethereum, prices))).toMatchObject({
    failure: { code: "aave-v3/rates-not-read", facts: { reserve: "USDC" } },
  });
});
