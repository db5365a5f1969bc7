import { evaluate, liquidationPrices } from "@plimsoll/core/margin";
import { type AccountKey, accountKey, text, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { liquidationPrice, margin, printedPrice } from "./margin.ts";
import { IN_2023, PRESENT, bodyOf, position, sceneOf } from "./testing.ts";
import type { HyperliquidTerms } from "./terms.ts";

const CROSS = accountKey("cross");
const BTC = accountKey("isolated:BTC");
type Marks = Readonly<Record<string, string>>;

// source: G from the notes on perpetual venues; the others by hand from the documented tables, each in its comment
// oxfmt-ignore
const prices: readonly (readonly [string, Body, AccountKey, Marks, string, string])[] = [
  // G: value 60,000, maintenance 1.25 % of 1,000,000 = 12,500; 100,000 - 47,500 / 10 / (1 - 0.0125)
  ["G long 10 BTC, account value 60,000",   bodyOf("-940000", [position("BTC", "10")]),                                         CROSS, { BTC: "100000" },               "BTC", "95189.87341772"],
  // short: 60,000 + 10 * (100,000 - p) = 0.125 p
  ["short 10 BTC, account value 60,000",    bodyOf("1060000", [position("BTC", "-10")]),                                        CROSS, { BTC: "100000" },               "BTC", "104691.35802469"],
  // 2,000 BTC at 70,000 is the lower row; at the price 2.5 % - 1,875,000: 170,000,000 + 1,875,000 = 2,000 * 1.025 p
  ["short crossing into the upper row",     bodyOf("170000000", [position("BTC", "-2000")]),                                    CROSS, { BTC: "70000" },                "BTC", "83841.46341463"],
  // the lower row alone would give 170,000,000 / 2,025 = 83,950.6: notional 167.9 million, which is not in it
  ["long leaving the upper row",            bodyOf("-140000000", [position("BTC", "2000")]),                                    CROSS, { BTC: "100000" },               "BTC", "70886.07594937"],
  // 1/30 above 100 million: 150,000,000 + 1,333,333.33... = 40,000 * (1 + 1/30) p
  ["a rate that is no decimal",             bodyOf("150000000", [position("ETH", "-40000")]),                                   CROSS, { ETH: "3000" },                 "ETH", "3661.29032258"],
  // isolated: raw cash -90,000 a coin; 90,000 / (1 - 0.0125)
  ["isolated long, cash leg alone decides", bodyOf("5", [position("BTC", "1", { cash: "-90000" })]),                            BTC,   { BTC: "100000" },               "BTC", "91139.24050633"],
  ["a long that cash covers",               bodyOf("1", [position("BTC", "1")]),                                                CROSS, { BTC: "100000" },               "BTC", "none"],
  // BTC frozen: cash 10,000 + 100,000 - 1,250 = 108,750 for 100 short ETH: 108,750 / 102
  ["cross, the other coin stands still",    bodyOf("10000", [position("BTC", "1"), position("ETH", "-100")]),                   CROSS, { BTC: "100000", ETH: "1000" },  "ETH", "1066.17647059"],
];

test.each(prices)("liquidation price, printed: %s", (_case, body, account, marks, coin, expected) => {
  const found = printedPrice(body, account, coin, sceneOf(marks));
  if (!found.ok) throw new Error(found.failure.code);
  expect(found.value === "none" ? "none" : text(found.value)).toBe(expected);
});

test.each(prices)("liquidation price, form: %s", (_case, body, account, marks, coin, expected) => {
  const compiled = margin.compile(body, account, sceneOf(marks), "maintenance");
  if (!("form" in compiled)) throw new Error(JSON.stringify(compiled));
  const quotes = compiled.form.quotes.map((key) => Number(marks[key.split(":")[1]!]));
  const { down, up } = liquidationPrices(
    compiled.form,
    quotes,
    compiled.form.quotes.findIndex((key) => key.includes(coin)),
  );
  if (expected === "none") expect([down, up]).toEqual([undefined, undefined]);
  else expect(down ?? up).toBeCloseTo(Number(expected), 5);
});

test("at the exact price the account is crossed, one unit away it is safe", () => {
  for (const [, body, account, marks, coin, expected] of prices) {
    if (expected === "none") continue;
    const found = liquidationPrice(body, account, coin, sceneOf(marks));
    if (!found.ok || found.value === "none") throw new Error("no price");
    const long = body.positions.find((each) => each.coin === coin)!.size.digits > 0n;
    const crossedAt = (units: bigint) => {
      const price = found.value === "none" ? "" : text({ ...found.value, digits: found.value.digits + units });
      const { lines } = margin.assess(body, account, sceneOf({ ...marks, [coin]: price }));
      return lines.find(({ name }) => name === "maintenance")!.crossed;
    };
    // margins are cut at 6 decimals, so a few units of 8 decimals decide nothing
    expect([crossedAt(long ? -200n : 200n), crossedAt(long ? 200n : -200n)]).toEqual([true, false]);
  }
});

test("the rule of 2023 leaves out that maintenance moves with the price", () => {
  const body = bodyOf("-940000", [position("BTC", "10")]);
  const printed = (terms: HyperliquidTerms) => {
    const found = printedPrice(body, CROSS, "BTC", sceneOf({ BTC: "100000" }, terms));
    return found.ok && found.value !== "none" ? text(found.value) : "none";
  };
  // 1 % of 1,000,000: 100,000 - 50,000 / 10, and 95,000 / 0.99 - 1,000 / 0.99 at the line
  expect(printed(IN_2023)).toBe("95000.00000000");
  expect(printed({ ...IN_2023, rules: PRESENT.rules })).toBe("94949.49494949");
});

test("G: lines, health, what may leave", () => {
  const scene = sceneOf({ BTC: "100000" });
  const { lines, equity, free } = margin.assess(
    bodyOf("-940000", [position("BTC", "10", { leverage: "40" })]),
    CROSS,
    scene,
  );
  const needs = lines.map(({ name, required }) => [name, toNumber(required)]);
  expect(needs).toEqual([
    ["initial", 25_000],
    ["maintenance", 12_500],
    ["backstop", expect.closeTo(8_333.333333, 6)],
  ]);
  expect(equity.is === "known" && toNumber(equity.value)).toBe(60_000);
  // 10 % of the notional stays, more than the initial margin at 40x
  expect(free.is === "known" && toNumber(free.value)).toBe(0);
});

test("equality is safe, a millionth below is not; the backstop line decides with thirds that do not end", () => {
  const crossed = (cash: string, line: string) =>
    margin
      .assess(bodyOf(cash, [position("BTC", "1")]), CROSS, sceneOf({ BTC: "100000" }))
      .lines.find(({ name }) => name === line)!.crossed;
  expect([crossed("-98750", "maintenance"), crossed("-98750.000001", "maintenance")]).toEqual([false, true]);
  // 2/3 of 1,250 is 833.333...
  expect([crossed("-99166.666666", "backstop"), crossed("-99166.666667", "backstop")]).toEqual([false, true]);
});

test("the form of a line is the engine's line", () => {
  const body = bodyOf("-940000", [position("BTC", "10")]);
  for (const line of ["initial", "maintenance", "backstop"] as const) {
    const compiled = margin.compile(body, CROSS, sceneOf({ BTC: "100000" }), line);
    const exact = margin.assess(body, CROSS, sceneOf({ BTC: "100000" })).lines.find(({ name }) => name === line)!;
    if (!("form" in compiled)) throw new Error(JSON.stringify(compiled));
    expect(evaluate(compiled.form, [100_000]).need).toBeCloseTo(toNumber(exact.required), 5);
    expect(compiled.form.concave).toBe(true);
  }
});
