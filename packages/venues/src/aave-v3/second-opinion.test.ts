import {
  calculateCompoundedInterest,
  calculateHealthFactorFromBalances,
  calculateLinearInterest,
} from "@aave/math-utils";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { healthFromAverage, healthFromSum } from "./health.ts";
import { binomialInterest, compoundedInterest, linearInterest } from "./interest.ts";
import { BPS, RAY, WAD } from "./wad-ray-math.ts";

// The SDK that the interface of Aave shows figures with: right where it counts as the contracts do, and where it does not, by how much.

const runs = { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 200) };
const rates = fc.bigInt({ min: 0n, max: RAY });
const year = 31_536_000;
const spans = fc.integer({ min: 0, max: year });
const integer = (value: { toFixed(places: number): string }): bigint => BigInt(value.toFixed(0));
const apart = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);
const over = (rate: bigint, seconds: number) => ({
  rate: `${rate}`,
  currentTimestamp: 1_700_000_000 + seconds,
  lastUpdateTimestamp: 1_700_000_000,
});

test("simple interest on supplies is the SDK's, to the rounding of its share of a year", () => {
  fc.assert(
    fc.property(rates, spans, (rate, seconds) => {
      const sdk = integer(calculateLinearInterest(over(rate, seconds)));
      expect(apart(linearInterest(rate, BigInt(seconds)), sdk) <= 1n).toBe(true);
    }),
    runs,
  );
});

test("compound interest before 3.5 is the SDK's, which cuts each power of the rate a second", () => {
  fc.assert(
    fc.property(rates, spans, (rate, seconds) => {
      const s = BigInt(seconds);
      const sdk = integer(calculateCompoundedInterest(over(rate, seconds)));
      // a unit a second of the rate, and of its square and cube what that and half a unit come to over the span
      const perSecond = rate / BigInt(year) + 1n;
      const square = (2n * perSecond) / RAY + 2n;
      const allowed = s + (s * s * square) / 2n + (s * s * s) / 6n + 3n;
      expect(apart(binomialInterest(rate, s), sdk) <= allowed).toBe(true);
    }),
    runs,
  );
});

test("of the present series the SDK falls short, by no more than the terms that it leaves out", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: RAY / 1_000n, max: RAY }), fc.integer({ min: 86_400, max: year }), (rate, seconds) => {
      const s = BigInt(seconds);
      const ours = compoundedInterest(rate, s);
      const sdk = integer(calculateCompoundedInterest(over(rate, seconds)));
      const x = (rate * s) / BigInt(year);
      // (1 + x / s) ^ s to the third power of x falls short of e^x to the third by less than x^2 / 2s + x^3 / 2s
      const short = (x * x) / RAY / s + (x * x * x) / (RAY * RAY) / s;
      // and the SDK rounds the square and the cube of the rate a second to whole units
      const rounded = s + s * s + (s * s * s) / 6n;
      expect(ours - sdk <= short + rounded && sdk - ours <= rounded).toBe(true);
    }),
    runs,
  );
});

const accounts = fc.record({
  collateral: fc.bigInt({ min: 10n ** 8n, max: 10n ** 18n }),
  debt: fc.bigInt({ min: 10n ** 8n, max: 10n ** 18n }),
  weights: fc.tuple(
    fc.bigInt({ min: 1n, max: 9_900n }),
    fc.bigInt({ min: 1n, max: 9_900n }),
    fc.bigInt({ min: 0n, max: BPS }),
  ),
});
test("health before 3.5 is the SDK's to the rounding of the weighted value; today's is at most a basis point of the collateral above it", () => {
  fc.assert(
    fc.property(accounts, ({ collateral, debt, weights: [first, second, share] }) => {
      const part = (collateral * share) / BPS;
      const weighted = part * first + (collateral - part) * second;
      const average = weighted / collateral;
      const sdk = calculateHealthFactorFromBalances({
        collateralBalanceMarketReferenceCurrency: `${collateral}`,
        borrowBalanceMarketReferenceCurrency: `${debt}`,
        currentLiquidationThreshold: `${average}`,
      });
      const theirs = integer(sdk.shiftedBy(18));
      const sums = { collateral, debt, weighted, average };
      const [old, now] = [healthFromAverage(sums), healthFromSum(sums)];
      if (old === "no-debt" || now === "no-debt") throw new Error("there is a debt");
      const unit = WAD / debt + 2n;
      expect(apart(old, theirs) <= unit).toBe(true);
      expect(now >= theirs - unit && now - theirs <= (collateral * WAD) / BPS / debt + unit).toBe(true);
    }),
    runs,
  );
});
