import { dec, isZero, magnitude, subtract, compare, text } from "@plimsoll/core/units";
import type { Liquidation } from "@plimsoll/server/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  accountName,
  ageText,
  cut,
  grouped,
  healthWord,
  countText,
  liquidationLines,
  listText,
  moneyText,
  moveText,
  percentText,
  priceText,
  reasonText,
  significant,
} from "./index.ts";

const plain = (shown: string) => shown.replaceAll("\u202f", " ");
const point = (price: string, move: string) => ({
  quote: "v:ETH:oracle",
  kind: "oracle" as const,
  now: "5000",
  price,
  move,
});
const commonOf = (...quotes: string[]) => ({
  points: quotes.map((quote) => ({ ...point("3750", "-0.25"), quote })),
  move: "-0.2501",
});
const common = commonOf("v:ETH:oracle", "v:BTC:oracle");
const linesText = (liquidation: Liquidation) => liquidationLines(liquidation).join(" | ");
const way = { way: "fall", watch: "0.3000", act: "0.1500", danger: "0.1000" };
const because = { code: "stale", facts: { what: "binance:BTCUSDT:mark", ageMs: "61000", limitMs: "30000" } };

// oxfmt-ignore
test.each([
  // what is shown is decided by the display rules: grouped, true minus, never better than it is, never 0 unless 0
  ["money", moneyText({ value: "12345.678", unit: "USDT" }), "12 345.67 USDT"],
  ["money of a debt looks worse, not better", moneyText({ value: "-0.001", unit: "USDT" }), "−0.01 USDT"],
  ["a small amount is not 0", moneyText({ value: "0.00012345", unit: "BTC" }), "0.00012 BTC"],
  ["what is needed is rounded up", moneyText({ value: "0.095", unit: "BTC" }, "ceil"), "0.10 BTC"],
  ["zero is 0", moneyText({ value: "0.000", unit: "BTC" }), "0.00 BTC"],
  ["uint256 survives", moneyText({ value: "115792089237316195423570985008687907853269984665640564039457", unit: "X" }), "115 792 089 237 316 195 423 570 985 008 687 907 853 269 984 665 640 564 039 457.00 X"],
  ["large price", priceText("63512.4"), "63 512"],
  ["middle price", priceText("3150.2499"), "3 150.2"],
  ["small price", priceText("0.998123456"), "0.99812"],
  ["tiny price", priceText("0.00001234567"), "0.000012346"],
  ["large percent", percentText("0.3799"), "37%"],
  ["percent under ten", percentText("0.0429"), "4.2%"],
  ["percent under one", percentText("0.00429"), "0.42%"],
  ["percent near nothing is not 0", percentText("0.0000012"), "0.00012%"],
  ["rise", moveText("0.3799"), "+37%"],
  ["fall", moveText("-0.3799"), "−37%"],
  ["a rise to many times", moveText("17026.919"), "×17 027"],
  ["just under ten times", moveText("8.999"), "+899%"],
  ["ten times", moveText("9"), "×10"],
  ["health is cut down", healthWord({ is: "value", value: "0.9999999" }), "0.999"],
  ["no debt is no number", healthWord({ is: "no-debt" }), "no debt"],
  ["unknown says why", healthWord({ is: "unknown", why: because }), "unknown (BTCUSDT mark is 1 min old, limit 30 s)"],
  ["reason in numbers", reasonText({ code: "distance", facts: { ...way, price: "binance:BTCUSDT:mark", share: "0.100751" } }), "a fall of BTCUSDT mark by 10.07% takes it; watch at 30%, act at 15%, danger at 10%"],
  ["a common move", reasonText({ code: "distance", facts: { ...way, way: "rise", price: "eth+btc", share: "0.420290", watch: "0.125" } }), "a rise of ETH and BTC together by 42.02% takes it; watch at 12.5%, act at 15%, danger at 10%"],
  ["a common move of one family", reasonText({ code: "distance", facts: { ...way, way: "rise", price: "btc", share: "0.420290", watch: "0.125" } }), "a rise of all prices of BTC together by 42.02% takes it; watch at 12.5%, act at 15%, danger at 10%"],
  ["a loop", reasonText({ code: "health", facts: { health: "1.0449", watch: "1.06", act: "1.045", danger: "1.03" } }), "health 1.044 of a loop of related coins; watch below 1.06, act below 1.045, danger below 1.03"],
  ["reason with a fact missing", reasonText({ code: "distance", facts: { price: "eth+btc" } }), "distance: price eth+btc"],
  ["reason with a figure that is none", reasonText({ code: "line-crossed", facts: { line: "maintenance", health: "1e-7" } }), "the maintenance line is crossed: health 1e-7, the venue acts below 1"],
  ["reason nobody gave a phrase", reasonText({ code: "binance/no-leverage", facts: { position: "X" } }), "no leverage: position X"],
  ["reason with a sentence", reasonText({ code: "x", facts: { detail: "no price of BTC", next: "check the feed" } }), "no price of BTC. Next: check the feed"],
  ["liquidation below: rounded toward the price", linesText({ is: "price", nearest: point("3150.01", "-0.37"), others: [] }), "ETH oracle 3 150.1 (−37%)"],
  ["a common move comes first", linesText({ is: "price", nearest: point("3150", "-0.37"), others: [], together: common }), "ETH and BTC together −25% | ETH oracle 3 150 (−37%)"],
  ["a common move alone", linesText({ is: "together", together: common }), "ETH and BTC together −25%"],
  ["of many prices two are named", linesText({ is: "together", together: commonOf("v:A:mark", "v:B:mark", "v:C:mark", "v:D:mark") }), "A, B and 2 more together −25%"],
  ["every boundary", linesText({ is: "both", down: point("3150", "-0.37"), up: point("9123.49", "0.82"), others: [point("1", "-0.9")] }), "ETH oracle 3 150 (−37%) or 9 123.4 (+82%) | ETH oracle 1 (−90%)"],
  ["a list", listText(["a", "b", "c"]), "a, b and c"],
  ["one", countText(1, "guard"), "1 guard"],
  ["none of them", countText(0, "guard"), "0 guards"],
  ["both directions", linesText({ is: "both", down: point("3150", "-0.37"), up: point("9123.49", "0.82"), others: [] }), "ETH oracle 3 150 (−37%) or 9 123.4 (+82%)"],
  ["none", linesText({ is: "none", why: because }), "none"],
  ["already below", linesText({ is: "already-below", why: because }), "already below"],
  ["unknown liquidation", linesText({ is: "unknown", why: because }), "unknown (BTCUSDT mark is 1 min old, limit 30 s)"],
  ["an instant", ageText(999), "now"],
  ["seconds", ageText(59_999), "59 s"],
  ["minutes", ageText(3_599_000), "59 min"],
  ["hours", ageText(86_399_000), "23 h"],
  ["days", ageText(259_200_000), "3 d"],
])("%s", (_case, shown, wanted) => expect(plain(shown)).toBe(wanted));

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat(30))
  .map(([digits, scale]) => text({ digits, scale }));
