import { evaluate, liquidationPrices } from "@plimsoll/core/margin";
import {
  ONE,
  type QuoteKey,
  ZERO,
  accountKey,
  dec,
  holdingId,
  ms,
  rescale,
  text,
  toNumber,
} from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { assetValue, indexKey, rateOf } from "./asset-value.ts";
import type { Body, Position } from "./holding.ts";
import { binance } from "./index.ts";
import { liquidationPrice, margin } from "./margin.ts";
import { readAccount } from "./read-account.ts";
import { readAssetIndex } from "./read-asset-index.ts";
import { writeTerms } from "./read-rules.ts";
import { readTerms } from "./read-terms.ts";
import type { AssetTerms, BinanceTerms } from "./terms.ts";
import { NOW, SNAPSHOT, at, bodyOf, position, sceneOf } from "./testing.ts";

const ALL = accountKey("multi-assets");

/** Marks, and indices of assets in USD. */
function sceneIn(marks: Record<string, string>, indices: Record<string, string>, terms: BinanceTerms = SNAPSHOT) {
  const scene = sceneOf(marks, terms);
  const quotes = new Map(scene.quotes);
  for (const [asset, price] of Object.entries(indices))
    quotes.set(indexKey(asset), { value: dec(price), kind: "index", asOf: NOW });
  return { ...scene, quotes };
}
const unified = (wallets: Record<string, string>, positions: readonly Position[], orderMargin = "0"): Body => ({
  ...bodyOf("0", positions),
  wallets: Object.entries(wallets).map(([asset, cross]) => ({
    asset,
    cross: dec(cross),
    orderMargin: dec(orderMargin),
  })),
  unified: "multi-assets",
});

/** The venue's own example of GET /fapi/v1/assetIndex and of the stream assetIndex, with what it counts a unit owned and owed. */
const ADA = {
  symbol: "ADAUSD",
  time: 1_635_740_268_004,
  index: "1.92957370",
  bidBuffer: "0.10000000",
  askBuffer: "0.10000000",
};
const USDT = {
  symbol: "USDTUSD",
  time: 1_686_749_230_000,
  index: "0.99987691",
  bidBuffer: "0.00010000",
  askBuffer: "0.00010000",
};

// source: documentation of GET /fapi/v1/assetIndex (bidRate, askRate) and of the stream (B, A), 2021-11 and 2023-06
// oxfmt-ignore
test.each([
  ["ADA",   ADA,   "1.73661633", "2.12253107"],
  ["USDT",  USDT,  "0.99977692", "0.99997689"],
])("venue-produced: what a unit of %s counts when owned and when owed", (asset, row, owned, owed) => {
  const read = readAssetIndex([row]);
  if (!read.ok) throw new Error(read.failure.code);
  const [{ index, terms }] = read.value as [(typeof read.value)[number]];
  const scene = sceneIn({}, { [asset]: text(index) }, { symbols: {}, assets: { [asset]: terms } });
  const value = (amount: string) => {
    const found = assetValue(asset, dec(amount), scene);
    return found.ok ? text(rescale(found.value.value, 8, "down")) : found.failure.code;
  };
  expect([value("1"), value("-1")]).toEqual([owned, `-${owed}`]);
});

test("the venue's own words: 1,000 USD of BNB count 950, of ADA 900", () => {
  const scene = sceneIn({}, { BNB: "500", ADA: "0.5" });
  const counted = (asset: string, amount: string) => {
    const found = assetValue(asset, dec(amount), scene);
    return found.ok && toNumber(found.value.value);
  };
  expect([counted("BNB", "2"), counted("ADA", "2000")]).toEqual([950, 900]);
});

test("several bands: each part of a value at its own rate, and what one more USD counts", () => {
  const bands = [
    ["0", "1"],
    ["50000", "0.8"],
    ["100000", "0.5"],
  ] as const;
  const terms: AssetTerms = {
    collateral: bands.map(([floor, rate]) => ({ floor: dec(floor), rate: dec(rate) })),
    askBuffer: ZERO,
  };
  const scene = sceneIn({}, { VET: "0.5" }, { symbols: {}, assets: { VET: terms } });
  const found = (amount: string) => {
    const valued = assetValue("VET", dec(amount), scene);
    if (!valued.ok) throw new Error(valued.failure.code);
    return [toNumber(valued.value.value), toNumber(rateOf(valued.value))];
  };
  // 100,000 USD: 50,000 + 0.8 x 50,000; 300,000 USD: 90,000 + 0.5 x 200,000
  expect([found("100000"), found("200000"), found("600000"), found("-10")]).toEqual([
    [50_000, 0.8],
    [90_000, 0.5],
    [190_000, 0.5],
    [-5, 1],
  ]);
});

// 2 BTC and 1,000 USDT behind a long of 5 BTC bought at 100,000, worked by hand at 90,000: USDT 1,000 - 50,000 = -49,000 counts
// -49,004.9 (buffer 0.01 %), BTC 180,000 counts 171,000; 450,000 USDT in tier 2 need 450,000 x 0.5 % - 300 = 1,950
const desk = unified({ USDT: "1000", BTC: "2" }, [position("BTCUSDT", "5", "100000")]);
const fallen = sceneIn({ BTCUSDT: "90000" }, { USDT: "1", BTC: "90000" });

