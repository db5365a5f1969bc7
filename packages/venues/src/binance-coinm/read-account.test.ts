import { canonical, dec, text, toNumber } from "@plimsoll/core/units";
import { readBrackets } from "@plimsoll/venues/binance";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type RawCoinmAccount, readCoinmAccount } from "./read-account.ts";

/** The position row is one that ccxt 4.5.84 quotes in its comments; the other answers are in the shapes of the documentation. */
const raw: RawCoinmAccount = {
  account: {
    assets: [
      {
        asset: "BTC",
        walletBalance: "0.10000000",
        crossWalletBalance: "0.09731942",
        openOrderInitialMargin: "0.00100000",
      },
    ],
    positions: [
      { symbol: "BTCUSD_PERP", positionSide: "BOTH", positionAmt: "2", maintMargin: "0.00002099" },
      { symbol: "ETHUSD_PERP", positionSide: "BOTH", positionAmt: "0", maintMargin: "0" },
    ],
  },
  positions: [
    {
      symbol: "BTCUSD_PERP",
      positionAmt: "2",
      entryPrice: "37643.10000021",
      markPrice: "38103.05510455",
      unRealizedProfit: "0.00006413",
      liquidationPrice: "25119.97445760",
      leverage: "2",
      maxQty: "1500",
      marginType: "isolated",
      isolatedMargin: "0.00274471",
      isAutoAddMargin: "false",
      positionSide: "BOTH",
      notionalValue: "0.00524892",
      isolatedWallet: "0.00268058",
    },
    {
      ...{
        symbol: "ETHUSD_PERP",
        positionAmt: "0",
        entryPrice: "0",
        markPrice: "0",
        liquidationPrice: "0",
        leverage: "20",
      },
      ...{ marginType: "cross", positionSide: "BOTH", isolatedWallet: "0" },
    },
  ],
  orders: [{ symbol: "BTCUSD_PERP", positionSide: "BOTH", orderId: 7 }],
  conditionals: [],
  marks: [
    {
      ...{ symbol: "BTCUSD_PERP", pair: "BTCUSD", markPrice: "38103.05510455", lastFundingRate: "0.00010000" },
      ...{ nextFundingTime: 1_795_305_600_000, time: 1_795_300_000_000 },
    },
    {
      ...{ symbol: "BTCUSD_261225", pair: "BTCUSD", markPrice: "38200", lastFundingRate: "" },
      ...{ nextFundingTime: 0, time: 1_795_300_000_000 },
    },
  ],
  funding: [],
  dual: false,
};

test("a COIN-M account is read: wallets by coin, margin mode and leverage from the position's own row", () => {
  const read = readCoinmAccount(raw);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  const { wallets, positions, funding, orders } = read.value.body;
  expect(wallets.map(({ asset, cross }) => [asset, text(cross)])).toEqual([["BTC", "0.09731942"]]);
  expect(positions).toEqual([
    {
      symbol: "BTCUSD_PERP",
      positionSide: "BOTH",
      asset: "BTC",
      size: dec("2"),
      entry: dec("37643.10000021"),
      margin: { mode: "isolated", wallet: dec("0.00268058") },
      leverage: dec("2"),
    },
  ]);
  expect(funding).toMatchObject([{ symbol: "BTCUSD_PERP", everyMs: 28_800_000 }]);
  expect(orders).toHaveLength(1);
});

// oxfmt-ignore
test.each([
  ["a position that the account does not show",  { ...raw, account: { ...(raw.account as object), positions: [] } },                                               "binance/torn-reading"],
  ["a contract of another shape",                { ...raw, positions: [{ ...(raw.positions as object[])[0], symbol: "BTCUSDT" }] },                                 "binance/torn-reading"],
  ["sides that are not the mode's",              { ...raw, dual: true },                                                                                           "binance/unreadable"],
  ["a margin mode nobody knows",                 { ...raw, positions: [{ ...(raw.positions as object[])[0], marginType: "portfolio" }] },                           "binance-coinm/unreadable"],
] as const)("%s: refused", (_case, damaged, code) => {
  expect(readCoinmAccount(damaged)).toMatchObject({ ok: false, failure: { code } });
});

test("damaged bytes never become another number", () => {
  const whole = canonical(readCoinmAccount(raw));
  const bytes = JSON.stringify(raw);
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.constantFrom("x", "", '"', "e", "-", "."), (at, by) => {
      const text = bytes.slice(0, at) + by + bytes.slice(at + 1);
      let damaged: RawCoinmAccount;
      try {
        damaged = JSON.parse(text) as RawCoinmAccount;
      } catch {
        return;
      }
      const read = readCoinmAccount(damaged);
      if (!read.ok) return;
      const numbers = (value: unknown) => canonical(value).match(/NaN|Infinity|undefined/g);
      expect([numbers(read), numbers(whole)]).toEqual([null, null]);
    }),
    { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 300) },
  );
});

const row = (bracket: number, leverage: number, floor: number, cap: number, rate: number, cum: number) => ({
  ...{ bracket, initialLeverage: leverage, qtylFloor: floor, qtyCap: cap, maintMarginRatio: rate, cum },
});

test("brackets in coins: the lower bound is spelled qtylFloor, and the user's coefficient moves all of them", () => {
  const brackets = [row(1, 125, 0, 5, 0.004, 0), row(2, 100, 5, 10, 0.005, 0.005), row(3, 1, 10, 1000, 0.01, 0.055)];
  const read = readBrackets([{ symbol: "BTCUSD_PERP", notionalCoef: 1.5, brackets }]);
  const table = read.ok ? read.value.get("BTCUSD_PERP") : undefined;
  if (table?.ok !== true) throw new Error("unreadable");
  expect(table.value.map(({ floor, cap, amount }) => [floor, cap, amount].map(toNumber))).toEqual([
    [0, 7.5, 0],
    [7.5, 15, 0.0075],
    [15, 1500, 0.0825],
  ]);
  const { qtylFloor: _, ...lost } = brackets[1]!;
  expect(readBrackets([{ symbol: "BTCUSD_PERP", brackets: [brackets[0], lost, brackets[2]] }]).ok).toBe(false);
});
