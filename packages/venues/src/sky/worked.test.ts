import { exact, text } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { assessSky } from "./assess.ts";
import { lastSecond, priceAfter } from "./auction.ts";
import { feePerSecond } from "./fee.ts";
import { RAY, rpow } from "./fixed-point.ts";
import type { Sale } from "./holding.ts";
import { skyAccount } from "./names.ts";
import { rateAt } from "./position.ts";
import { lowestSafePrice, spotOf } from "./prices.ts";
import { ETHEREUM, RAD, THEN, WEI, bodyOf, ilkTerms, sceneOf, vaultOf } from "./testing.ts";

/** base ** exponent / RAY ** (exponent - 1) without any rounding on the way, in RAY, floored. */
const exactPower = (base: bigint, exponent: number): bigint => base ** BigInt(exponent) / RAY ** BigInt(exponent - 1);
const apart = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

describe("a power by squaring", () => {
  test("half up at every product: 7.5e13 squared is 5.625e27, hence 6 units", () => {
    expect(rpow(75_000_000_000_000n, 2n)).toBe(6n);
    expect(rpow(RAY / 2n, 3n)).toBe(RAY / 8n);
    expect([rpow(0n, 0n), rpow(0n, 1n), rpow(0n, 2n), rpow(RAY, 10n ** 9n)]).toEqual([RAY, 0n, 0n, RAY]);
  });

  test.each([2, 3, 60, 1_000, 2_047, 3_600])(
    "%i seconds of 5 %% a year are within half a unit a product of the exact fraction",
    (seconds) => {
      const base = 1_000000001547125957863212448n;
      // every product errs by half a unit, and what an early squaring lost is multiplied by at most the seconds it stands for
      expect(apart(rpow(base, BigInt(seconds)), exactPower(base, seconds))).toBeLessThanOrEqual(BigInt(seconds));
    },
  );

  // source: the table of stability fees that Maker's votes cite (2 %, 5 %, 8 %); 1 % from the same formula, worked apart in 80-digit decimals
  // oxfmt-ignore
  test.each([
    ["0.01", 1_000000000315522921573372069n],
    ["0.02", 1_000000000627937192491029810n],
    ["0.05", 1_000000001547125957863212448n],
    ["0.08", 1_000000002440418608258400030n],
  ])("%s a year is the published fee per second, to the rounding of one year of squarings", (yearly, published) => {
    const fee = feePerSecond(RAY + BigInt(Number(yearly) * 100) * RAY / 100n);
    expect(apart(fee, published)).toBeLessThanOrEqual(2n);
    expect(rpow(fee, 31_536_000n) <= RAY + BigInt(Number(yearly) * 100) * RAY / 100n).toBe(true);
  });

  test("a rate of 1.2 dripped after 30 days of 5 % a year", () => {
    // 1.2 * 1.05 ** (30 / 365) = 1.2048218422703699052504331..., worked apart in 80-digit decimals
    const held = { ilk: "ETH-A", rate: (12n * RAY) / 10n, rho: THEN, fee: 1_000000001547125957863212448n, dirt: 0n };
    const dripped = rateAt(held, THEN + 30n * 86_400n);
    expect(apart(dripped, 1_204821842270369905250433152n)).toBeLessThan(10n ** 7n);
    expect(rateAt(held, THEN)).toBe(held.rate);
  });
});

