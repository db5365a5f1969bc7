import type { VenueEffect } from "@plimsoll/core/book";
import { canonical } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { AaveBody } from "./holding.ts";
import { type AaveTerms, closeFactors } from "./terms.ts";
import { readAaveEffect } from "./read-effect.ts";
import { readAaveBody } from "./read-holding.ts";
import { readAaveTerms } from "./read-terms.ts";
import { accountOf, ethereum } from "./testing/account.ts";

const body = accountOf(ethereum, [
  { asset: "WETH", supplied: 10n ** 30n, wallet: "unknown" },
  { asset: "USDC", owed: 1n },
]);
const [weth, usdc] = body.reserves;

test("bodies and terms come back from the journal's text as they were", () => {
  expect(readAaveBody(JSON.parse(canonical(body)))).toEqual({ ok: true, value: body });
  expect(readAaveTerms(JSON.parse(canonical(ethereum)))).toEqual({ ok: true, value: ethereum });
});

test("the shipped terms have the constants of pool revision 10", () => {
  // source: aave-v3-origin 3.6.0 LiquidationLogic.sol: 0.5e4, 0.95e18, 2000e8, half of it
  expect(ethereum.closeFactor).toEqual(closeFactors.r10);
  expect(closeFactors.r10).toEqual({
    normal: 5_000n,
    wholeAtOrBelow: 950_000_000_000_000_000n,
    wholeUnder: 200_000_000_000n,
    leaveAtLeast: 100_000_000_000n,
  });
});

// oxfmt-ignore
test.each<[string, Partial<AaveBody>]>([
  ["a reserve twice",                          { reserves: [weth!, weth!] }],
  ["reserves out of order",                    { reserves: [usdc!, weth!] }],
  ["a reserve from the future",                { timestamp: body.timestamp - 1n }],
  ["a negative balance",                       { reserves: [{ ...weth!, scaledSupply: -1n }] }],
  ["an id beyond the bitmap",                  { reserves: [{ ...weth!, id: 128 }] }],
])("%s is not a holding", (_case, change) => {
  const read = readAaveBody({ ...body, ...change });
  expect(!read.ok && read.failure.code).toBe("aave-v3/holding-unreadable");
});

// oxfmt-ignore
test.each<[string, Partial<AaveTerms>]>([
  ["an asset twice",         { reserves: ethereum.reserves.map((reserve) => ({ ...reserve, asset: "WETH" })) }],
  ["reserves out of order",  { reserves: ethereum.reserves.toReversed() }],
])("%s is no terms document", (_case, change) => {
  const read = readAaveTerms({ ...ethereum, ...change });
  expect(!read.ok && read.failure.code).toBe("aave-v3/terms-unreadable");
});

const call = { collateral: "WETH", debt: "USDC", debtToCover: 2n ** 256n - 1n, receiveAToken: false };
test.each<VenueEffect>([
  { was: "liquidation", body: call },
  { was: "interest", body: { until: 1_750_000_000n } },
])("what the pool did comes back from the journal's text: $was", (effect) => {
  expect(readAaveEffect(JSON.parse(canonical(effect)))).toEqual({ ok: true, value: effect });
});

// oxfmt-ignore
test.each<[string, VenueEffect]>([
  ["what no pool does",             { was: "funding", body: {} }],
  ["a liquidation without amount",  { was: "liquidation", body: { ...call, debtToCover: "all" } }],
  ["interest without its moment",   { was: "interest", body: {} }],
])("%s is refused, not ignored", (_case, effect) => {
  const read = readAaveEffect(effect);
  expect(!read.ok && read.failure.code).toBe("aave-v3/effect-unreadable");
});
