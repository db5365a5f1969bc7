import { dec, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { CometBody } from "./holding.ts";
import { accrue, utilizationOf } from "./indices.ts";
import { compoundV3Margin as margin } from "./margin.ts";
import { cometAccount } from "./names.ts";
import { NOW, bodyOf, evenTotals, sceneOf, tokens } from "./testing.ts";

const scene = sceneOf({ WETH: dec("3000"), USDC: dec("1") });
const crossedAfter = (body: CometBody, seconds: bigint) =>
  margin
    .assess(margin.advance(body, ms(Number(NOW + seconds) * 1000), scene), cometAccount("ethereum-usdc", "0xa"), scene)
    .lines.find(({ name }) => name === "maintenance")?.crossed;
const worstOf = (body: CometBody) => {
  const worst = margin.atWorstRates!(body, scene);
  if (!worst.ok) throw new Error(worst.failure.code);
  return worst.value;
};
const loan = bodyOf({ WETH: tokens("WETH", 10n) }, -25_000_000000n, { totals: evenTotals });

// 10 x 3,000 x 0.895 = 26,850 against 25,000: liquidatable once the index passes 1.074. All lent, a second costs
// 475,646,879 + 887,874,175 + 1,585,489,599 = 2,949,010,653 parts of 1e18, simple: 0.07400000004e18 / 2,949,010,653 = 25,093,161.6 s.
// As it stands, at a utilization of 0.7777..., it is 475,646,879 + 863,211,003 = 1,338,857,882: 55,270,989.9 s.
test("10 WETH against 25,000 USDC: liquidated after 639 days as it is, after 290 when all is lent", () => {
  expect([crossedAfter(loan, 55_270_989n), crossedAfter(loan, 55_270_990n)]).toEqual([false, true]);
  const worst = worstOf(loan);
  expect(worst.totals !== "not-read" && utilizationOf(worst.totals)).toBe(10n ** 18n);
  expect([crossedAfter(worst, 25_093_161n), crossedAfter(worst, 25_093_162n)]).toEqual([false, true]);
});

test("what was owed until now was owed at the rate that was: the worst begins today", () => {
  const earlier: CometBody = { ...loan, totals: { ...evenTotals, lastAccrual: NOW - 40_000_000n } };
  const now = accrue(earlier, scene.terms.body);
  expect(worstOf(earlier)).toEqual(worstOf(now));
  expect(now.totals).toMatchObject({ borrowIndex: 1_053_554_315_280_000n });
});

test("suppliers who leave take the cash that they were owed; beyond full use nothing changes; who owes nothing pays nothing", () => {
  // 476,190,476.190476 less 370,370,370.370370 leave
  expect(worstOf(loan).totals).toMatchObject({ supplied: 370_370_370_370370n, cash: 0n });
  const lent: CometBody = { ...loan, totals: { ...evenTotals, supplied: 300_000_000_000000n } };
  expect(worstOf(lent)).toEqual(lent);
  const supplier = bodyOf({}, 1_000_000n, { totals: evenTotals });
  expect(worstOf(supplier)).toEqual(supplier);
});

test("a debt in a market that was not read has no rate and so no bound", () => {
  const written = bodyOf({ WETH: tokens("WETH", 10n) }, -25_000_000000n);
  expect(margin.atWorstRates!(written, scene)).toMatchObject({ failure: { code: "compound-v3/rates-not-read" } });
});
