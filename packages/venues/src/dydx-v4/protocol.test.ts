import { dec } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { bankruptcyQuote, blockChange, fillablePrice, insuranceShare } from "./liquidation-orders.ts";
import { initialOf, maintenanceOf, unsettledFunding } from "./margins.ts";
import { toBase, toQuote } from "./quantums.ts";
import { riskOf } from "./risk.ts";
import type { LiquidationTerms, MarketTerms } from "./terms.ts";
import { MAINNET, PROTOCOL_TESTS, bodyOf, sceneOf } from "./testing.ts";

const terms = (change: Partial<MarketTerms>): MarketTerms => ({ ...PROTOCOL_TESTS.markets["BTC-USD"]!, ...change });

// source: figures that the protocol's own tests expect, dydxprotocol/v4-chain, perpetuals/lib/lib_test.go
// oxfmt-ignore
test.each([
  // base quantums      price            resolution  quote quantums
  [ 1_000_000_000_000n, "1234567.89123", -16,         123_456_789n],
  [-1_000_000_000_000n, "1234567.89123", -16,        -123_456_789n],
  [             7_000n, "555500",         -8,          38_885_000n],
  [            -5_000n, "420000",         -6,      -2_100_000_000n],
] as const)("value of %i base quantums at %s is cut toward zero", (base, price, atomicResolution, quote) => {
  expect(toQuote(base, dec(price), terms({ atomicResolution }))).toBe(quote);
});

// source: dydxprotocol/v4-chain, perpetuals/lib/lib_test.go, TestGetMarginRequirementsInQuoteQuantums_2
// oxfmt-ignore
test.each([
  // base     price     resolution  initial       fraction      initial requirement  maintenance
  [ 7_000n,   "555500",  -8,             200n,      500_000n,           7_777n,            3_889n],
  [ 7_000n,   "5555",    -4,          10_000n,      500_000n,      38_885_000n,       19_442_500n],
  [    88n,   "4200000",  0,          10_000n,      500_000n, 3_696_000_000_000n, 1_848_000_000_000n],
  [-5_000n,   "420000",  -6,          10_000n,      500_000n,      21_000_000n,       10_500_000n],
  [ 7_000n,   "5555",    -6,       1_000_000n,    1_000_000n,      38_885_000n,       38_885_000n],
  [ 7_000n,   "5555",    -6,          10_000n,    1_000_000n,         388_850n,          388_850n],
] as const)("requirements of %i quantums at %s", (base, price, atomicResolution, initialMarginPpm, maintenanceFractionPpm, initial, maintenance) => {
  const market = terms({ atomicResolution, initialMarginPpm, maintenanceFractionPpm });
  const value = toQuote(base, dec(price), market);
  expect([initialOf(value, 0n, market), maintenanceOf(value, market)]).toEqual([initial, maintenance]);
});

const T = 1_000_000_000_000n;
// source: dydxprotocol/v4-chain, perpetuals/types/liquidity_tier_test.go, TestGetInitialMarginQuoteQuantums
// oxfmt-ignore
test.each([
  ["base share",           200_000n,   500_000n,                   0n,      0n,      0n, 100_000n],
  ["a quantum, up",        100_000n,         1n,                   0n,      0n,      0n,       1n],
  ["rounded up",           567_243n,   123_456n,                   0n,      0n,      0n,  70_030n],
  ["scaling off",          200_000n,   500_000n,         3n * T / 2n,      0n,      0n, 100_000n],
  ["halfway",              200_000n,   500_000n,         3n * T / 2n,      T, 2n * T,     300_000n],
  ["far above",            200_000n,   500_000n,             80n * T, 25n * T, 50n * T, 500_000n],
  ["at the lower cap",     200_000n,   500_000n,             25n * T, 25n * T, 50n * T, 100_000n],
  ["between the caps",     200_000n,   500_000n, 28_123_456_789_123n, 25n * T, 60n * T, 135_697n],
] as const)("initial requirement, %s", (_case, initialMarginPpm, value, openInterest, openInterestLowerCap, openInterestUpperCap, expected) => {
  const market = terms({ initialMarginPpm, openInterestLowerCap, openInterestUpperCap });
  expect(initialOf(value, openInterest, market)).toBe(expected);
  // the owner's own setting only ever raises it
  expect(initialOf(value, openInterest, market, 1n)).toBe(expected);
  expect(initialOf(value, openInterest, market, 1_000_000n)).toBe(value);
});

