import type { BookEvent } from "@plimsoll/core/book";
import { accountKey, canonical, holdingId, ms, text } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bybit } from "./index.ts";
import { readEffect } from "./read-effect.ts";

const AT = ms(Date.UTC(2026, 10, 22));
const BTC = { symbol: "BTCPERP", side: "long", size: "1", entry: "60000", leverage: "20" };
const entry = {
  venue: "bybit",
  balances: { USDC: "20000", BTC: "0.5" },
  positions: [BTC, { symbol: "BTCUSD", side: "short", size: "10000", entry: "62000", leverage: "5" }],
  marks: {
    BTCPERP: { price: "60000", unit: "USDC" },
    BTCUSD: { price: "60010", unit: "USD", at: "2026-11-21T23:59:00Z" },
  },
  indexes: { USDC: { price: "1", unit: "USD" }, BTC: { price: "60000", unit: "USD" } },
};
const read = (raw: Record<string, unknown>) => bybit.readWritten(bybit.written.parse(raw), holdingId("mine"), AT);
function eventsOf(raw: Record<string, unknown>) {
  const events = read(raw);
  if (!events.ok) throw new Error(JSON.stringify(events.failure));
  const of = <T extends BookEvent["type"]>(type: T) =>
    events.value.filter((event): event is Extract<BookEvent, { type: T }> => event.type === type);
  return { terms: of("terms")[0]!.terms, prices: of("price"), holding: of("holding")[0]!.holding };
}
/** What the engine says of a written account. */
function assessed(raw: Record<string, unknown>, account = "wallet") {
  const { terms, prices, holding } = eventsOf(raw);
  const quotes = new Map(prices.map(({ key, price, kind, at }) => [key, { value: price, kind, asOf: at }]));
  return bybit.engine.assess(holding, accountKey(account), { now: AT, quotes, terms });
}

test("a written account becomes terms, marks, indexes and a holding that engine and journal read", () => {
  const { terms, prices, holding } = eventsOf(entry);
  expect(terms).toMatchObject({ rules: "mark-2025-09", venue: "bybit" });
  expect(prices.map(({ key, kind }) => `${key} ${kind}`)).toEqual([
    "bybit:BTCPERP:mark mark",
    "bybit:BTCUSD:mark mark",
    "bybit:USDC:index index",
    "bybit:BTC:index index",
  ]);
  expect(prices[1]?.at).toBe(AT - 60_000);
  const reread = { ...holding, body: JSON.parse(canonical(holding.body)) as unknown };
  expect(bybit.engine.readable(reread, terms)).toEqual({ ok: true, value: undefined });
  expect(bybit.engine.accounts(reread)).toEqual(["wallet"]);
  expect(reread.body).toMatchObject({ positions: [{ side: "one-way" }, { coin: "BTC", size: { digits: "-10000" } }] });
});

test("in isolated margin a position posts what its leverage asks, or what is written", () => {
  const isolated = { ...entry, mode: "isolated", positions: [BTC] };
  expect(bybit.engine.accounts(eventsOf(isolated).holding)).toEqual(["wallet", "BTCPERP:one-way"]);
  // 60,000 / 20 and 0.055 % of 57,000
  expect(eventsOf(isolated).holding.body).toMatchObject({
    positions: [{ posted: { digits: 3_031_350_000_000_000_000_000n, scale: 18 } }],
  });
  const written = { ...isolated, positions: [{ ...BTC, postedMargin: "3500" }] };
  expect(eventsOf(written).holding.body).toMatchObject({ positions: [{ posted: { digits: 3500n } }] });
});

test("an account is judged by the rules that it names", () => {
  const old = {
    venue: "bybit",
    rules: "entry-2022-12",
    balances: { USDT: "100" },
    positions: [{ symbol: "XRPUSDT", side: "long", size: "100", entry: "0.3615", leverage: "10" }],
    marks: { XRPUSDT: { price: "0.3432", unit: "USDT" } },
    indexes: { USDT: { price: "1", unit: "USD" } },
  };
  // source: a recorded position of December 2022
  const required = (raw: Record<string, unknown>) =>
    text(assessed(raw).lines.find(({ name }) => name === "maintenance")!.required).replace(/0+$/, "");
  expect(required(old)).toBe("0.381021");
  const terms = {
    source: "the same table",
    date: "2025-09-02",
    contracts: {
      XRPUSDT: {
        type: "linear",
        settle: "USDT",
        quote: "USDT",
        tick: "0.0001",
        step: "1",
        takerFee: "0.0006",
        complete: false,
        tiers: [{ floor: "0", cap: "200000", mmr: "0.01", deduction: "" }],
      },
    },
  };
  // 34.32 * (0.01 + 0.0006 * 0.9)
  expect(required({ ...old, rules: "mark-2025-09", terms })).toBe("0.3617328");
});

