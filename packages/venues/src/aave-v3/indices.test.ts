import fc from "fast-check";
import { expect, test } from "vitest";
import { indicesAt } from "./indices.ts";
import { binomialInterest, compoundedInterest, linearInterest } from "./interest.ts";
import { revisionOf } from "./revision.ts";
import { quietPool } from "./testing/account.ts";
import { RAY } from "./wad-ray-math.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const r10 = revisionOf({ rules: "r10" });
const [liquidityIndex, variableBorrowIndex] = [1_034567890123456789012345678n, 1_123456789012345678901234567n];

// source: MathUtils.sol of aave-v3-origin 3.6.0, figures worked separately in integer arithmetic (another program)
// oxfmt-ignore
test.each([
  // case                       rate                             seconds      supply index                     debt index
  ["no time",                   50000000000000000000000000n,     0n,          1034567890123456789012345678n,   1123456789012345678901234567n],
  ["one second at 5 %",         50000000000000000000000000n,     1n,          1034567891763753418457197259n,   1123456790793574734429773707n],
  ["one day at 5 %",            50000000000000000000000000n,     86_400n,     1034709611752240824188922712n,   1123610697744074602301649199n],
  ["a year at 3.7 %",           37123456789012345678901234n,     31_536_000n, 1072974626487754609437527174n,   1165947114812502819682981395n],
  ["a year at 300 %",           3000000000000000000000000000n,   31_536_000n, 4138271560493827156049382712n,   14604938257160493825716049371n],
  ["a rate below one second",   1n,                              31_535_999n, 1034567890123456789012345678n,   1123456789012345678901234567n],
] as const)("%s", (_case, rate, seconds, supply, debt) => {
  const rates = { liquidityRate: rate, variableBorrowRate: rate, lastUpdate: 1_000n };
  const pool = { ...quietPool, ...rates, liquidityIndex, variableBorrowIndex };
  expect(indicesAt(pool, 1_000n + seconds, r10)).toEqual({ supply, debt });
});

// source: MathUtils.sol of core-v3 1.19.3, figures worked separately in integer arithmetic (another program)
// oxfmt-ignore
test.each([
  // case                     rate                              seconds      growth
  ["no time",                 50000000000000000000000000n,      0n,          1000000000000000000000000000n],
  ["one second at 5 %",       50000000000000000000000000n,      1n,          1000000001585489599188229325n],
  ["two seconds at 300 %",    3000000000000000000000000000n,    2n,          1000000190258760952185687907n],
  ["three seconds at 300 %",  3000000000000000000000000000n,    3n,          1000000285388155002676646066n],
  ["one day at 5 %",          50000000000000000000000000n,      86_400n,     1000136995684207123907444230n],
  ["a year at 3.7 %",         37123456789012345678901234n,      31_536_000n, 1037817759482016681315837234n],
  ["a year at 300 %",         3000000000000000000000000000n,    31_536_000n, 12999996154827375138660208000n],
] as const)("release 3.0: %s", (_case, rate, seconds, growth) => {
  expect(binomialInterest(rate, seconds)).toBe(growth);
});

test("a reserve that was not read stands still; one from the future is a mixed-up snapshot", () => {
  expect(indicesAt("not-read", 5n, r10)).toEqual({ supply: RAY, debt: RAY });
  expect(() => indicesAt({ ...quietPool, lastUpdate: 6n }, 5n, r10)).toThrow("invariant broken");
});

test("debts never grow slower than supplies at the same rate, and both grow with time", () => {
  const rate = fc.bigInt({ min: 0n, max: 10n * RAY });
  const seconds = fc.bigInt({ min: 0n, max: 10n ** 9n });
  fc.assert(
    fc.property(rate, seconds, seconds, (r, early, later) => {
      expect(compoundedInterest(r, early) >= linearInterest(r, early)).toBe(true);
      expect(compoundedInterest(r, early + later) >= compoundedInterest(r, early)).toBe(true);
      expect(linearInterest(r, early + later) >= linearInterest(r, early)).toBe(true);
    }),
    { numRuns: runs },
  );
});