// source: dydxprotocol/v4-chain, perpetuals/lib/lib_test.go, TestGetSettlementPpmWithPerpetual, divided by a million
// oxfmt-ignore
test.each([
  [ 1_000_000n, 100_000_000_000n, 123_456_789_123n, -23_456_789_123n],
  [-1_000_000n, 100_000_000_000n, 123_456_789_123n,  23_456_789_123n],
  [    30_000n,            -100n,             100n,              -6n],
  [-5_000_000n,             100n,             -50n,            -750n],
  [         1n,               0n,         999_999n,               0n],
] as const)("unsettled funding of %i from index %i to %i", (size, from, to, expected) => {
  expect(unsettledFunding(size, from, to)).toBe(expected);
});

const PRICES = { "BTC-USD": "50000", "ETH-USD": "3000" };
type Sizes = Partial<Record<keyof typeof PRICES, bigint>>;
function at(dollars: bigint, sizes: Sizes, ticker: string) {
  const body: Body = bodyOf(dollars, sizes as Record<string, bigint>);
  const risk = riskOf(body.subaccounts[0]!, body, sceneOf(PRICES, PROTOCOL_TESTS));
  if (!risk.ok) throw new Error(risk.failure.code);
  return { risk: risk.value, own: risk.value.priced.find(({ position }) => position.ticker === ticker)! };
}

const TENTH = { "BTC-USD": 10_000_000n };
const SHORT = { "BTC-USD": -10_000_000n };
const BOTH = { "BTC-USD": 400_000n, "ETH-USD": 100_000_000n };
// source: dydxprotocol/v4-chain, clob/keeper/liquidations_test.go, TestGetBankruptcyPriceInQuoteQuantums; BTC 50,000, ETH 3,000
// oxfmt-ignore
test.each([
  // USDC    position                                                        market     change          quote quantums
  [-4_501n, TENTH,                                                          "BTC-USD",  -10_000_000n,  4_501_000_000n],
  [ 5_499n, SHORT,                                                          "BTC-USD",   10_000_000n, -5_499_000_000n],
  [-5_000n, TENTH,                                                          "BTC-USD",   -5_000_000n,  2_500_000_000n],
  [ 5_000n, SHORT,                                                          "BTC-USD",    5_000_000n, -2_500_000_000n],
  [-5_100n, TENTH,                                                          "BTC-USD",  -10_000_000n,  5_100_000_000n],
  [ 4_900n, SHORT,                                                          "BTC-USD",   10_000_000n, -4_900_000_000n],
  [  -490n, BOTH,                                                           "ETH-USD", -100_000_000n,    294_000_000n],
  [   510n, { "BTC-USD": -400_000n, "ETH-USD": -100_000_000n },             "ETH-USD",  100_000_000n,   -306_000_000n],
  [   110n, { "BTC-USD":  400_000n, "ETH-USD": -100_000_000n },             "ETH-USD",  100_000_000n,   -306_000_000n],
  [   -13n, { "BTC-USD":  100_000_000n },                                   "BTC-USD",      -21_347n,          2_776n],
  [    13n, { "BTC-USD": -100_000_000n },                                   "BTC-USD",       21_347n,         -2_775n],
  [     1n, { "BTC-USD":  100_000_000n },                                   "BTC-USD", -100_000_000n,     -1_000_000n],
] as const)("bankruptcy price with %i USDC, %o %s", (dollars, sizes, ticker, change, expected) => {
  const { own, risk } = at(dollars, sizes, ticker);
  expect(bankruptcyQuote(own, change, risk)).toBe(expected);
});

