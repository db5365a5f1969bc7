import type { BookEvent } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import {
  type HoldingId,
  type Result,
  type Why,
  compare,
  dec,
  holdingId,
  rescale,
  text,
  toNumber,
} from "@plimsoll/core/units";
import { applyEvent, noFacts } from "@plimsoll/core/turn";
import { type RunningExchange, fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { afterAll, beforeAll, expect, test } from "vitest";
import { binanceClient } from "./client.ts";
import { binanceFeed } from "./feed.ts";
import { type Body, positionName } from "./holding.ts";
import { binance } from "./index.ts";
import { liquidationPrice } from "./liquidation-price.ts";
import { margin } from "./margin.ts";
import { readTerms } from "./read-terms.ts";
import type { BinanceTerms } from "./terms.ts";
import type { Client } from "./transport.ts";

const ID: HoldingId = holdingId("mine");
const BTC = "BTC/USDT:USDT";
const ETH = "ETH/USDT:USDT";
const ACCOUNTS = ["cross", "hedge", "coef", "thief", "stream", "quiet"];
let running: RunningExchange;
const clients = new Map<string, Client>();

beforeAll(async () => {
  running = await startBinance({
    instruments: [listings.BTCUSDT, listings.ETHUSDT],
    prices: new Map([
      ["BTCUSDT", fixed("100000")],
      ["ETHUSDT", fixed("4000")],
    ]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 10, 22),
    keys: ACCOUNTS.map((account) => ({
      account,
      key: `${account}-key`,
      secret: `${account}-secret`,
      withdraw: account === "thief",
    })),
  });
  for (const account of ACCOUNTS) {
    running.exchange.deposit(account, "USDT", "1000000");
    const login = { key: `${account}-key`, secret: `${account}-secret`, localPort: running.port };
    clients.set(account, await binanceClient({ ...login, clock: () => running.exchange.now() }));
  }
  await clients.get("cross")!.loadMarkets();
  for (const client of clients.values()) client.setMarkets(clients.get("cross")!.markets);
});
afterAll(async () => {
  for (const client of clients.values()) await client.close();
  await running.stop();
});

interface Reading {
  readonly body: Body;
  readonly scene: Scene<BinanceTerms>;
  readonly events: readonly BookEvent[];
}
function readingOf(events: Result<readonly BookEvent[], Why>): Reading {
  if (!events.ok) throw new Error(`${events.failure.code} ${JSON.stringify(events.failure.facts)}`);
  const terms = events.value.find((event) => event.type === "terms")!.terms;
  const holding = events.value.find((event) => event.type === "holding")!.holding;
  expect(binance.engine.readable(holding, terms)).toEqual({ ok: true, value: undefined });
  const body = readTerms(terms.body);
  if (!body.ok) throw new Error(body.failure.code);
  const quotes = new Map(
    events.value.flatMap((event) =>
      event.type === "price" ? [[event.key, { value: event.price, kind: event.kind, asOf: event.at }] as const] : [],
    ),
  );
  return {
    body: holding.body as Body,
    scene: { now: holding.asOf, quotes, terms: { ...terms, body: body.value } },
    events: events.value,
  };
}
const feedOf = (account: string, symbols: readonly string[] = []) =>
  binanceFeed(clients.get(account)!, { holding: ID, symbols });

/** The engine against the venue's own printed figures, all to the last digit it prints. */
async function expectSame(account: string, { body, scene }: Reading): Promise<number> {
  const client = clients.get(account)!;
  const rows = (await client.fapiPrivateV3GetPositionRisk()) as unknown as Record<string, string>[];
  const info = (await client.fapiPrivateV3GetAccount()) as { assets: Record<string, string>[] };
  const cut = (value: Parameters<typeof rescale>[0]) => text(rescale(value, 8, "down"));
  for (const row of rows) {
    const name = `${row["symbol"]}:${row["positionSide"]}`;
    const held = body.positions.find((each) => positionName(each) === name)!;
    const key = margin.accounts(body).find((each) => each === (held.margin.mode === "cross" ? "cross:USDT" : name))!;
    const found = liquidationPrice(body, key, held.symbol, scene);
    if (!found.ok) throw new Error(found.failure.code);
    // the venue prints the price nearer to mark; it keeps cost, we the entry it prints: the last digit may differ by one
    const mark = Number(row["markPrice"]);
    const ours = [found.value.down, found.value.up].filter((price) => price !== undefined).map(toNumber);
    const [nearest = 0] = ours.toSorted((a, b) => Math.abs(a - mark) - Math.abs(b - mark));
    expect(Math.abs(nearest - Number(row["liquidationPrice"]))).toBeLessThanOrEqual(2e-8 + nearest * 1e-15);
  }
  const pool = margin.assess(body, margin.accounts(body)[0]!, scene);
  const row = info.assets.find(({ asset }) => asset === "USDT")!;
  const crossNeed = rows
    .filter(({ isolatedWallet }) => isolatedWallet === "0")
    .map(({ maintMargin }) => dec(maintMargin!));
  const need = pool.lines.find(({ name }) => name === "maintenance");
  if (need !== undefined)
    expect(Math.abs(toNumber(need.required) - crossNeed.reduce((sum, each) => sum + toNumber(each), 0))).toBeLessThan(
      1e-7,
    );
  expect(
    pool.free.is === "known" && Math.abs(toNumber(pool.free.value) - Number(row["availableBalance"])),
  ).toBeLessThan(2e-7);
  expect(cut(body.wallets[0]!.cross)).toBe(row["crossWalletBalance"]);
  return rows.length;
}

test("one-way: a cross and an isolated position, an order resting beside; every figure is the venue's", async () => {
  const client = clients.get("cross")!;
  await client.setLeverage(10, BTC);
  await client.setMarginMode("isolated", ETH);
  await client.createOrder(BTC, "market", "buy", 8);
  await client.createOrder(ETH, "market", "sell", 30);
  await client.createOrder(BTC, "limit", "buy", 1, 97_000);
  running.exchange.setReference("BTCUSDT", "101500");
  running.exchange.advance(60_000);
  const reading = readingOf(await feedOf("cross").snapshot());
  expect(reading.events.map(({ type }) => type)).toEqual(["terms", "price", "price", "holding", "parity"]);
  const rows = reading.events.flatMap((event) => (event.type === "parity" ? event.rows : []));
  expect(rows.map(({ figure }) => figure).filter((figure) => figure === "liquidation price")).toHaveLength(2);
  expect(rows.filter(({ verdict }) => verdict === "differs")).toEqual([]);
  expect(margin.accounts(reading.body)).toEqual(["cross:USDT", "ETHUSDT:BOTH"]);
  expect(reading.body.orders).toHaveLength(1);
  expect(compare(reading.body.wallets[0]!.orderMargin, dec("0"))).toBe(1);
  expect(reading.body.funding.map(({ symbol, everyMs }) => [symbol, everyMs])).toEqual([
    ["BTCUSDT", 28_800_000],
    ["ETHUSDT", 28_800_000],
  ]);
  expect(await expectSame("cross", reading)).toBe(2);
});

test("hedge mode: both sides of a symbol", async () => {
  const client = clients.get("hedge")!;
  await client.setPositionMode(true);
  await client.createOrder(BTC, "market", "buy", 9, undefined, { positionSide: "LONG" });
  await client.createOrder(BTC, "market", "sell", 4, undefined, { positionSide: "SHORT" });
  const reading = readingOf(await feedOf("hedge", ["ETHUSDT"]).snapshot());
  expect(reading.body).toMatchObject({
    mode: "hedge",
    positions: [{ positionSide: "LONG" }, { positionSide: "SHORT" }],
  });
  expect(reading.events.filter(({ type }) => type === "price")).toHaveLength(2);
  expect(await expectSame("hedge", reading)).toBe(2);
});

test("notionalCoef: the account's own brackets, checked against the maintenance the venue charges", async () => {
  running.exchange.run({ type: "coef", account: "coef", coef: fixed("0.5") });
  await clients.get("coef")!.createOrder(BTC, "market", "buy", 9);
  const reading = readingOf(await feedOf("coef").snapshot());
  const tiers = reading.scene.terms.body.symbols["BTCUSDT"]!.tiers;
  expect(tiers.slice(0, 3).map(({ floor }) => toNumber(floor))).toEqual([0, 150_000, 400_000]);
  expect(reading.events.some(({ type }) => type === "lost")).toBe(false);
  expect(await expectSame("coef", reading)).toBe(1);
});

test("a symbol without a usable table: its mark is lost with the reason, the account is read all the same", async () => {
  const found = readingOf(await feedOf("cross", ["NOSUCHUSDT"]).snapshot());
  expect(found.events.filter(({ type }) => type === "lost")).toMatchObject([
    { what: "binance:NOSUCHUSDT:mark", why: { code: "binance/no-tiers", facts: { symbol: "NOSUCHUSDT" } } },
  ]);
  expect(Object.keys(found.scene.terms.body.symbols).toSorted()).toEqual(["BTCUSDT", "ETHUSDT"]);
});

test("what the venue does not say is told once, takes no account with it, and is asked again with the terms", async () => {
  const silent = { kind: "error", status: 400, code: -1000, msg: "not today", effect: false } as const;
  running.faults.add({ on: "GET /sapi/v1/account/apiRestrictions", fault: silent, times: 2 });
  running.faults.add({ on: "GET /fapi/v1/commissionRate", fault: silent, times: 1 });
  const feed = binanceFeed(clients.get("quiet")!, { holding: ID, symbols: ["BTCUSDT"], termsEveryMs: 1_000 });
  const read = async () => readingOf(await feed.snapshot());
  const lost = ({ events }: Reading) => events.flatMap((event) => (event.type === "lost" ? [event] : []));
  const first = await read();
  expect(lost(first).map(({ what, why: { code } }) => [what, code])).toEqual([
    ["binance:BTCUSDT:taker-fee", "binance/taker-fee-assumed"],
    ["binance:key-permission", "binance/key-permission-unknown"],
  ]);
  expect(first.scene.terms.source).toContain("assumed: the taker fee of BTCUSDT");
  const facts = noFacts();
  for (const event of first.events) applyEvent(facts, event);
  expect(facts.lost.size).toBe(0);
  expect(lost(await read())).toEqual([]);
  running.exchange.advance(1_000);
  const later = await read();
  expect(lost(later)).toEqual([]);
  expect(later.scene.terms.source).not.toContain("assumed");
  expect(feed.permission).toMatchObject({ is: "said", withdraws: false, trades: true });
});

test("a key that can withdraw is refused before anything is read", async () => {
  const feed = feedOf("thief");
  expect(await feed.snapshot()).toMatchObject({ ok: false, failure: { code: "binance/key-can-withdraw" } });
  expect(feed.permission).toMatchObject({ withdraws: true });
});

test("an unreachable venue is a failure with its reason, and the key's permission stays unknown", async () => {
  const client = await binanceClient({ key: "k", secret: "s", localPort: 1 });
  const feed = binanceFeed(client, { holding: ID });
  expect(await feed.snapshot()).toMatchObject({
    ok: false,
    failure: { code: "binance/unreached", facts: { call: "time" } },
  });
  expect(feed.permission).toMatchObject({ is: "unknown", why: { code: "binance/key-permission-unknown" } });
});

test("an order that waits for a price is read too: the client library lists it only when told to", async () => {
  const client = clients.get("quiet")!;
  await client.createMarketOrder(BTC, "buy", 0.5);
  const stop = await client.createOrder(BTC, "STOP_MARKET", "sell", 0.5, undefined, {
    stopPrice: 90_000,
    reduceOnly: true,
  });
  expect(await client.fetchOpenOrders(BTC)).toEqual([]);
  const { body } = readingOf(await feedOf("quiet").snapshot());
  expect(body.orders).toEqual([{ id: stop.id, symbol: "BTCUSDT", positionSide: "BOTH", conditional: true }]);
  await client.cancelOrder(stop.id ?? "", BTC, { stop: true });
  await client.createMarketOrder(BTC, "sell", 0.5, undefined, { reduceOnly: true });
});

test("a clock that is certainly more than a second off makes the account unknown, not wrong", async () => {
  const client = await binanceClient({
    key: "quiet-key",
    secret: "quiet-secret",
    localPort: running.port,
    clock: () => running.exchange.now() + 1_500,
  });
  const read = await binanceFeed(client, { holding: ID }).snapshot();
  expect(read).toMatchObject({ ok: false, failure: { code: "binance/clock-skew", facts: { skewMs: "1500" } } });
  await client.close();
});

test("watch: marks stream, a trade brings a fresh holding, a dropped socket is told and opened again", async () => {
  const client = clients.get("stream")!;
  const feed = feedOf("stream", ["BTCUSDT"]);
  readingOf(await feed.snapshot());
  const seen: BookEvent[] = [];
  const stop = await feed.watch((event) => seen.push(event));
  let price = 100_000;
  const until = async (found: (event: BookEvent) => boolean) => {
    const deadline = performance.now() + 15_000;
    while (!seen.some(found)) {
      if (performance.now() > deadline) throw new Error(`not seen among ${seen.map(({ type }) => type).join()}`);
      running.exchange.advance(1_000);
      running.exchange.setReference("BTCUSDT", `${(price -= 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await until(({ type }) => type === "price");
  await client.createOrder(BTC, "market", "buy", 1);
  await until((event) => event.type === "holding" && (event.holding.body as Body).positions.length === 1);
  running.dropSockets();
  await until((event) => event.type === "lost" && event.why.code === "binance/stream-lost");
  seen.length = 0;
  await until((event) => event.type === "price" && event.kind === "mark");
  await stop();
  const after = seen.length;
  running.exchange.advance(2_000);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen.length).toBe(after);
}, 40_000);

test("a watch that is stopped at any moment of its start ends, and rejects nothing behind anybody's back", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", note);
  const login = { key: "quiet-key", secret: "quiet-secret", localPort: running.port };
  try {
    for (const afterMs of [0, 1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96]) {
      const client = await binanceClient({ ...login, clock: () => running.exchange.now() });
      const stop = await binanceFeed(client, { holding: ID, symbols: ["BTCUSDT"] }).watch(() => {});
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await stop();
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", note);
  }
}, 30_000);