// 10 ETH at 3,000 with a ratio of 1.45 against 20,000 DAI:
// spot = 3000 / 1.45 = 2068.965517241379310344827586206 (floored at 27 decimals), room = 10 * spot - 20,000 = 689.65517241379310344827586206,
// health = 20689.6551... / 20,000 = 1.034482758620689655 (floored), and it is safe down to 20,000 * 1.45 / 10 = 2,900.
describe("a vault of 10 ETH against 20,000 DAI", () => {
  const body = bodyOf([vaultOf({ ink: 10n * WEI, art: 20_000n * WEI })]);
  const at = (now: string, next: string) => assessSky(body, skyAccount("ETH-A", "7"), sceneOf({ ETH: [now, next] }));

  test("the price in force and the queued one are two lines of one rule", () => {
    const { lines, equity, free } = at("3000", "2800");
    expect(spotOf(3_000n * WEI, ilkTerms("ETH-A"), ETHEREUM)).toBe(2068_965517241379310344827586206n);
    expect(lines.map(({ name, health, crossed }) => [name, text(health), crossed])).toEqual([
      ["maintenance", "1.034482758620689655", false],
      ["warn", "0.965517241379310344", true],
    ]);
    expect(lines[0]!.surplus).toEqual(exact(689_655172413793103448275862060n * 10n ** 18n, 45));
    expect(equity).toMatchObject({ is: "known", value: exact(10_000n * RAD, 45) });
    expect(free).toMatchObject({ is: "known", value: exact(689_655172413793103448n, 18) });
  });

  test("safe to the last unit at its lowest price, not one unit below", () => {
    expect(lowestSafePrice(20_000n * RAD, 10n * WEI, ilkTerms("ETH-A"), ETHEREUM)).toBe(2_900n * WEI);
    // at a ratio of one a debt of one unit of the 45th decimal more needs the next unit of the price
    const bare = { ...ilkTerms("ETH-A"), mat: RAY };
    expect(lowestSafePrice(20_000n * RAD, 10n * WEI, bare, ETHEREUM)).toBe(2_000n * WEI);
    expect(lowestSafePrice(20_000n * RAD + 1n, 10n * WEI, bare, ETHEREUM)).toBe(2_000n * WEI + 1n);
    expect(at("2900", "2900").lines.map(({ crossed }) => crossed)).toEqual([false, false]);
    expect(at("2899.999999999999999999", "2900").lines.map(({ crossed }) => crossed)).toEqual([true, false]);
  });
});

describe("auction prices", () => {
  const sale = (top: bigint): Sale => ({ vault: "7", ilk: "ETH-A", tab: RAD, penalty: 0n, lot: WEI, top, tic: THEN });
  const top = 3_179n * RAY;

  test("stairstep: 1 % less every 90 s, nothing between", () => {
    const fall = { kind: "stairstep", step: 90n, cut: (99n * RAY) / 100n } as const;
    expect(priceAfter(top, fall, 0n)).toBe(top);
    expect(priceAfter(top, fall, 89n)).toBe(top);
    expect(priceAfter(top, fall, 90n)).toBe(3_147_21n * 10n ** 25n);
    expect(priceAfter(top, fall, 180n)).toBe(3_115_7379n * 10n ** 23n);
  });

  test("linear: to 0 at tau", () => {
    const fall = { kind: "linear", tau: 1_000n } as const;
    expect([0n, 250n, 999n, 1_000n, 2_000n].map((seconds) => priceAfter(top, fall, seconds))).toEqual([
      top,
      (top * 3n) / 4n,
      top / 1_000n,
      0n,
      0n,
    ]);
  });

  test("exponential: every second", () => {
    const fall = { kind: "exponential", cut: RAY / 2n } as const;
    expect([0n, 1n, 3n].map((seconds) => priceAfter(8n * RAY, fall, seconds))).toEqual([8n * RAY, 4n * RAY, RAY]);
  });

  test("the last second: the share of the start price or the time, whichever comes first", () => {
    // 0.99 ** 79 = 0.4520 and 0.99 ** 80 = 0.4475: the share of 0.45 ends it with the step after 7,199 s, before the 7,200 s do
    const { auction } = ilkTerms("ETH-A");
    expect(lastSecond(sale(top), auction)).toBe(7_199n);
    expect(lastSecond(sale(top), { ...auction, tail: 600n })).toBe(600n);
    // of 1,000 s down to 45 %: 550 s
    const linear = { ...auction, fall: { kind: "linear", tau: 1_000n } as const };
    expect(lastSecond(sale(top), linear)).toBe(550n);
  });
});