// source: the same file, TestGetFillablePrice: quote quantums a base quantum
// oxfmt-ignore
test.each([
  // USDC    position  market     adjustment  spread     price
  [-4_501n, TENTH,    "BTC-USD",  1_000_000n,   100_000n, 49_999n, 100n],
  [-4_501n, TENTH,    "BTC-USD",  2_000_000n,   100_000n, 49_998n, 100n],
  [-4_501n, TENTH,    "BTC-USD",  1_000_000n,   200_000n, 49_998n, 100n],
  [ 5_499n, SHORT,    "BTC-USD",  1_000_000n,   100_000n, 50_001n, 100n],
  [-5_000n, TENTH,    "BTC-USD",  1_000_000n,   100_000n, 495n, 1n],
  [ 5_000n, SHORT,    "BTC-USD",  1_000_000n,   100_000n, 505n, 1n],
  [-5_500n, TENTH,    "BTC-USD",  1_000_000n,   100_000n, 495n, 1n],
  [ 4_500n, SHORT,    "BTC-USD",  1_000_000n,   100_000n, 505n, 1n],
  [  -490n, BOTH,     "ETH-USD",  1_000_000n,   100_000n, 372n, 125n],
  [-4_501n, TENTH,    "BTC-USD",  1_000_000n,         1n, 4_999_999_999n, 10_000_000n],
] as const)("fillable price with %i USDC, %o %s, adjustment %i, spread %i", (dollars, sizes, ticker, bankruptcyAdjustmentPpm, spreadToMaintenancePpm, over, under) => {
  const { own, risk } = at(dollars, sizes, ticker);
  const price = fillablePrice(own, risk, { ...PROTOCOL_TESTS.liquidations, bankruptcyAdjustmentPpm, spreadToMaintenancePpm });
  expect(price.over * under).toBe(price.under * over);
  expect(price.under > 0n).toBe(true);
});

// by hand: 5,000 USD of BTC in 10,000,000 quantums; limits in quote quantums
const limits = (
  minPositionNotional: bigint,
  maxPositionPortionPpm: bigint,
  subaccountMaxNotional: bigint,
): LiquidationTerms => ({
  ...MAINNET.liquidations,
  minPositionNotional,
  maxPositionPortionPpm,
  subaccountMaxNotional,
});
// oxfmt-ignore
test.each([
  ["a tenth",                     TENTH, limits(           1n,   100_000n, T),            -1_000_000n],
  ["of a short, a purchase",      SHORT, limits(           1n,   100_000n, T),             1_000_000n],
  ["at least the smallest",       TENTH, limits(1_000_000_000n,  100_000n, T),            -2_000_000n],
  ["at most the account's cap",   TENTH, limits(1_000_000_000n, 1_000_000n, 500_000_000n), -1_000_000n],
  ["the whole where it fits",     TENTH, limits(5_000_000_000n,  100_000n, T),           -10_000_000n],
  ["cut to the step",             TENTH, limits(       7_777n,         1n, T),                  -10n],
] as const)("a block closes %s", (_case, sizes, terms, expected) => {
  expect(blockChange(at(0n, sizes, "BTC-USD").own, terms)).toBe(expected);
});

test("the fund takes its fee, at most what remains above bankruptcy, and pays what is missing", () => {
  const terms = { ...MAINNET.liquidations, maxFeePpm: 5_000n };
  expect(insuranceShare(5_000_000_000n, 4_501_000_000n, terms)).toBe(25_000_000n);
  expect(insuranceShare(4_510_000_000n, 4_501_000_000n, terms)).toBe(9_000_000n);
  expect(insuranceShare(4_400_000_000n, 4_501_000_000n, terms)).toBe(-101_000_000n);
});

test("base and quote quantums are each other's inverse up to what is cut", () => {
  const market = MAINNET.markets["BTC-USD"]!;
  expect(toBase(toQuote(123_456_789n, dec("89919.2"), market), dec("89919.2"), market)).toBeLessThanOrEqual(
    123_456_789n,
  );
  expect(toBase(1_000_000_000n, dec("100000"), market)).toBe(100_000_000n);
});
