import type { ExchangeFeed } from "@plimsoll/venues/wire";
import type { Holding, Terms } from "@plimsoll/core/book";
import type { Quote } from "@plimsoll/core/margin";
import {
  type Exact,
  type QuoteKey,
  accountKey,
  add,
  compare,
  dec,
  exact,
  holdingId,
  magnitude,
  multiply,
  quotient,
  subtract,
  text,
  toNumber,
} from "@plimsoll/core/units";
import { type RunningExchange, fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { afterEach, expect, test } from "vitest";
import { binanceClient } from "./client.ts";
import { binanceFeed } from "./feed.ts";
import type { Body } from "./holding.ts";
import { binance } from "./index.ts";
import type { Client } from "./transport.ts";

// What the engine foretells of a liquidation, at the venue's own mark and fills, against what the simulated venue did.
const BTC = "BTC/USDT:USDT";
let running: RunningExchange;
let client: Client;
let feed: ExchangeFeed;

async function open(cash: string, margin: "cross" | "isolated", clearance = "0.0125"): Promise<void> {
  running = await startBinance({
    instruments: [{ ...listings.BTCUSDT, liquidationFee: fixed(clearance) }],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 10, 22),
    keys: [{ account: "me", key: "key", secret: "secret" }],
  });
  running.exchange.deposit("me", "USDT", cash);
  const login = { key: "key", secret: "secret", localPort: running.port };
  client = await binanceClient({ ...login, clock: () => running.exchange.now() });
  feed = binanceFeed(client, { holding: holdingId("mine"), symbols: ["BTCUSDT"] });
  if (margin === "isolated") await client.setMarginMode(margin, BTC);
  await client.setLeverage(20, BTC);
}
afterEach(async () => {
  await client.close();
  await running.stop();
});

interface Reading {
  readonly holding: Holding;
  readonly body: Body;
  readonly terms: Terms<unknown>;
  readonly quotes: ReadonlyMap<QuoteKey, Quote>;
}
async function read(): Promise<Reading> {
  const events = await feed.snapshot();
  if (!events.ok) throw new Error(`${events.failure.code} ${JSON.stringify(events.failure.facts)}`);
  const holding = events.value.find((event) => event.type === "holding")!.holding;
  const terms = events.value.find((event) => event.type === "terms")!.terms;
  const mark = events.value.find((event) => event.type === "price")!;
  const quotes = new Map([[mark.key, { value: mark.price, kind: mark.kind, asOf: mark.at }]]);
  return { holding, body: holding.body as Body, terms, quotes };
}

type Row = Readonly<Record<string, string>>;
const trades = async () => (await client.fapiPrivateGetUserTrades({ symbol: "BTCUSDT" })) as readonly Row[];
const total = (rows: readonly Row[], value: (row: Row) => Exact): Exact =>
  rows.reduce((sum, row) => add(sum, value(row)), exact(0n));
const sizeOf = (row: Row) => dec(row["qty"]!);
/** The average price of trades, at 30 decimals. */
const average = (rows: readonly Row[]): Exact =>
  quotient(
    total(rows, (row) => multiply(sizeOf(row), dec(row["price"]!))),
    total(rows, sizeOf),
    30,
    "half-even",
  );

/** Lowers the price by steps until the venue trades by itself; its forced trades. */
async function fall(from: number, by: number): Promise<readonly Row[]> {
  const own = (await trades()).length;
  for (let price = from; price > 80_000; price -= by) {
    running.exchange.setReference("BTCUSDT", `${price}`);
    const forced = (await trades()).slice(own);
    if (forced.length > 0) return forced;
  }
  throw new Error("nothing was liquidated");
}

function foretell(before: Reading, { quotes, holding: { asOf: now } }: Reading, price: Exact) {
  const account = accountKey(before.body.positions[0]!.margin.mode === "cross" ? "cross:USDT" : "BTCUSDT:BOTH");
  const fill = { is: "known", value: price, from: "derived", asOf: now } as const;
  const scene = { now, quotes, terms: before.terms };
  return binance.engine.liquidate(before.holding, account, scene, { fill: () => fill }, "worst-for-owner");
}

