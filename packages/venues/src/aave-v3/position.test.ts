import { expect, test } from "vitest";
import { readPositions } from "./position.ts";
import { accountOf, ethereum, now, tokens } from "./testing/account.ts";

test("the same body under other terms, or at another moment, is computed anew", () => {
  const pool = { liquidityRate: 10n ** 26n, variableBorrowRate: 10n ** 26n };
  const body = accountOf(ethereum, [{ asset: "WETH", supplied: tokens(ethereum, "WETH", 1n), pool }]);
  const first = readPositions(body, ethereum);
  expect(readPositions(body, ethereum)).toBe(first);
  expect(readPositions(body, { ...ethereum, market: "another" })).toMatchObject({
    failure: { code: "aave-v3/terms-of-another-market" },
  });
  expect(readPositions(body, ethereum)).toEqual(first);
  const later = readPositions({ ...body, timestamp: now + 31_536_000n }, ethereum);
  // a year at 10 %
  expect(later).toMatchObject({ value: [{ supplied: 1_100_000_000_000_000_000n }] });
});
