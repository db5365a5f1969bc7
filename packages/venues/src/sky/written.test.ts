import type { BookEvent } from "@plimsoll/core/book";
import { holdingId, ms, text } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { type SkyTerms, sky } from "./index.ts";

const at = ms(1_760_000_000_000);
const usd = (price: string, next = price) => ({ price, next, unit: "USD" });
const entry = {
  venue: "sky",
  vaults: [{ id: "31337", type: "ETH-A", collateral: "10", debt: "20000" }],
  prices: { ETH: usd("3000", "2800") },
};
const read = (change: object = {}) => sky.readWritten(sky.written.parse({ ...entry, ...change }), holdingId("a1"), at);

function judge(events: readonly BookEvent[], later = 0) {
  const holding = events.find((event) => event.type === "holding")!.holding;
  const terms = events.find((event) => event.type === "terms")!.terms;
  const prices = events.filter((event) => event.type === "price");
  const quotes = new Map(prices.map(({ key, price, kind, at: asOf }) => [key, { value: price, kind, asOf }] as const));
  const scene = { now: at, quotes, terms };
  const then = sky.engine.advance(holding, ms(at + later), scene);
  return sky.engine.accounts(holding).map((account) => sky.engine.assess(then, account, scene));
}
const linesOf = (change: object = {}, later = 0) => {
  const events = read(change);
  if (!events.ok) throw new Error(JSON.stringify(events.failure));
  return judge(events.value, later).map(({ account, lines }) => [account, ...lines.map(({ health }) => text(health))]);
};

test("a written vault has a line at each of its two prices", () => {
  expect(linesOf()).toEqual([["sky:ETH-A:31337", "1.034482758620689655", "0.965517241379310344"]]);
});

test("parameters that governance changed since make terms of the account's own", () => {
  expect(linesOf({ parameters: { "ETH-A": { liquidationRatio: "1.5" } } })[0]![1]).toBe("1.000000000000000000");
  const events = read({ parameters: { "ETH-A": { leastDebt: "10000", penalty: "0.05" } } });
  const terms = events.ok ? events.value.find((event) => event.type === "terms")!.terms : undefined;
  const { ilks } = terms!.body as SkyTerms;
  expect(terms).toMatchObject({ market: "ethereum/a1" });
  expect(ilks[0]).toMatchObject({ chop: 1_050000000000000000n, dust: 10_000n * 10n ** 45n });
  expect(ilks[1]).toMatchObject({ chop: 1_130000000000000000n });
  expect(terms!.hash).not.toBe(sky.terms[0]!.hash);
});

test("a fee counts by the second; without one no interest is counted and the account says so", () => {
  const year = 365 * 86_400_000;
  // 1.0344827586206896 / 1.05
  expect(linesOf({ fees: { "ETH-A": "0.05" } }, year)[0]![1]).toMatch(/^0\.985221674/);
  expect(linesOf({}, year)[0]![1]).toBe("1.034482758620689655");
  const events = read();
  expect(events.ok && judge(events.value)[0]!.explain.formula).toContain("no interest counted");
});

test("several vaults share a wallet and the prices of their collateral", () => {
  const second = { id: "8", type: "WBTC-A", collateral: "0.5", debt: "0" };
  const both = {
    vaults: [...entry.vaults, second],
    wallet: { DAI: "100", WBTC: "0" },
    prices: { ...entry.prices, WBTC: usd("60000") },
  };
  expect(linesOf(both).map(([account]) => account)).toEqual(["sky:ETH-A:31337", "sky:WBTC-A:8"]);
});

describe("what cannot be right is refused with its place", () => {
  const [vault] = entry.vaults;
  // oxfmt-ignore
  test.each<[string, object, string]>([
    ["vaults.0.type",        { vaults: [{ ...vault, type: "DOGE-A" }] },                                "write one of"],
    ["vaults.1.id",          { vaults: [vault, vault] },                                                "once"],
    ["vaults.0.collateral",  { vaults: [{ ...vault, collateral: "1.0000000000000000001" }] },           "18 decimals"],
    ["vaults.0.collateral",  { vaults: [{ ...vault, type: "WBTC-A", collateral: "0.000000001" }] },     "8 decimals"],
    ["vaults.0.debt",        { vaults: [{ ...vault, debt: "1.0000000000000000001" }] },                 "18 decimals"],
    ["fees.ETH-B",           { fees: { "ETH-B": "0.05" } },                                             "ETH-A"],
    ["wallet.DOGE",          { wallet: { DOGE: "1" } },                                                 "DAI"],
    ["wallet.DAI",           { wallet: { DAI: "1.0000000000000000001" } },                              "18 decimals"],
    ["prices.ETH",           { prices: {} },                                                            "next"],
    ["prices.DOGE",          { prices: { ...entry.prices, DOGE: usd("1") } },                           "write one of"],
    ["prices.ETH.unit",      { prices: { ETH: { ...usd("3000"), unit: "EUR" } } },                      "USD"],
    ["parameters.DOGE-A",    { parameters: { "DOGE-A": { penalty: "0.1" } } },                          "write one of"],
  ])("%s", (path, change, next) => {
    const events = read(change);
    expect(events).toMatchObject({ ok: false, failure: { code: "sky/written", facts: { path } } });
    if (events.ok) return;
    expect(events.failure.facts["next"]).toContain(next);
    expect(events.failure.facts["value"]).toBeTruthy();
  });

  // oxfmt-ignore
  test.each<[string, object]>([
    ["a price without the queued one",  { prices: { ETH: { price: "3000", unit: "USD" } } }],
    ["a price of 0",                    { prices: { ETH: usd("0") } }],
    ["a negative debt",                 { vaults: [{ ...entry.vaults[0], debt: "-1" }] }],
    ["a fee in per cent",               { fees: { "ETH-A": "5.25" } }],
    ["a ratio below 1",                 { parameters: { "ETH-A": { liquidationRatio: "0.5" } } }],
    ["no vault at all",                 { vaults: [] }],
    ["a vault by a sentence",           { vaults: [{ ...entry.vaults[0], id: "my vault" }] }],
    ["an unknown field",                { vault: [] }],
  ])("%s does not pass the schema", (_case, change) => {
    expect(sky.written.safeParse({ ...entry, ...change }).success).toBe(false);
  });
});