const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 300);

// oxfmt-ignore
test.each([
  ["a cross pool", { holding: "desk", account: "cross:USDT", venue: "binance" }, "desk", "cross USDT on binance"],
  ["a loan named like its holding", { holding: "loan", account: "aave-v3:ethereum:loan", venue: "aave-v3" }, "loan", "ethereum on aave-v3"],
  ["an address", { holding: "vault", account: "aave-v3:ethereum:0x7a3f00112233445566778899aabbccddeeff91c2", venue: "aave-v3" }, "vault", "ethereum 0x7a3f…91c2 on aave-v3"],
] as const)("name of %s", (_case, account, title, detail) => expect(accountName(account)).toEqual({ title, detail }));

test("a cut figure is never better than the exact one, and 0 only where it is 0", () => {
  fc.assert(
    fc.property(decimals, fc.nat(6), (decimal, places) => {
      const shown = dec(cut(decimal, places));
      expect(compare(shown, dec(decimal))).toBeLessThanOrEqual(0);
      expect(isZero(shown)).toBe(isZero(dec(decimal)));
    }),
    { numRuns },
  );
});

test("significant digits keep the value within one unit of the last digit, and grouping changes no digit", () => {
  fc.assert(
    fc.property(decimals, fc.integer({ min: 1, max: 9 }), (decimal, digits) => {
      const value = dec(decimal);
      const short = significant(value, digits, "down");
      const lost = magnitude(subtract(value, short));
      // lost * 10^(digits - 1) <= value: the rest is below one unit of the last kept digit
      const scaled = { digits: lost.digits * 10n ** BigInt(digits - 1), scale: lost.scale };
      expect(compare(scaled, magnitude(value))).toBeLessThanOrEqual(0);
      expect(plain(grouped(decimal)).replaceAll(" ", "").replace("−", "-")).toBe(decimal);
    }),
    { numRuns },
  );
});