test("a forced sale of a part is what the engine foretells at the same mark and fill", async () => {
  await open("2100000", "isolated");
  for (let part = 0; part < 10; part++) {
    await client.createOrder(BTC, "market", "buy", 15);
    running.exchange.advance(30_000);
  }
  const before = await read();
  const forced = await fall(99_900, 100);
  const now = await read();
  const steps = foretell(before, now, average(forced));
  const left = (body: Body) => toNumber(body.positions[0]!.size);
  const foretold = left(before.body) - left(steps.at(-1)!.after.body as Body);
  // part of it went, and the same part within 2 %: the venue walks its book level by level, here every size has one price
  expect(left(now.body)).toBeGreaterThan(100);
  expect(Math.abs(foretold / toNumber(total(forced, sizeOf)) - 1)).toBeLessThan(0.02);
});

// Maintenance is 0.4 % of the notional. Commission of 0.05 % and a clearance fee of 0.1 % fit into it and are paid in full; with the
// listed 1.25 % the account cannot pay them: both sides take the commission, then what is left, and the owner keeps nothing.
test.for([
  ["cross", "0.001", "whole"],
  ["isolated", "0.001", "whole"],
  ["cross", "0.0125", "what is left"],
  ["isolated", "0.0125", "what is left"],
] as const)("a %s account that goes whole, clearance fee %s: %s is paid", async ([margin, clearance, paid]) => {
  await open("20000", margin, clearance);
  await client.createOrder(BTC, "market", "buy", 2);
  const before = await read();
  const forced = await fall(99_900, 20);
  const now = await read();
  const [step, ...more] = foretell(before, now, average(forced));
  expect([now.body.positions, more]).toEqual([[], []]);
  const incomes = (await client.fapiPrivateGetIncome({ incomeType: "INSURANCE_CLEAR" })) as readonly Row[];
  const fees = add(
    total(forced, (row) => dec(row["commission"]!)),
    total(incomes, (row) => magnitude(dec(row["income"]!))),
  );
  // the venue cuts every commission to 8 decimals, the engine rounds their sum against the owner
  const near = dec(`0.0000000${forced.length + 1}`);
  const apart = (one: Exact, other: Exact) => text(magnitude(subtract(one, other)));
  const cross = ({ wallets }: Body): Exact => wallets[0]!.cross;
  const after = step!.after.body as Body;
  expect(after.positions).toEqual([]);
  expect(compare(dec(apart(cross(after), cross(now.body))), near)).toBeLessThanOrEqual(0);
  expect(compare(dec(apart(step!.fee[0]!.amount, fees)), near)).toBeLessThanOrEqual(0);
  const keptOfMargin = margin === "cross" ? cross(now.body) : subtract(cross(now.body), cross(before.body));
  expect(compare(keptOfMargin, dec("1"))).toBe(paid === "whole" ? 1 : -1);
});

test.for(["cross", "isolated"] as const)(
  "a %s account that falls through its bankruptcy price goes to the fund",
  async (margin) => {
    await open("20000", margin);
    await client.createOrder(BTC, "market", "buy", 2);
    const before = await read();
    running.exchange.setReference("BTCUSDT", "85000");
    const now = await read();
    const [step, ...more] = foretell(before, now, dec("85000"));
    expect([now.body.positions, more]).toEqual([[], []]);
    expect(step!.what).toContain("insurance fund takes over BTCUSDT:BOTH");
    expect(step!.fee).toEqual([]);
    expect(await client.fapiPrivateGetIncome({ incomeType: "INSURANCE_CLEAR" })).toEqual([]);
    const [ours, theirs] = [step!.after.body as Body, now.body].map(({ wallets }) => toNumber(wallets[0]!.cross));
    expect(ours).toBe(theirs);
  },
);
