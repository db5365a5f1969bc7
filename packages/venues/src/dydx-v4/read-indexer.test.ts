import { existsSync, readFileSync } from "node:fs";
import { damagedAt } from "@plimsoll/core/margin/testing";
import { type Exact, type Result, accountKey, canonical, text } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { margin } from "./margin.ts";
import { type IndexerMarket, readMarkets, readOraclePrices } from "./read-markets.ts";
import { readSubaccounts } from "./read-subaccounts.ts";
import { MAINNET, sceneOf } from "./testing.ts";

const FIXTURES = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/api-fixtures/dydx`;
type Json = Record<string, unknown>;
const load = (name: string): Json => JSON.parse(readFileSync(`${FIXTURES}/${name}.json`, "utf8")) as Json;
const sure = <V>(result: Result<V, unknown>): V => {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
};

const BTC = {
  oraclePrice: "90000",
  initialMarginFraction: "0.02",
  maintenanceMarginFraction: "0.012",
  atomicResolution: -10,
  stepBaseQuantums: 1000000,
  marketType: "CROSS",
  openInterest: "1.5",
  baseOpenInterest: "2",
  openInterestLowerCap: "0",
  openInterestUpperCap: "0",
};
const marketsOf = (change: Json = {}) => readMarkets({ markets: { "BTC-USD": { ...BTC, ...change } } });
const MARKETS: ReadonlyMap<string, IndexerMarket> = sure(marketsOf());
const subaccount = (change: Json = {}) => ({
  subaccountNumber: 0,
  equity: "10000",
  freeCollateral: "8200",
  openPerpetualPositions: { "BTC-USD": { side: "LONG", size: "1", status: "OPEN" } },
  assetPositions: { USDC: { side: "SHORT", size: "80000" } },
  ...change,
});

test("an account read from the indexer is the worked example: its equity, what is free, and 1.2 % of 90,000", () => {
  const { body, subaccounts } = sure(readSubaccounts({ subaccounts: [subaccount()] }, MARKETS));
  const assessed = margin.assess(body, accountKey("subaccount:0"), sceneOf({ "BTC-USD": "90000" }));
  const known = ({ equity, free }: typeof assessed) =>
    [equity, free].map((figure) => (figure.is === "known" ? Number(text(figure.value)) : figure.is));
  expect(known(assessed)).toEqual(subaccounts.map((told) => [told.equity, told.freeCollateral].map(textNumber)).flat());
  expect(assessed.lines.map(({ name, required }) => [name, Number(text(required))])).toEqual([
    ["initial", 1_800],
    ["maintenance", 1_080],
  ]);
});
const textNumber = (value: Exact) => Number(text(value));

test.each([
  ["with its sign", "-0.25"],
  ["without", "0.25"],
])("a short is told %s", (_case, size) => {
  const short = subaccount({ openPerpetualPositions: { "BTC-USD": { side: "SHORT", size, status: "OPEN" } } });
  expect(sure(readSubaccounts({ subaccount: short }, MARKETS)).body.subaccounts[0]?.positions).toEqual([
    { ticker: "BTC-USD", size: -2_500_000_000n, fundingIndex: 0n },
  ]);
});

// oxfmt-ignore
test.each([
  ["a market without terms",      { openPerpetualPositions: { "XYZ-USD": { side: "LONG", size: "1", status: "OPEN" } } },              "dydx-v4/no-market"],
  ["a long below 0",              { openPerpetualPositions: { "BTC-USD": { side: "LONG", size: "-1", status: "OPEN" } } },             "dydx-v4/bad-size"],
  ["a size of 0",                 { openPerpetualPositions: { "BTC-USD": { side: "LONG", size: "0", status: "OPEN" } } },              "dydx-v4/bad-size"],
  ["below the smallest unit",     { openPerpetualPositions: { "BTC-USD": { side: "LONG", size: "0.00000000001", status: "OPEN" } } },  "dydx-v4/bad-size"],
  ["a closed position",           { openPerpetualPositions: { "BTC-USD": { side: "LONG", size: "1", status: "CLOSED" } } },            "dydx-v4/unreadable"],
  ["other collateral",            { assetPositions: { TDAI: { side: "LONG", size: "1" } } },                                          "dydx-v4/other-asset"],
] as const)("%s is refused", (_case, change, code) => {
  expect(readSubaccounts({ subaccount: subaccount(change) }, MARKETS)).toMatchObject({ ok: false, failure: { code } });
});

test("no collateral told is 0 USDC, and a part of a quantum is cut against the owner", () => {
  const quoteOf = (assetPositions: Json) =>
    sure(readSubaccounts({ subaccount: subaccount({ assetPositions }) }, MARKETS)).body.subaccounts[0]?.quote;
  expect(quoteOf({})).toBe(0n);
  expect(quoteOf({ USDC: { side: "LONG", size: "1.2345678" } })).toBe(1_234_567n);
  expect(quoteOf({ USDC: { side: "SHORT", size: "1.2345678" } })).toBe(-1_234_568n);
});

test("parameters become the protocol's integers; the larger open interest counts", () => {
  expect(MARKETS.get("BTC-USD")).toMatchObject({ terms: MAINNET.markets["BTC-USD"], openInterest: 20_000_000_000n });
  expect(marketsOf({ maintenanceMarginFraction: "0.03" })).toMatchObject({ failure: { code: "dydx-v4/bad-market" } });
  expect(marketsOf({ openInterestUpperCap: undefined })).toMatchObject({ failure: { code: "dydx-v4/no-caps" } });
  expect(marketsOf({ oraclePrice: "0" })).toMatchObject({ failure: { code: "dydx-v4/unreadable" } });
});

// oxfmt-ignore
test.each([
  ["markets",       { markets: { "BTC-USD": BTC } },                                                                     readMarkets],
  ["accounts",      { subaccounts: [subaccount()] },                                                                     (json: unknown) => readSubaccounts(json, MARKETS)],
  ["oracle prices", { oraclePrices: { "BTC-USD": { oraclePrice: "1.5", effectiveAt: "2026-11-22T00:00:00Z" } } },        readOraclePrices],
] as const)("%s: a damaged number is refused", (_case, told, readIt) => {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const found = damagedAt(canonical(told), g);
      if (found?.junk === undefined) return;
      expect(readIt(found.json).ok, `${found.path.join(".")} as ${JSON.stringify(found.junk)}`).toBe(false);
    }),
    { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 200) },
  );
});

describe.skipIf(!existsSync(FIXTURES))(`recorded answers (skipped without ${FIXTURES})`, () => {
  const recorded = sure(
    readMarkets(existsSync(FIXTURES) ? load("http_get_perpetual_markets")["result"] : { markets: {} }),
  );
  test("the shipped terms are those of the recorded markets", () => {
    expect(Object.fromEntries([...recorded].map(([ticker, { terms }]) => [ticker, terms]))).toEqual(MAINNET.markets);
  });
  test("the recorded account: no position, its equity to the last digit", () => {
    const { body, subaccounts } = sure(readSubaccounts(load("http_get_subaccount")["result"], recorded));
    const { equity, lines } = margin.assess(body, accountKey("subaccount:0"), sceneOf({}));
    expect(equity.is === "known" && text(equity.value)).toBe("45.201296");
    expect(text(subaccounts[0]!.equity)).toBe("45.201296");
    expect(lines).toEqual([]);
  });
  test("the socket's first account and its prices", () => {
    const { body } = sure(readSubaccounts(load("ws_subaccounts_subscribed")["contents"], recorded));
    expect(body.subaccounts).toMatchObject([{ quote: 100_000_000_000n, positions: [{ size: 5_000_000_000n }] }]);
    const prices = sure(readOraclePrices(load("ws_markets_update")["contents"]));
    expect(prices.map(({ ticker, price, at }) => [ticker, text(price), at])).toEqual([
      ["BTC-USD", "43300.00", Date.UTC(2024, 0, 1, 0, 1)],
      ["ETH-USD", "2255.00", Date.UTC(2024, 0, 1, 0, 1)],
    ]);
    expect(readMarkets(load("ws_markets_subscribed")["contents"])).toMatchObject({
      failure: { code: "dydx-v4/no-caps" },
    });
  });
});
