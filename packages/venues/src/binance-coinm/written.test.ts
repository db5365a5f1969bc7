import type { BookEvent } from "@plimsoll/core/book";
import { canonical, holdingId, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { binanceCoinm } from "./index.ts";

const AT = ms(Date.UTC(2026, 10, 22));
const entry = {
  venue: "binance-coinm",
  wallet: { BTC: "2" },
  positions: [
    { symbol: "BTCUSD_PERP", side: "long", size: "3000", entry: "90000", leverage: "10" },
    { symbol: "BTCUSD_261225", side: "short", size: "500", entry: "95000", margin: "isolated", isolatedWallet: "0.1" },
  ],
  marks: { BTCUSD_PERP: { price: "88000", unit: "USD" }, BTCUSD_261225: { price: "88500.5", unit: "USD" } },
};
type Entry = Record<string, unknown>;
const read = (raw: Entry) => binanceCoinm.readWritten(binanceCoinm.written.parse(raw), holdingId("mine"), AT);

test("a written account becomes terms, marks of this venue and a holding that engine and journal read", () => {
  const events = read(entry);
  if (!events.ok) throw new Error(events.failure.code);
  const [terms, perpetual, , holding] = events.value as [
    BookEvent & { type: "terms" },
    BookEvent,
    BookEvent,
    BookEvent & { type: "holding" },
  ];
  expect(perpetual).toMatchObject({ key: "binance-coinm:BTCUSD_PERP:mark", kind: "mark" });
  expect(holding.holding).toMatchObject({ venue: "binance-coinm", rules: "coinm-2025-09" });
  expect(binanceCoinm.engine.readable(holding.holding, terms.terms)).toEqual({ ok: true, value: undefined });
  const again = { ...holding.holding, body: JSON.parse(canonical(holding.holding.body)) as unknown };
  expect(binanceCoinm.engine.accounts(again)).toEqual(["cross:BTC", "BTCUSD_261225:BOTH"]);
});

// oxfmt-ignore
test.each([
  ["unknown symbol",  { positions: [{ symbol: "BTCUSDT", side: "long", size: "1", entry: "1" }] },  "positions.0.symbol",      "BTCUSDT"],
  ["wrong unit",      { marks: { BTCUSD_PERP: { price: "1", unit: "BTC" } } },                      "marks.BTCUSD_PERP.unit",  "BTC"],
  ["no wallet",       { wallet: { USDT: "1" } },                                                    "wallet",                  "BTC"],
] as const)("%s: the failure names path and value and what to do", (_case, change, path, value) => {
  const events = read({ ...entry, ...change });
  expect(events).toMatchObject({ ok: false, failure: { code: "binance/written", facts: { path, value } } });
  expect(events.ok || events.failure.facts["next"]).toBeTruthy();
});

test("an account of another venue is not this one's", () => {
  expect(binanceCoinm.written.safeParse({ ...entry, venue: "binance" }).success).toBe(false);
});