test("a loss in one asset is owed in full, collateral in another counts less its haircut", () => {
  expect(margin.accounts(desk)).toEqual(["multi-assets"]);
  const { equity, free, lines, unit, explain } = margin.assess(desk, ALL, fallen);
  expect(unit).toBe("USD");
  expect(equity.is === "known" && toNumber(equity.value)).toBe(121_995.1);
  expect(lines.map(({ name, required }) => [name, toNumber(required)])).toEqual([
    ["initial", 22_500],
    ["maintenance", 1_950],
  ]);
  expect(free.is === "known" && toNumber(free.value)).toBe(99_495.1);
  const owed = explain.parts!.find(({ name }) => name.startsWith("USDT"))!;
  expect(owed.formula).toContain("-10000 USD the venue sells other assets");
});

test("the form says the same, and finds the price at which mark and index fall together", () => {
  const compiled = margin.compile(desk, ALL, fallen, "maintenance");
  if (!("form" in compiled)) throw new Error(JSON.stringify(compiled));
  const quotesAt = (price: number) => compiled.form.quotes.map((key) => (key.includes(":USDT") ? 1 : price));
  const { have, need } = evaluate(compiled.form, quotesAt(90_000));
  expect(have).toBeCloseTo(121_995.1, 6);
  expect(need).toBeCloseTo(1_950, 6);
  // the mark alone, the collateral standing at 90,000: 1.0001 (5 p - 499,000) + 171,000 = 0.005 x 5 p - 300
  const mark = compiled.form.quotes.indexOf("binance:BTCUSDT:mark" as QuoteKey);
  const alone = (1.0001 * 499_000 - 171_300) / (5 * 1.0001 - 0.025);
  expect(liquidationPrices(compiled.form, quotesAt(90_000), mark).down).toBeCloseTo(alone, 5);
  // both: 1.9 p more; at that price 5 p is in tier 2
  const together = (1.0001 * 499_000 - 300) / (5 * 1.0001 + 1.9 - 0.025);
  expect(evaluate(compiled.form, quotesAt(together)).surplus()).toBeCloseTo(0, 5);
});

test("a single price of a symbol is not told: it bends with every index", () => {
  expect(liquidationPrice(desk, ALL, "BTCUSDT", fallen)).toMatchObject({
    ok: false,
    failure: { code: "binance/no-closed-price" },
  });
});

test("a missing index, a haircut that is not known: unknown with the reason, never zero", () => {
  const codes = [
    sceneIn({ BTCUSDT: "90000" }, { USDT: "1" }),
    sceneIn({ BTCUSDT: "90000" }, { USDT: "1", BTC: "90000" }, { symbols: SNAPSHOT.symbols }),
  ].map((scene) => {
    const { equity } = margin.assess(desk, ALL, scene);
    return equity.is === "unknown" ? equity.why.code : equity.is;
  });
  expect(codes).toEqual(["binance/no-index", "binance/no-asset-terms"]);
});

test("orders reserve in their asset; margin does not move between accounts that are one", () => {
  const ordered = unified({ USDT: "1000" }, [position("BTCUSDT", "0.1", "100000")], "70");
  const scene = sceneIn({ BTCUSDT: "100000" }, { USDT: "0.99" });
  const { lines } = margin.assess(ordered, ALL, scene);
  // (500 + 70) x 0.99
  expect(toNumber(lines[0]!.required)).toBeCloseTo(564.3, 9);
  expect(margin.levers!(ordered, ALL, scene).map(({ use }) => use)).toEqual(["reduce"]);
});

test("liquidation closes by requirement in USD and takes the fee from the position's asset; flows are USD as they count", () => {
  // equity 0.95 x 0.0103 x 100,000 = 978.5; 1 BTC in the lowest tier needs 400, 20 ETH 0.4 % of 80,000 = 320: not crossed
  const body = unified({ USDT: "-500", BTC: "0.0123" }, [
    position("BTCUSDT", "1", "100000"),
    position("ETHUSDT", "20", "4000"),
  ]);
  const scene = sceneIn({ BTCUSDT: "100000", ETHUSDT: "4000" }, { USDT: "1", BTC: "100000" });
  // equity 1,168.5 - 500.05 = 668.45, below 720
  const steps = margin.liquidate(body, ALL, scene, at("100000"), "worst-for-owner");
  expect(steps[0]!.what).toContain("insurance fund takes over BTCUSDT:BOTH, ETHUSDT:BOTH");
  const cheap = {
    ...SNAPSHOT,
    symbols: Object.fromEntries(
      Object.entries(SNAPSHOT.symbols).map(([name, each]) => [name, { ...each, liquidationFee: ZERO }]),
    ),
  };
  const closed = margin.liquidate(
    body,
    ALL,
    { ...scene, terms: { ...scene.terms, body: cheap } },
    at("100000"),
    "worst-for-owner",
  );
  // taker fee 0.05 % of 100,000 = 50 USDT, owed at 1.0001
  expect(closed[0]).toMatchObject({ what: "close 1 of BTCUSDT:BOTH at 100000", fee: [{ asset: "USD" }], taken: [] });
  expect(toNumber(closed[0]!.fee[0]!.amount)).toBeCloseTo(50.005, 9);
  expect(closed).toHaveLength(1);
});

