import type { BookEvent } from "@plimsoll/core/book";
import { canonical, holdingId, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import * as z from "zod";
import { hyperliquid } from "./index.ts";

const AT = ms(Date.UTC(2026, 10, 22));
const BTC = { coin: "BTC", side: "long", size: "10", entry: "100000", leverage: "10" };
const entry = {
  venue: "hyperliquid",
  balance: { main: "60000" },
  positions: [
    BTC,
    { coin: "ETH", side: "short", size: "4", entry: "3000", leverage: "5", margin: "isolated", isolatedMargin: "900" },
  ],
  marks: { BTC: { price: "100000", unit: "USDC" }, ETH: { price: "3100", unit: "USDC", at: "2026-11-21T23:59:00Z" } },
};
const read = (raw: Record<string, unknown>) =>
  hyperliquid.readWritten(hyperliquid.written.parse(raw), holdingId("mine"), AT);

test("a written account becomes terms, marks and a holding that engine and journal read", () => {
  const events = read(entry);
  if (!events.ok) throw new Error(events.failure.code);
  expect(events.value.map(({ type }) => type)).toEqual(["terms", "price", "price", "holding"]);
  const [terms, , eth, last] = events.value as [
    BookEvent & { type: "terms" },
    BookEvent,
    BookEvent,
    BookEvent & { type: "holding" },
  ];
  expect(eth).toMatchObject({ key: "hyperliquid:ETH:mark", kind: "mark", at: AT - 60_000 });
  const holding = { ...last.holding, body: JSON.parse(canonical(last.holding.body)) as unknown };
  expect(hyperliquid.engine.readable(holding, terms.terms)).toEqual({ ok: true, value: undefined });
  expect(hyperliquid.engine.accounts(holding)).toEqual(["cross", "isolated:ETH"]);
  expect(holding.body).toMatchObject({ pools: [{ cash: { digits: "-940000000000", scale: 6 } }] });
  expect(holding.body).toMatchObject({ positions: [{}, { margin: { cash: { digits: "12900000000", scale: 6 } } }] });
});

// oxfmt-ignore
test.each([
  ["unknown coin",    { positions: [{ ...BTC, coin: "PEPE" }] },              "positions.0.coin",  "PEPE"],
  ["unknown dex",     { balance: { main: "1", km: "1" } },                    "balance",           "km"],
  ["no balance",      { balance: {} },                                        "balance",           "main"],
  ["written twice",   { positions: [BTC, { ...BTC, side: "short" }] },        "positions.1",       "BTC"],
  ["wrong unit",      { marks: { BTC: { price: "1", unit: "USDT" } } },       "marks.BTC.unit",    "USDT"],
  ["unknown mark",    { marks: { PEPE: { price: "1", unit: "USDC" } } },      "marks.PEPE",        "PEPE"],
] as const)("%s: the failure names path and value and what to do", (_case, change, path, value) => {
  const events = read({ ...entry, ...change });
  expect(events).toMatchObject({ ok: false, failure: { code: "hyperliquid/written", facts: { path, value } } });
  expect(events.ok || events.failure.facts["next"]).toBeTruthy();
});

// oxfmt-ignore
test.each([
  ["a negative size",          { positions: [{ ...BTC, size: "-5" }] },               ["positions", 0, "size"]],
  ["no leverage",              { positions: [{ ...BTC, leverage: undefined }] },      ["positions", 0, "leverage"]],
  ["isolated without margin",  { positions: [{ ...BTC, margin: "isolated" }] },       ["positions", 0, "isolatedMargin"]],
  ["a damaged balance",        { balance: { main: "40.000,00" } },                    ["balance", "main"]],
] as const)("the schema refuses %s and says where", (_case, change, path) => {
  const parsed = hyperliquid.written.safeParse({ ...entry, ...change });
  expect(parsed.error?.issues[0]?.path).toEqual(path);
});

test("the schema can be published as JSON Schema", () => {
  const schema = z.toJSONSchema(hyperliquid.written, { io: "input" });
  expect(schema).toMatchObject({ type: "object", required: ["venue", "balance"] });
});
