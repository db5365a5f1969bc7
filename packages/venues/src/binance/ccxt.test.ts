import { type Exact, accountKey, text, toNumber } from "@plimsoll/core/units";
import { binanceusdm } from "ccxt";
import { expect, test } from "vitest";
import { liquidationPrice, margin } from "./margin.ts";
import { readAccount } from "./read-account.ts";
import { readBrackets } from "./read-rules.ts";
import { SNAPSHOT, bodyOf, position, sceneOf } from "./testing.ts";

// What the client library makes of the venue's answers beside what we make of them: it is transport, its sums are not used.

const TIERS = SNAPSHOT.symbols["BTCUSDT"]!.tiers;
const perpetual = (id: string, symbol: string, contractSize: number, linear: boolean) => ({
  ...{ id, symbol, base: "BTC", quote: linear ? "USDT" : "USD", settle: linear ? "USDT" : "BTC" },
  ...{ type: "swap", swap: true, contract: true, linear, inverse: !linear, contractSize },
  precision: { price: 0.00000001, amount: 0.001, base: 1e-8, quote: 1e-8 },
});

/** The library with two markets and the brackets as it keeps them itself: floors and rates. */
function library() {
  const client = new binanceusdm();
  client.setMarkets([
    perpetual("BTCUSDT", "BTC/USDT:USDT", 1, true),
    perpetual("BTCUSD_PERP", "BTC/USD:BTC", 100, false),
  ] as never);
  client.options["leverageBrackets"] = { "BTC/USDT:USDT": TIERS.map(({ floor, rate }) => [text(floor), text(rate)]) };
  return client;
}

/** Case A: 100 BTC bought at 100,000, a million behind it: tier 4, 1 % less 12,000; liquidated at 90,787.8788. */
const risk = {
  ...{ symbol: "BTCUSDT", positionSide: "BOTH", positionAmt: "100", entryPrice: "100000", markPrice: "100000" },
  ...{ unRealizedProfit: "0", liquidationPrice: "90787.87878788", isolatedWallet: "0", notional: "10000000" },
  ...{ marginAsset: "USDT", maintMargin: "88000", leverage: "20", marginType: "cross", updateTime: 0 },
};
const CROSS = accountKey("cross:USDT");
const A = bodyOf("1000000", [position("BTCUSDT", "100", "100000")]);
const scene = sceneOf({ BTCUSDT: "100000" });
const numberOf = (value: Exact | undefined) => (value === undefined ? undefined : toNumber(value));

test("1. maintenance: the library drops the tier amount, 100,000 where the venue charges 88,000", () => {
  const theirs = library().parsePositionRisk(risk as never);
  const ours = margin.assess(A, CROSS, scene).lines.find(({ name }) => name === "maintenance")!.required;
  expect([theirs.maintenanceMargin, toNumber(ours), risk.maintMargin]).toEqual([100_000, 88_000, "88000"]);
});

test("2. liquidation price: the library drops the amount and the other positions of the pool", () => {
  const account = {
    ...risk,
    isolated: true,
    isolatedWallet: "1000000",
    initialMargin: "500000",
    unrealizedProfit: "0",
  };
  const theirs = library().parseAccountPosition(account as never).liquidationPrice as number;
  const isolated = bodyOf("0", [position("BTCUSDT", "100", "100000", { wallet: "1000000" })]);
  const alone = liquidationPrice(isolated, accountKey("BTCUSDT:BOTH"), "BTCUSDT", scene);
  expect(theirs).toBeCloseTo(90_909.0909, 3);
  expect(alone.ok && numberOf(alone.value.down)).toBeCloseTo(90_787.8788, 3);
  // a hedge that loses 200,000 where it stands brings the price nearer; the library's row knows nothing of it
  const both = bodyOf("1000000", [position("BTCUSDT", "100", "100000"), position("ETHUSDT", "-200", "3000")]);
  const pool = liquidationPrice(both, CROSS, "BTCUSDT", sceneOf({ BTCUSDT: "100000", ETHUSDT: "4000" }));
  expect(pool.ok && toNumber(pool.value.down!)).toBeGreaterThan(92_000);
});

test("3. the wallet of a pool: the library inverts it from the price, 1,012,000 for a million, and nothing without a price", () => {
  const theirs = library().parsePositionRisk(risk as never).collateral as number;
  const none = library().parsePositionRisk({ ...risk, liquidationPrice: "0" } as never).collateral;
  expect(theirs).toBeCloseTo(1_012_000, 0);
  expect(none ?? 0).not.toBe(1_000_000);
  for (const liquidationPrice of [risk.liquidationPrice, "0"]) {
    const read = readAccount({
      account: {
        assets: [{ asset: "USDT", crossWalletBalance: "1000000", openOrderInitialMargin: "0" }],
        positions: [risk],
      },
      positions: [{ ...risk, liquidationPrice }],
      config: [{ symbol: "BTCUSDT", marginType: "CROSSED", leverage: 20 }],
      orders: [],
      conditionals: [],
      marks: [],
      funding: [],
      mode: { dual: false, multiAssets: false },
    });
    expect(read.ok && toNumber(read.value.body.wallets[0]!.cross)).toBe(1_000_000);
  }
});

test("4. brackets: the library ignores the user's coefficient, and knows no lower bound in coins", () => {
  const of = (floor: string, cap: string) =>
    [
      { bracket: 1, initialLeverage: 125, [floor]: 0, [cap]: 5, maintMarginRatio: 0.004, cum: 0 },
      { bracket: 2, initialLeverage: 1, [floor]: 5, [cap]: 1000, maintMarginRatio: 0.005, cum: 0.005 },
    ] as const;
  const ours = (symbol: string, brackets: unknown, notionalCoef?: number) => {
    const read = readBrackets([{ symbol, brackets, ...(notionalCoef !== undefined && { notionalCoef }) }]);
    const table = read.ok ? read.value.get(symbol) : undefined;
    return table?.ok === true ? table.value.map(({ floor, cap }) => [toNumber(floor), toNumber(cap)]) : undefined;
  };
  const usdm = of("notionalFloor", "notionalCap");
  const [first] = library().parseMarketLeverageTiers({ symbol: "BTCUSDT", notionalCoef: 1.5, brackets: usdm } as never);
  expect([first!.minNotional, first!.maxNotional]).toEqual([0, 5]);
  expect(ours("BTCUSDT", usdm, 1.5)).toEqual([
    [0, 7.5],
    [7.5, 1500],
  ]);
  const coinm = of("qtylFloor", "qtyCap");
  const [, second] = library().parseMarketLeverageTiers({ symbol: "BTCUSD_PERP", brackets: coinm } as never);
  expect([second!.minNotional, second!.maxNotional, second!.currency]).toEqual([undefined, 1000, "USD"]);
  expect(ours("BTCUSD_PERP", coinm)).toEqual([
    [0, 5],
    [5, 1000],
  ]);
});
