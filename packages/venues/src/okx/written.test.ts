import type { BookEvent } from "@plimsoll/core/book";
import { canonical, holdingId, ms, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import * as z from "zod";
import { okx } from "./index.ts";

const AT = ms(Date.UTC(2026, 10, 22));
const futures = {
  venue: "okx",
  balances: { USDT: "5000" },
  positions: [
    { instrument: "BTC-USDT-SWAP", side: "long", contracts: "10", entry: "100000", leverage: "10" },
    {
      instrument: "BTC-USDT-SWAP",
      side: "short",
      contracts: "5",
      entry: "99000",
      margin: "isolated",
      isolatedMargin: "800",
    },
  ],
  marks: { "BTC-USDT-SWAP": { price: "98000", unit: "USDT", at: "2026-11-21T23:59:00Z" } },
};
const coins = {
  USDT: { discountBy: "usd", discounts: [{ rate: "1" }], borrow: [{ rate: "0.03" }] },
  BTC: { discountBy: "coins", discounts: [{ cap: "20", rate: "0.98" }, { rate: "0" }], borrow: [{ rate: "0.04" }] },
};
const pairs = {
  "LTC-USDT": {
    base: "LTC",
    quote: "USDT",
    takerFee: "0.001",
    tiers: [{ baseLoan: "100", quoteLoan: "10000", mmr: "0.05" }],
  },
};
const multi = {
  venue: "okx",
  mode: "multi-currency",
  balances: { USDT: "-1000", BTC: "0.5" },
  positions: [futures.positions[0]],
  loans: [{ instrument: "LTC-USDT", coin: "USDT", held: { quote: "120" }, owed: { base: "1" } }],
  marks: { ...futures.marks, "LTC-USDT": { price: "100", unit: "USDT" } },
  indexes: { USDT: { price: "1", unit: "USD" }, BTC: { price: "98000", unit: "USD" } },
  terms: { source: "the venue's pages", date: "2026-11-20", coins, pairs },
};
type Entry = Record<string, unknown>;
const read = (raw: Entry) => okx.readWritten(okx.written.parse(raw), holdingId("mine"), AT);
type Of<K extends BookEvent["type"]> = Extract<BookEvent, { readonly type: K }>;

test("a futures account becomes terms, marks and a holding that engine and journal read", () => {
  const events = read(futures);
  if (!events.ok) throw new Error(JSON.stringify(events.failure));
  expect(events.value.map(({ type }) => type)).toEqual(["terms", "price", "holding"]);
  const [terms, mark, { holding }] = events.value as unknown as [Of<"terms">, Of<"price">, Of<"holding">];
  expect(mark).toMatchObject({ key: "okx:BTC-USDT-SWAP:mark", kind: "mark", at: AT - 60_000 });
  expect(okx.engine.readable(holding, terms.terms)).toEqual({ ok: true, value: undefined });
  const again = { ...holding, body: JSON.parse(canonical(holding.body)) as unknown };
  expect(okx.engine.accounts(again)).toEqual(["cross:USDT", "BTC-USDT-SWAP:net"]);
});

test("a multi-currency account brings tables of its own, under its own market", () => {
  const events = read(multi);
  if (!events.ok) throw new Error(JSON.stringify(events.failure));
  const [{ terms }] = events.value as unknown as [Of<"terms">];
  const { holding } = events.value.at(-1) as Of<"holding">;
  expect([terms.market, holding.market, terms.hash === okx.terms[0]!.hash]).toEqual(["mine", "mine", false]);
  const prices = events.value.filter((each): each is Of<"price"> => each.type === "price");
  const quotes = new Map(prices.map(({ key, price, kind, at }) => [key, { value: price, kind, asOf: at }]));
  const scene = { now: AT, quotes, terms };
  const assessed = okx.engine.accounts(holding).map((account) => okx.engine.assess(holding, account, scene));
  // 0.5 BTC at 98 % less the debt of 1,000 and the loss of 200; 0.45 % of 9,800 and 3 % of 1,200; the loan 120 - 100 on 5.105
  expect(assessed.map(({ lines }) => lines.map(({ required }) => toNumber(required))[1])).toEqual([80.1, 5.105]);
  expect(assessed.map(({ equity }) => (equity.is === "known" ? toNumber(equity.value) : equity))).toEqual([46_820, 20]);
});

// oxfmt-ignore
test.each([
  ["unknown instrument",      futures, { positions: [{ ...futures.positions[0], instrument: "PEPE-USDT-SWAP" }] },  "positions.0.instrument",   "PEPE-USDT-SWAP"],
  ["wrong unit",              futures, { marks: { "BTC-USDT-SWAP": { price: "1", unit: "USD" } } },                 "marks.BTC-USDT-SWAP.unit", "USD"],
  ["unknown mark",            futures, { marks: { "BTC-EUR": { price: "1", unit: "EUR" } } },                       "marks.BTC-EUR",            "BTC-EUR"],
  ["no balance",              futures, { balances: { BTC: "1" } },                                                  "balances",                 "USDT"],
  ["a coin without tables",   multi,   { balances: { USDT: "1", DOGE: "1" } },                                      "balances.DOGE",            "DOGE"],
  ["an index in coins",       multi,   { indexes: { BTC: { price: "1", unit: "USDT" } } },                          "indexes.BTC.unit",         "USDT"],
  ["a loan of another coin",  multi,   { loans: [{ ...multi.loans[0], coin: "BTC" }] },                             "loans.0.coin",             "BTC"],
  ["a table with a lost row", multi,   { terms: { ...multi.terms, coins: { ...coins, USDT: { ...coins.USDT, discounts: [{ cap: "1", rate: "1" }] } } } }, "terms", "USDT"],
] as const)("%s: the failure names path and value and what to do", (_case, entry, change, path, value) => {
  const events = read({ ...entry, ...change });
  expect(events).toMatchObject({ ok: false, failure: { code: "okx/written", facts: { path, value } } });
  expect(events.ok || events.failure.facts["next"]).toBeTruthy();
});

test("one instrument twice on the same margin is refused, in long/short mode two sides are not", () => {
  const [long] = futures.positions;
  const pair = [long, { ...long, side: "short" }];
  expect(read({ ...futures, positions: pair }).ok).toBe(false);
  expect(read({ ...futures, positionMode: "long-short", positions: pair }).ok).toBe(true);
});

// oxfmt-ignore
test.each([
  ["a negative size",         { positions: [{ ...futures.positions[0], contracts: "-5" }] },            ["positions", 0, "contracts"]],
  ["a number without quotes", { positions: [{ ...futures.positions[0], entry: 100000 }] },              ["positions", 0, "entry"]],
  ["an unknown key",          { positions: [{ ...futures.positions[0], leverge: "5" }] },               ["positions", 0]],
  ["isolated without margin", { positions: [{ ...futures.positions[0], margin: "isolated" }] },         ["positions", 0, "isolatedMargin"]],
  ["a damaged balance",       { balances: { USDT: "40.000,00" } },                                      ["balances", "USDT"]],
  ["portfolio margin",        { mode: "portfolio" },                                                    ["mode"]],
] as const)("the schema refuses %s and says where", (_case, change, path) => {
  const parsed = okx.written.safeParse({ ...futures, ...change });
  expect(parsed.success ? [] : parsed.error.issues.map((issue) => issue.path)).toContainEqual(path);
});

test("the schema can be published as JSON Schema", () => {
  expect(z.toJSONSchema(okx.written, { io: "input" })).toMatchObject({
    type: "object",
    required: ["venue", "balances"],
  });
});

test("what the venue did is refused as an effect: the next reading shows it", () => {
  const events = read(futures);
  if (!events.ok) throw new Error(events.failure.code);
  const { holding } = events.value.at(-1) as Of<"holding">;
  const scene = { now: AT, quotes: new Map(), terms: okx.terms[0]! };
  expect(okx.engine.apply(holding, { was: "funding", body: {} }, scene)).toMatchObject({
    failure: { code: "okx/no-such-effect" },
  });
});