test("coins that are switched off, resting orders and the leverage of borrowing are part of it", () => {
  const { body } = eventsOf({ ...entry, notCollateral: ["BTC"], orderLoss: "12.5", spotLeverage: "4" }).holding;
  expect(body).toMatchObject({
    balances: [
      { coin: "USDC", collateral: true },
      { coin: "BTC", collateral: false },
    ],
    orderLoss: { digits: 125n, scale: 1 },
    spotLeverage: { digits: 4n, scale: 0 },
  });
});

test("tables of an account's own make a document of its own, laid over the shipped one", () => {
  const terms = { source: "my own page", date: "2026-11-01", coins: { USDC: { ratios: [{ rate: "0.5" }] } } };
  const { terms: document, holding } = eventsOf({ ...entry, terms });
  expect(document).toMatchObject({ market: "mine", body: { coins: { USDC: { ratios: [{ rate: "0.5" }] } } } });
  expect(holding.market).toBe("mine");
  expect(assessed({ ...entry, terms }).equity).toMatchObject({ is: "known" });
});

// oxfmt-ignore
test.each([
  ["unknown symbol",   { positions: [{ ...BTC, symbol: "PEPEUSDT" }] },            "positions.0.symbol",       "PEPEUSDT"],
  ["unknown coin",     { balances: { USDC: "1", PEPE: "5" } },                     "balances.PEPE",            "PEPE"],
  ["hedge in USDC",    { positionMode: "hedge", positions: [BTC] },                "positionMode",             "BTCPERP"],
  ["margin in cross",  { positions: [{ ...BTC, postedMargin: "5" }] },             "positions.0.postedMargin", "5"],
  ["wrong mark unit",  { marks: { BTCPERP: { price: "1", unit: "USDT" } } },       "marks.BTCPERP.unit",       "USDT"],
  ["wrong index unit", { indexes: { BTC: { price: "1", unit: "USDT" } } },         "indexes.BTC.unit",         "USDT"],
  ["unknown mark",     { marks: { PEPEUSDT: { price: "1", unit: "USDT" } } },      "marks.PEPEUSDT",           "PEPEUSDT"],
  ["a bad table",      { terms: { source: "me", date: "2026-01-01", coins: { BTC: { ratios: [] } } } }, "terms", "BTC"],
  ["written twice",    { positions: [BTC, BTC] },                                  "",                         "mine"],
] as const)("%s: the failure names path and value and what to do", (_case, change, path, value) => {
  const events = read({ ...entry, ...change });
  expect(events).toMatchObject({ ok: false, failure: { code: "bybit/written", facts: { path, value } } });
  expect(events.ok || events.failure.facts["next"]).toBeTruthy();
});

// oxfmt-ignore
test.each([
  ["a negative size",     { positions: [{ ...BTC, size: "-5" }] },           ["positions", 0, "size"]],
  ["no leverage",         { positions: [{ ...BTC, leverage: undefined }] },  ["positions", 0, "leverage"]],
  ["a number",            { balances: { USDC: 40000 } },                     ["balances", "USDC"]],
  ["another mode",        { mode: "portfolio" },                             ["mode"]],
  ["rules of no day",     { rules: "mark" },                                 ["rules"]],
  ["an unknown field",    { wallet: {} },                                    []],
] as const)("the schema refuses %s and says where", (_case, change, path) => {
  const parsed = bybit.written.safeParse({ ...entry, ...change });
  expect(parsed.success ? undefined : parsed.error.issues[0]?.path).toEqual(path);
});

test("effects read back from their journal text; damaged ones never become a number", () => {
  const fill = {
    symbol: "BTCPERP",
    side: "one-way",
    trade: "sell",
    size: { digits: 5n, scale: 1 },
    price: { digits: 6n, scale: 0 },
    fee: { digits: 0n, scale: 0 },
  };
  const effects = [
    { was: "fill", body: fill },
    { was: "adl", body: { ...fill, leverage: { digits: 3n, scale: 0 } } },
    { was: "funding", body: { symbol: "BTCPERP", rate: { digits: -1n, scale: 4 } } },
    {
      was: "funding",
      body: { coin: "USDC", amount: { digits: 5n, scale: 0 }, position: { symbol: "BTCPERP", side: "one-way" } },
    },
    { was: "interest", body: { coin: "USDC", amount: { digits: -5n, scale: 2 } } },
  ] as const;
  for (const effect of effects) {
    const again = readEffect({ was: effect.was, body: JSON.parse(canonical(effect.body)) });
    expect(again).toEqual({ ok: true, value: effect });
    fc.assert(
      fc.property(fc.constantFrom("x", "", "1.5", "NaN", null, {}), (junk) => {
        const broken = canonical(effect.body).replace(/"digits":"-?\d+"/, `"digits":${JSON.stringify(junk)}`);
        expect(readEffect({ was: effect.was, body: JSON.parse(broken) }).ok).toBe(false);
      }),
      { numRuns: 12 },
    );
  }
  expect(readEffect({ was: "redemption", body: {} })).toMatchObject({
    ok: false,
    failure: { code: "bybit/no-such-effect" },
  });
});
