import { accountKey, dec, invariant, ms, rescale, text, toNumber } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { accountOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { requirementOf } from "./margin-standard.ts";
import { SHIPPED, bodyOf, position, sceneOf } from "./testing.ts";
import { totalsOf } from "./totals.ts";

// Figures that the venue itself produced: answers of private/pme/simulate and totals of a cross account.

const totalsIn = (body: Body, key: string, quotes: Readonly<Record<string, string>>, at: number, terms = SHIPPED) => {
  const account = accountOf(body, accountKey(key));
  const totals = account === undefined ? undefined : totalsOf(account, { ...sceneOf(quotes, terms), now: ms(at) });
  invariant(totals?.ok === true, "there are totals");
  return totals.value;
};
/** Sizes of inverse futures stand in coins there. */
const inDollars = (coins: number, mark: number) => `${(coins * mark).toFixed(12)}`;
const basis = (mark: number, index: number) => `${(mark / index).toFixed(18)}`;

describe("answers of pme/simulate", () => {
  test("BTC, 17 June 2024, from the API reference: a perpetual and a future against it", () => {
    const [index, perpetual, dated] = [65_666.19, 65_910.57, 67_371.75];
    const body = bodyOf(
      { BTC: "1" },
      [
        position("BTC-PERPETUAL", inDollars(0.314538364, perpetual), "65000"),
        position("BTC-28JUN24", inDollars(-0.001187534, dated), "65000"),
      ],
      "segregated_pm",
    );
    const quotes = {
      "btc_usd:index": `${index}`,
      "BTC-PERPETUAL:basis": basis(perpetual, index),
      "BTC-28JUN24:basis": basis(dated, index),
    };
    const { matrices, maintenance, initial } = totalsIn(body, "BTC", quotes, 1_718_619_740_501);
    const { main, extended, worst, worstAt, roll, deltaShock, margin } = matrices[0]!.matrix;
    const falls = [-0.05968587238095239, -0.04272965863636364, -0.02724789826086957, -0.013056284583333334];
    for (const [k, fall] of falls.entries()) {
      for (const profit of main.slice(3 * k, 3 * k + 3)) expect(profit).toBeCloseTo(fall, 14);
    }
    expect(extended.map((each) => each + 0)).toEqual(Array.from({ length: 8 }, () => 0));
    // the venue shows 0.05968587238095239, and adds it to nine decimals
    expect(worst).toBe(0.059685872);
    expect(worstAt).toEqual({ move: -0.16, shock: "same" });
    expect([roll, deltaShock]).toEqual([expect.closeTo(0.00315725898, 14), 0]);
    expect(margin).toBeCloseTo(0.06284313098, 14);
    // initial margin: the venue adds 0.06 of market maker protection and 0.000018212 of orders
    expect([toNumber(maintenance), toNumber(initial)]).toEqual([0.050274504784, 0.062843131]);
  });

  test("ETH, 15 February 2026: a short perpetual is worst off at the upper edge", () => {
    const [index, mark] = [1949.34, 1949.49];
    const body = bodyOf(
      { ETH: "1" },
      [position("ETH-PERPETUAL", inDollars(-0.999487053, mark), "2000")],
      "segregated_pm",
    );
    const quotes = { "eth_usd:index": `${index}`, "ETH-PERPETUAL:basis": basis(mark, index) };
    const { matrices, maintenance, initial } = totalsIn(body, "ETH", quotes, 1_771_197_609_587);
    const { main, worst, roll, margin } = matrices[0]!.matrix;
    const moves = [
      0.21939959699999997, 0.155989308849711, 0.09885036787912087, 0.04709624857068063, 0, -0.04304011233014354,
      -0.08252645391743119, -0.11888171996035243, -0.15246412672881357,
    ];
    for (const [k, profit] of moves.entries()) expect(main[3 * k]).toBeCloseTo(profit, 14);
    expect(worst).toBe(0.152464127);
    expect(roll).toBeCloseTo(0.004997435265, 14);
    expect(margin).toBeCloseTo(0.157461562265, 14);
    expect([toNumber(maintenance), toNumber(initial)]).toEqual([0.125969249812, 0.157461562]);
  });
});

// One cross_pm account, two readings: coins of BTC, a dollar of the inverse ETH perpetual, a thousandth of the USDC one against it.
// Indices follow from its totals in every currency. The balance of ETH is shown to 6 decimals, so the venue's total has to lie
// between what the two ends of its last digit give; they are 0.0007 dollars apart.
describe("totals of a cross account with portfolio margin, February 2026", () => {
  // oxfmt-ignore
  test.each([
    ["15 February, 23:27 UTC", { matrix: 0.569651989475, equity: 2.531977059, usdc: 0.14729577, usd: 1,      index: 1957.16, mark: 1957.1004, linear: 1958.33 }],
    ["16 February, 01:34 UTC", { matrix: 0.570187404165, equity: 2.528057708, usdc: 0.14035577, usd: 0.9999, index: 1964.46, mark: 1964.2391, linear: 1965.27 }],
  ] as const)("%s", (_case, { matrix, equity, usdc, usd, index, mark, linear }) => {
    const settled = 2090.99;
    const required = (eth: number) => {
      const held = eth + 1 / settled - 1 / mark;
      const bitcoin = (equity - held * index - usdc * usd) / 0.0000348;
      const pair = index / usd;
      const body = bodyOf(
        { BTC: "0.0000348", ETH: eth.toFixed(9), USDC: `${usdc}` },
        [position("ETH-PERPETUAL", "1", `${settled}`), position("ETH_USDC-PERPETUAL", "-0.001", `${linear}`)],
        "cross_pm",
      );
      const quotes = {
        "btc_usd:index": bitcoin.toFixed(6),
        "eth_usd:index": `${index}`,
        "ETH-PERPETUAL:basis": basis(mark, index),
        "eth_usdc:index": pair.toFixed(9),
        "ETH_USDC-PERPETUAL:basis": basis(linear, pair),
        "usdc_usd:index": `${usd}`,
      };
      const terms = { ...SHIPPED, haircuts: { BTC: dec("0"), ETH: dec("0"), USDC: dec("0") } };
      const totals = totalsIn(body, "cross", quotes, Date.UTC(2026, 1, 16), terms);
      expect(toNumber(totals.equity)).toBeCloseTo(equity, 6);
      expect(toNumber(totals.maintenance)).toBeCloseTo(0.8 * toNumber(totals.initial), 8);
      return toNumber(totals.initial);
    };
    const [most, least] = [required(0.0000305), required(0.0000315)];
    expect(most).toBeGreaterThan(matrix);
    expect(least).toBeLessThan(matrix);
    expect(most - least).toBeLessThan(0.0007);
  });
});

// Rounded to the 9 decimals that the venue prints.
test("a printed row: a dollar of ETH-PERPETUAL in a cross_pm account, February 2026, has the margins of the formula", () => {
  const body = bodyOf({ ETH: "0.000031" }, [position("ETH-PERPETUAL", "1", "2090.99")], "cross_pm");
  const quotes = { "eth_usd:index": "1963.1", "ETH-PERPETUAL:basis": basis(1963.31, 1963.1) };
  const { priced } = totalsIn(body, "cross", quotes, Date.UTC(2026, 1, 16));
  const printed = (line: "initial" | "maintenance") => text(rescale(requirementOf(priced[0]!, line), 9, "half-up"));
  expect([printed("initial"), printed("maintenance")]).toEqual(["0.000010187", "0.000005093"]);
});
