import type { BookEvent } from "@plimsoll/core/book";
import { canonical, holdingId, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import * as z from "zod";
import { binance } from "./index.ts";

const AT = ms(Date.UTC(2026, 10, 22));
const entry = {
  venue: "binance",
  wallet: { USDT: "40000" },
  positions: [
    { symbol: "BTCUSDT", side: "long", size: "5", entry: "100000", leverage: "10" },
    { symbol: "ETHUSDT", side: "short", size: "40", entry: "4000", margin: "isolated", isolatedWallet: "8000" },
  ],
  marks: {
    BTCUSDT: { price: "102000", unit: "USDT" },
    ETHUSDT: { price: "3900", unit: "USDT", at: "2026-11-21T23:59:00Z" },
  },
};
type Entry = Record<string, unknown>;
const read = (raw: Entry) => binance.readWritten(binance.written.parse(raw), holdingId("mine"), AT);

test("a written account becomes terms, marks and a holding that engine and journal read", () => {
  const events = read(entry);
  if (!events.ok) throw new Error(events.failure.code);
  expect(events.value.map(({ type }) => type)).toEqual(["terms", "price", "price", "holding"]);
  const [terms, , eth, holding] = events.value as [
    BookEvent & { type: "terms" },
    BookEvent,
    BookEvent,
    BookEvent & { type: "holding" },
  ];
  expect(eth).toMatchObject({ key: "binance:ETHUSDT:mark", kind: "mark", at: AT - 60_000 });
  expect(binance.engine.readable(holding.holding, terms.terms)).toEqual({ ok: true, value: undefined });
  const again = { ...holding.holding, body: JSON.parse(canonical(holding.holding.body)) as unknown };
  expect(binance.engine.accounts(again)).toEqual(["cross:USDT", "ETHUSDT:BOTH"]);
});

// oxfmt-ignore
test.each([
  ["unknown symbol",     { positions: [{ symbol: "PEPEUSDT", side: "long", size: "1", entry: "1" }] },                              "positions.0.symbol",  "PEPEUSDT"],
  ["wrong unit",         { marks: { BTCUSDT: { price: "1", unit: "USD" } } },                                                       "marks.BTCUSDT.unit",  "USD"],
  ["unknown mark",       { marks: { BTCEUR: { price: "1", unit: "EUR" } } },                                                        "marks.BTCEUR",        "BTCEUR"],
  ["no wallet",          { wallet: { BNB: "1" } },                                                                                  "wallet",              "USDT"],
  ["written twice",      { positions: [entry.positions[0], { ...entry.positions[0], side: "short" }] },                             "positions.1",         "BTCUSDT"],
] as const)("%s: the failure names path and value and what to do", (_case, change, path, value) => {
  const events = read({ ...entry, ...change });
  expect(events).toMatchObject({ ok: false, failure: { code: "binance/written", facts: { path, value } } });
  expect(events.ok || events.failure.facts["next"]).toBeTruthy();
});

// oxfmt-ignore
test.each([
  ["a negative size",          { positions: [{ ...entry.positions[0], size: "-5" }] },                    ["positions", 0, "size"]],
  ["a size of 0",              { positions: [{ ...entry.positions[0], size: "0.000" }] },                 ["positions", 0, "size"]],
  ["a number without quotes",  { positions: [{ ...entry.positions[0], entry: 100000 }] },                 ["positions", 0, "entry"]],
  ["an unknown key",           { positions: [{ ...entry.positions[0], leverge: "5" }] },                  ["positions", 0]],
  ["isolated without wallet",  { positions: [{ ...entry.positions[0], margin: "isolated" }] },            ["positions", 0, "isolatedWallet"]],
  ["a damaged balance",        { wallet: { USDT: "40.000,00" } },                                         ["wallet", "USDT"]],
] as const)("the schema refuses %s and says where", (_case, change, path) => {
  const parsed = binance.written.safeParse({ ...entry, ...change });
  expect(parsed.error?.issues[0]?.path).toEqual(path);
});

test("hedge mode may hold both sides of a symbol", () => {
  const pair = [entry.positions[0], { ...entry.positions[0], side: "short" }];
  expect(read({ ...entry, mode: "hedge", positions: pair }).ok).toBe(true);
});

test("the schema can be published as JSON Schema", () => {
  expect(z.toJSONSchema(binance.written, { io: "input" })).toMatchObject({
    type: "object",
    required: ["venue", "wallet"],
  });
});

test("the shipped document carries its hash and date", () => {
  expect(binance.terms[0]).toMatchObject({ venue: "binance", rules: "usdm-2025-09", validFrom: Date.UTC(2026, 4, 1) });
  expect(binance.terms[0]!.hash).toMatch(/^[0-9a-f]{64}$/);
});