test("terms of the feed are read back: haircut one less the buffer below the index", () => {
  const read = readAssetIndex([ADA, USDT]);
  if (!read.ok) throw new Error(read.failure.code);
  const assets = new Map(read.value.map(({ asset, terms }) => [asset, terms]));
  const back = readTerms(JSON.parse(JSON.stringify(writeTerms(new Map(), assets))));
  if (!back.ok) throw new Error(back.failure.code);
  expect(toNumber(back.value.assets!["ADA"]!.collateral[0]!.rate)).toBe(0.9);
  expect(toNumber(back.value.autoExchange!)).toBe(10_000);
});

// oxfmt-ignore
test.each([
  ["a damaged index",        { ...ADA, index: "1,92" }],
  ["an index of 0",          { ...ADA, index: "0" }],
  ["a buffer above 1",       { ...ADA, bidBuffer: "1.1" }],
  ["a pair with no dollar",  { ...ADA, symbol: "ADAEUR" }],
])("%s is refused", (_case, row) => {
  expect(readAssetIndex([row]).ok).toBe(false);
});

// oxfmt-ignore
test.each([
  ["a first band above 0",       [{ floor: "1", rate: "0.9" }]],
  ["a rate above 1",             [{ floor: "0", rate: "1.1" }]],
  ["a rate that rises",          [{ floor: "0", rate: "0.5" }, { floor: "10", rate: "0.6" }]],
  ["bands out of order",         [{ floor: "0", rate: "0.5" }, { floor: "0", rate: "0.4" }]],
  ["no band",                    []],
])("terms of an asset with %s are refused", (_case, collateral) => {
  expect(readTerms({ symbols: {}, assets: { BTC: { collateral, askBuffer: text(ONE) } } }).ok).toBe(false);
});

test("an account in multi-assets mode is read as one account", () => {
  const row = {
    ...{ symbol: "BTCUSDT", positionSide: "BOTH", positionAmt: "1", entryPrice: "100000", markPrice: "101000" },
    ...{ isolatedWallet: "0", marginAsset: "USDT", maintMargin: "404", liquidationPrice: "0" },
  };
  const wallet = (asset: string) => ({ asset, crossWalletBalance: "5", openOrderInitialMargin: "0" });
  const read = readAccount({
    account: { multiAssetsMargin: true, assets: [wallet("USDT"), wallet("BTC")], positions: [row] },
    positions: [row],
    config: [{ symbol: "BTCUSDT", marginType: "CROSSED", leverage: 20 }],
    orders: [],
    conditionals: [],
    marks: [],
    funding: [],
    mode: { dual: false, multiAssets: true },
  });
  if (!read.ok) throw new Error(read.failure.code);
  expect(margin.accounts(read.value.body)).toEqual(["multi-assets"]);
});

const entry = {
  venue: "binance",
  assetMode: "multi",
  wallet: { USDT: "-1000", BTC: "2" },
  positions: [{ symbol: "BTCUSDT", side: "long", size: "5", entry: "100000" }],
  marks: { BTCUSDT: { price: "90000", unit: "USDT" } },
  indices: { USDT: { price: "1", unit: "USD" }, BTC: { price: "90000", unit: "USD" } },
};
const written = (raw: object) => binance.readWritten(binance.written.parse(raw), holdingId("mine"), ms(NOW));

test("a written account of all assets: indices are prices of their own kind", () => {
  const events = written(entry);
  if (!events.ok) throw new Error(events.failure.code);
  expect(events.value.slice(2, 4)).toMatchObject([
    { key: "binance:USDTUSD:index", kind: "index" },
    { key: "binance:BTCUSD:index", kind: "index" },
  ]);
  expect(events.value.at(-1)).toMatchObject({ holding: { body: { unified: "multi-assets" } } });
});

// oxfmt-ignore
test.each([
  ["an index in single-asset mode",  { assetMode: "single" },                                                                            "indices.USDT"],
  ["an isolated position",           { positions: [{ ...entry.positions[0], margin: "isolated", isolatedWallet: "5" }] },                 "positions.0.margin"],
  ["an asset without a haircut",     { wallet: { USDT: "1", PEPE: "1" } },                                                               "wallet.PEPE"],
  ["an index in another unit",       { indices: { BTC: { price: "1", unit: "USDT" } } },                                                 "indices.BTC"],
] as const)("%s: the failure names path and what to do", (_case, change, path) => {
  const events = written({ ...entry, ...change });
  expect(events).toMatchObject({ ok: false, failure: { code: "binance/written", facts: { path } } });
});
