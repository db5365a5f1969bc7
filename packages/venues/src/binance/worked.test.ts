import { type MarginForm, evaluate, liquidationPrices } from "@plimsoll/core/margin";
import { accountKey, text, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { liquidationPrice, margin } from "./margin.ts";
import type { BinanceTerms } from "./terms.ts";
import { SNAPSHOT, T, bodyOf, position, sceneOf, tier, withTiers } from "./testing.ts";

const CROSS = "cross:USDT";
const T2 = withTiers(T);
const FLAT = withTiers([tier("0", "1000000000", "0.004", "0", "1")]);

function formOf(body: Body, account: string, marks: Readonly<Record<string, string>>, terms: BinanceTerms): MarginForm {
  const compiled = margin.compile(body, accountKey(account), sceneOf(marks, terms), "maintenance");
  if (!("form" in compiled)) throw new Error(JSON.stringify(compiled));
  return compiled.form;
}
const quotesOf = (form: MarginForm, marks: Readonly<Record<string, string>>) =>
  form.quotes.map((key) => Number(marks[key.split(":")[1]!]));

// source: worked by hand in the notes on perpetual venues, not by this engine; tables of the 2026-05 snapshot and T
// oxfmt-ignore
const prices = [
  // case                       body                                                                                        account          marks                                     terms     symbol     down                up
  ["A tier 4 long",             bodyOf("0", [position("BTCUSDT", "100", "100000", { wallet: "1000000" })]),                  "BTCUSDT:BOTH",  { BTCUSDT: "100000" },                    SNAPSHOT, "BTCUSDT", "90787.8788",       undefined],
  ["B tier crossing short",     bodyOf("0", [position("BTCUSDT", "-120", "99000", { wallet: "1200000" })]),                  "BTCUSDT:BOTH",  { BTCUSDT: "99000" },                     SNAPSHOT, "BTCUSDT", undefined,          "107941.1765"],
  ["C hedge pair, cross",       bodyOf("20000", [position("BTCUSDT", "2", "100000", { side: "LONG" }), position("BTCUSDT", "-1", "98000", { side: "SHORT" })]), CROSS, { BTCUSDT: "99000" }, FLAT, "BTCUSDT", "82995.9514", undefined],
  ["1 two symbols, BTC",        bodyOf("40000", [position("BTCUSDT", "5", "100000"), position("ETHUSDT", "-40", "4000")]),   CROSS,           { BTCUSDT: "102000", ETHUSDT: "3900" },   T2,       "BTCUSDT", "91723.41709",      undefined],
  ["1 two symbols, ETH",        bodyOf("40000", [position("BTCUSDT", "5", "100000"), position("ETHUSDT", "-40", "4000")]),   CROSS,           { BTCUSDT: "102000", ETHUSDT: "3900" },   T2,       "ETHUSDT", undefined,          "5173.057769"],
  ["2 hedge 3 against 2",       bodyOf("12000", [position("BTCUSDT", "3", "90000", { side: "LONG" }), position("BTCUSDT", "-2", "95000", { side: "SHORT" })]), CROSS, { BTCUSDT: "94000" }, T2, "BTCUSDT", "69387.75510", undefined],
  ["2 hedge 3 against 3",       bodyOf("12000", [position("BTCUSDT", "3", "90000", { side: "LONG" }), position("BTCUSDT", "-3", "95000", { side: "SHORT" })]), CROSS, { BTCUSDT: "94000" }, T2, "BTCUSDT", undefined,    "769230.7692"],
] as const;

test.each(prices)("liquidation price, exact: %s", (_case, body, account, marks, terms, symbol, down, up) => {
  const found = liquidationPrice(body, accountKey(account), symbol, sceneOf(marks, terms));
  if (!found.ok) throw new Error(found.failure.code);
  const close = (value: number | undefined, expected: string | undefined) =>
    expected === undefined
      ? expect(value).toBeUndefined()
      : expect(value).toBeCloseTo(Number(expected), decimals(expected));
  close(found.value.down && toNumber(found.value.down), down);
  close(found.value.up && toNumber(found.value.up), up);
});

test.each(prices)("liquidation price, form: %s", (_case, body, account, marks, terms, symbol, down, up) => {
  const form = formOf(body, account, marks, terms);
  const index = form.quotes.findIndex((key) => key.includes(symbol));
  const found = liquidationPrices(form, quotesOf(form, marks), index);
  if (down === undefined) expect(found.down).toBeUndefined();
  else expect(found.down).toBeCloseTo(Number(down), decimals(down));
  if (up === undefined) expect(found.up).toBeUndefined();
  else expect(found.up).toBeCloseTo(Number(up), decimals(up));
});
const decimals = (figure: string): number => (figure.split(".")[1]?.length ?? 0) - 1;

test("A': forgetting the tier amount would print 90,909.09, 121 too high", () => {
  const body = bodyOf("0", [position("BTCUSDT", "100", "100000", { wallet: "1000000" })]);
  const found = liquidationPrice(body, accountKey("BTCUSDT:BOTH"), "BTCUSDT", sceneOf({ BTCUSDT: "100000" }));
  if (!found.ok || found.value.down === undefined) throw new Error("no price");
  expect(90909.0909 - toNumber(found.value.down)).toBeCloseTo(121.2121, 3);
});

test("a long's price is cut upward, a short's downward, at 8 decimals", () => {
  const price = (size: string, entry: string, wallet: string) => {
    const body = bodyOf("0", [position("BTCUSDT", size, entry, { wallet })]);
    const found = liquidationPrice(body, accountKey("BTCUSDT:BOTH"), "BTCUSDT", sceneOf({ BTCUSDT: entry }));
    if (!found.ok) throw new Error(found.failure.code);
    return found.value;
  };
  // 9,988,000 * 100 / 110 of case A: 90787.878787...; case B: 13,212,000 / 122.4 = 107941.176470588...
  expect(text(price("100", "100000", "1000000").down!)).toBe("90787.87878788");
  expect(text(price("-120", "99000", "1200000").up!)).toBe("107941.17647058");
});

test("example 1: have 54,000, need 2,874, surplus 51,126, by engine and form", () => {
  const body = bodyOf("40000", [position("BTCUSDT", "5", "100000"), position("ETHUSDT", "-40", "4000")]);
  const marks = { BTCUSDT: "102000", ETHUSDT: "3900" };
  const { lines, equity } = margin.assess(body, accountKey(CROSS), sceneOf(marks, T2));
  const line = lines.find(({ name }) => name === "maintenance")!;
  expect(equity.is === "known" && toNumber(equity.value)).toBe(54_000);
  expect(toNumber(line.required)).toBe(2_874);
  expect(toNumber(line.surplus)).toBe(51_126);
  const form = formOf(body, CROSS, marks, T2);
  const { have, need } = evaluate(form, quotesOf(form, marks));
  expect(have).toBeCloseTo(54_000, 8);
  expect(need).toBeCloseTo(2_874, 8);
  expect(form.concave).toBe(true);
});

test("example 1: other lines of the same rule, and health of a small error", () => {
  const body = bodyOf("40000", [position("BTCUSDT", "5", "100000"), position("ETHUSDT", "-40", "4000")]);
  const marks = { BTCUSDT: "102000", ETHUSDT: "3900" };
  const form = formOf(body, CROSS, marks, T2);
  expect(liquidationPrices(form, quotesOf(form, marks), 0, 2).down).toBeCloseTo(92252.12121, 4);
  expect(liquidationPrices(form, quotesOf(form, marks), 0, 2 / 3).down).toBeCloseTo(91548.3612, 4);
});

test("example 2: the hedge pair's surplus is 24,120", () => {
  const pair = [
    position("BTCUSDT", "3", "90000", { side: "LONG" }),
    position("BTCUSDT", "-2", "95000", { side: "SHORT" }),
  ];
  const { lines } = margin.assess(bodyOf("12000", pair), accountKey(CROSS), sceneOf({ BTCUSDT: "94000" }, T2));
  expect(toNumber(lines.find(({ name }) => name === "maintenance")!.surplus)).toBe(24_120);
});

test("example 9: equality liquidates, although float64 cannot decide it", () => {
  const terms = withTiers([tier("0", "1000000", "0.1", "0", "1")]);
  // -900 cash beside 0.1 coin is wallet 100 with the coin bought at 10,000
  const body = bodyOf("100", [position("BTCUSDT", "0.1", "10000")]);
  const line = margin
    .assess(body, accountKey(CROSS), sceneOf({ BTCUSDT: "10000" }, terms))
    .lines.find(({ name }) => name === "maintenance")!;
  expect(text(line.surplus)).toMatch(/^0(\.0+)?$/);
  expect(toNumber(line.health)).toBe(1);
  expect(line).toMatchObject({ crossed: true, strict: false });
  expect(formOf(body, CROSS, { BTCUSDT: "10000" }, terms).atZero).toBe("liquidatable");
});
