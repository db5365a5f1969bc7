import type { BookEvent } from "@plimsoll/core/book";
import { canonical, holdingId, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import * as z from "zod";
import { dydxV4 } from "./index.ts";

const AT = ms(Date.UTC(2026, 10, 22));
const BTC = { market: "BTC-USD", side: "long", size: "1.5" };
const entry = {
  venue: "dydx-v4",
  subaccounts: [
    { usdc: "-80000.000001", positions: [BTC] },
    { number: 128, usdc: "500" },
  ],
  prices: { "BTC-USD": { price: "90000", unit: "USD", at: "2026-11-21T23:59:00Z" } },
};
const read = (raw: Record<string, unknown>) => dydxV4.readWritten(dydxV4.written.parse(raw), holdingId("mine"), AT);
const withPositions = (...positions: readonly unknown[]) => ({ subaccounts: [{ usdc: "1", positions }] });

test("a written account becomes terms, oracle prices and a holding that engine and journal read", () => {
  const events = read(entry);
  if (!events.ok) throw new Error(events.failure.code);
  expect(events.value.map(({ type }) => type)).toEqual(["terms", "price", "holding"]);
  const [terms, price, last] = events.value as [
    BookEvent & { type: "terms" },
    BookEvent,
    BookEvent & { type: "holding" },
  ];
  expect(price).toMatchObject({ key: "dydx-v4:BTC-USD:oracle", kind: "oracle", at: AT - 60_000 });
  const holding = { ...last.holding, body: JSON.parse(canonical(last.holding.body)) as unknown };
  expect(dydxV4.engine.readable(holding, terms.terms)).toEqual({ ok: true, value: undefined });
  expect(dydxV4.engine.accounts(holding)).toEqual(["subaccount:0", "subaccount:128"]);
  expect(holding.body).toMatchObject({
    subaccounts: [{ quote: "-80000000001", positions: [{ size: "15000000000" }] }, {}],
  });
});

// oxfmt-ignore
test.each([
  ["unknown market",    withPositions({ ...BTC, market: "XYZ-USD" }),                        "subaccounts.0.positions.0.market", "XYZ-USD"],
  ["too many decimals", withPositions({ ...BTC, size: "0.00000000001" }),                    "subaccounts.0.positions.0.size",   "0.00000000001"],
  ["written twice",     withPositions(BTC, { ...BTC, side: "short" }),                       "subaccounts.0.positions.1",        "BTC-USD"],
  ["subaccount twice",  { subaccounts: [{ usdc: "1" }, { usdc: "2" }] },                     "subaccounts.1.number",             "0"],
  ["wrong unit",        { prices: { "BTC-USD": { price: "1", unit: "USDT" } } },             "prices.BTC-USD.unit",              "USDT"],
] as const)("%s: the failure names path and value and what to do", (_case, change, path, value) => {
  const events = read({ ...entry, ...change });
  expect(events).toMatchObject({ ok: false, failure: { code: "dydx-v4/written", facts: { path, value } } });
  expect(events.ok || events.failure.facts["next"]).toBeTruthy();
});

test("the schema refuses a negative size and finer money than the chain counts, and can be published", () => {
  const refused = (change: object) => dydxV4.written.safeParse({ ...entry, ...change }).error?.issues[0]?.path;
  expect(refused(withPositions({ ...BTC, size: "-1" }))).toEqual(["subaccounts", 0, "positions", 0, "size"]);
  expect(refused({ subaccounts: [{ usdc: "0.0000001" }] })).toEqual(["subaccounts", 0, "usdc"]);
  expect(z.toJSONSchema(dydxV4.written, { io: "input" })).toMatchObject({ required: ["venue", "subaccounts"] });
});
