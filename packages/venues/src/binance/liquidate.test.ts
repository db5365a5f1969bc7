import type { Market } from "@plimsoll/core/margin";
import { accountKey, dec, text, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { CROSS, LONG, MARKS, NOW, NO_MARKET, SNAPSHOT, at, bodyOf, position, sceneOf } from "./testing.ts";

test("orders first, then one order just large enough to be compliant again", () => {
  // 200 BTC at 100,000 in tier 5 of the snapshot: maintenance 400,000 - 132,000 = 268,000; wallet 260,000, so 8,000 are missing.
  // Each coin closed frees 2,000 and costs 1.3 % of 100,000 = 1,300: 8,000 / 700 = 11.42857, on the step 11.429.
  const body: Body = {
    ...bodyOf("260000", [position("BTCUSDT", "200", "100000")]),
    orders: [{ id: "7", symbol: "BTCUSDT", positionSide: "BOTH" }],
  };
  const steps = margin.liquidate(body, CROSS, sceneOf(MARKS), at("100000"), "worst-for-owner");
  expect(steps.map(({ what }) => what)).toEqual(["cancel 1 open orders", "close 11.429 of BTCUSDT:BOTH at 100000"]);
  const { after, fee, taken, badDebt } = steps[1]!;
  expect(text(after.positions[0]!.size)).toBe("188.571");
  expect(toNumber(fee[0]!.amount)).toBe(14_857.7);
  expect([taken, badDebt]).toEqual([[], []]);
  const [, maintenance] = margin.assess(after, CROSS, sceneOf(MARKS)).lines;
  expect(maintenance).toMatchObject({ name: "maintenance", crossed: false });
});

test("where the fee costs more than closing frees, nothing short of the whole helps", () => {
  // tier 3: a coin frees 650 and costs 1,300
  const body = bodyOf("5000", [position("BTCUSDT", "10", "100000")]);
  const steps = margin.liquidate(body, CROSS, sceneOf(MARKS), at("100000"), "worst-for-owner");
  expect(steps).toMatchObject([{ fee: [{ amount: dec("5000") }], after: { positions: [] } }]);
});

test("the lowest tier goes whole; what the market cannot pay the insurance fund takes over", () => {
  const body = bodyOf("1000", [position("BTCUSDT", "1", "100000", { wallet: "400" })]);
  const account = accountKey("BTCUSDT:BOTH");
  const whole = margin.liquidate(body, account, sceneOf(MARKS), at("99900"), "worst-for-owner");
  // 400 - 100 lost on the fill; the fee asked is 1,298.7, what is left is 300: the pool's 1,000 is not touched
  expect(whole).toMatchObject([
    { taken: [{ amount: dec("100.00000000") }], fee: [{ amount: dec("300.00000000") }], badDebt: [] },
  ]);
  expect(text(whole[0]!.after.wallets[0]!.cross)).toBe("1000.00000000");
  const bust = margin.liquidate(body, account, sceneOf({ BTCUSDT: "99500" }), at("99000"), "worst-for-owner");
  expect(bust).toMatchObject([{ taken: [], fee: [], badDebt: [{ amount: dec("100") }] }]);
  expect(bust[0]!.after).toMatchObject({ positions: [], wallets: [{ cross: dec("1000") }] });
});

test("in the lowest tier the whole position goes, even where a part would do", () => {
  const free = Object.fromEntries(
    Object.entries(SNAPSHOT.symbols).map(([symbol, terms]) => [
      symbol,
      { ...terms, takerFee: dec("0"), liquidationFee: dec("0") },
    ]),
  );
  const scene = sceneOf(MARKS, { symbols: free });
  const closed = (size: string, wallet: string) =>
    margin.liquidate(
      bodyOf(wallet, [position("BTCUSDT", size, "100000")]),
      CROSS,
      scene,
      at("100000"),
      "worst-for-owner",
    )[0]!.what;
  expect(closed("1", "400")).toBe("close 1 of BTCUSDT:BOTH at 100000");
  // 5 BTC in tier 2: maintenance 2,200, a coin frees 500
  expect(closed("5", "2000")).toBe("close 0.401 of BTCUSDT:BOTH at 100000");
});

test("a part may do where the whole does not", () => {
  // 150 at mark 96,000, 14.4 M in tier 5: maintenance 288,000 - 132,000 = 156,000. Bought at 100,000 with 750,000: equity 150,000.
  // In tier 5 a coin frees 1,920 and costs 1.3 % of 96,000 = 1,248: 6,000 / 672 = 8.929. In tier 4 it frees 960 only, so closing
  // all would cost 187,200, more than there is.
  const body = bodyOf("0", [position("BTCUSDT", "150", "100000", { wallet: "750000" })]);
  const scene = sceneOf({ BTCUSDT: "96000" });
  const steps = margin.liquidate(body, accountKey("BTCUSDT:BOTH"), scene, at("96000"), "worst-for-owner");
  expect(steps.map(({ what }) => what)).toEqual(["close 8.929 of BTCUSDT:BOTH at 96000"]);
});

test("liquidation of a pool goes by maintenance, or in the order that is asked for", () => {
  const body = bodyOf("100", [position("ETHUSDT", "20", "4000"), position("BTCUSDT", "1", "100000")]);
  const market: Market = {
    fill: (symbol) => ({ is: "known", value: dec(MARKS[symbol as "BTCUSDT"]), from: "derived", asOf: NOW }),
  };
  const first = (chooser: "worst-for-owner" | { fixed: readonly string[] }) =>
    margin.liquidate(body, CROSS, sceneOf(MARKS), market, chooser)[0]!.what;
  expect(first("worst-for-owner")).toContain("BTCUSDT:BOTH");
  expect(first({ fixed: ["ETHUSDT:BOTH"] })).toContain("ETHUSDT:BOTH");
});

test("liquidation says no more than is known: without a fill only the orders are gone", () => {
  const body: Body = {
    ...bodyOf("400", [position("BTCUSDT", "1", "100000")]),
    orders: [{ id: "7", symbol: "BTCUSDT", positionSide: "BOTH" }],
  };
  const steps = margin.liquidate(body, CROSS, sceneOf(MARKS), NO_MARKET, "worst-for-owner");
  expect(steps.map(({ what }) => what)).toEqual(["cancel 1 open orders"]);
  expect(margin.liquidate(LONG, CROSS, sceneOf(MARKS), at("100000"), "worst-for-owner")).toEqual([]);
});
