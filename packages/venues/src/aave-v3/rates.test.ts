import fc from "fast-check";
import { expect, test } from "vitest";
import { ratesFor } from "./rates.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const strategy = (optimalUsage: bigint, base: bigint, slope1: bigint, slope2: bigint, reserveFactor: bigint) => ({
  rates: { optimalUsage, base, slope1, slope2 },
  reserveFactor,
});
const stable = strategy(9_000n, 0n, 350n, 6_000n, 1_000n);

// source: DefaultReserveInterestRateStrategyV2.sol of aave-v3-origin 3.6.0, figures worked separately in integer arithmetic
// oxfmt-ignore
test.each([
  // case                            strategy                                           debt                     available                deficit                supply                         borrow
  ["no debt: the base, no income",   strategy(9_000n, 100n, 350n, 6_000n, 1_000n),      0n,                      1000000000000000000n,    0n,                    0n,                            10000000000000000000000000n],
  ["below the kink",                 stable,                                            700000000001n,           300000000000n,           0n,                    17150000000014699999999989n,   27222222222233888888888878n],
  ["on the kink",                    stable,                                            900000n,                 100000n,                 0n,                    28350000000000000000000000n,   35000000000000000000000000n],
  ["above the kink",                 stable,                                            950001n,                 49999n,                  0n,                    286430431505400000000000000n,  335006000000000000000000000n],
  ["a deficit lowers income only",   stable,                                            950001n,                 49999n,                  123456n,               254954739220227583456761992n,  335006000000000000000000000n],
  ["odd figures, base, deficit",     strategy(4_500n, 25n, 450n, 8_000n, 1_500n),       123456789012345678901n,  987654321098765432109n,  1000000000000000000n,  1284337904133233653104709n,    13611111021111111021101111n],
  ["everything lent, all to reserve", strategy(8_000n, 0n, 280n, 8_000n, 10_000n),      5n,                      0n,                      0n,                    0n,                            828000000000000000000000000n],
] as const)("%s", (_case, terms, debt, available, deficit, supply, borrow) => {
  expect(ratesFor({ debt, available, deficit }, terms)).toEqual({ supply, borrow });
});

test("more debt never lowers the borrow rate; suppliers never get more than borrowers pay", () => {
  const amount = fc.bigInt({ min: 1n, max: 10n ** 27n });
  fc.assert(
    fc.property(amount, amount, amount, (debt, more, available) => {
      const before = ratesFor({ debt, available, deficit: 0n }, stable);
      const after = ratesFor({ debt: debt + more, available, deficit: 0n }, stable);
      expect(after.borrow >= before.borrow).toBe(true);
      expect(before.supply <= before.borrow).toBe(true);
    }),
    { numRuns: runs },
  );
});
