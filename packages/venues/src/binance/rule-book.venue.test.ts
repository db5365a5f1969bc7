import { fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { DAY_MS, holdingId } from "@plimsoll/core/units";
import { afterAll, beforeAll, expect, test } from "vitest";
import { binanceClient } from "./client.ts";
import { binanceFeed } from "./feed.ts";
import { binance } from "./index.ts";
import type { Client } from "./transport.ts";

let running: Awaited<ReturnType<typeof startBinance>>;
let client: Client;

beforeAll(async () => {
  running = await startBinance({
    instruments: [listings.BTCUSDT],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 11n,
    startAt: Date.UTC(2026, 10, 22),
    keys: [{ account: "me", key: "key", secret: "secret", withdraw: false }],
  });
  running.exchange.deposit("me", "USDT", "1000000");
  client = await binanceClient({
    ...{ key: "key", secret: "secret", localPort: running.port },
    clock: () => running.exchange.now(),
  });
  await client.loadMarkets();
});
afterAll(async () => {
  await client.close();
  await running.stop();
});

/** Cuts rows out of the venue's own answer on its way to us. */
function damage(cut: (rows: readonly unknown[]) => readonly unknown[]): () => void {
  const whole = client.fapiPrivateGetLeverageBracket.bind(client) as Client["fapiPrivateGetLeverageBracket"];
  client.fapiPrivateGetLeverageBracket = async (...args: Parameters<typeof whole>) => {
    const answer = (await whole(...args)) as readonly { readonly brackets: readonly unknown[] }[];
    return answer.map((each) => ({ ...each, brackets: cut(each.brackets) }));
  };
  return () => (client.fapiPrivateGetLeverageBracket = whole);
}

test("a table that is cut on its way is told once and the last accepted one stands, for a day; then the symbol is unknown", async () => {
  await client.createOrder("BTC/USDT:USDT", "market", "buy", 9);
  const feed = binanceFeed(client, { holding: holdingId("mine"), termsEveryMs: 1_000 });
  const read = async () => {
    running.exchange.advance(1_000);
    const events = await feed.snapshot();
    if (!events.ok) throw new Error(`${events.failure.code} ${JSON.stringify(events.failure.facts)}`);
    const terms = events.value.find((event) => event.type === "terms")!.terms;
    const lost = events.value.flatMap((event) => (event.type === "lost" ? [[event.what, event.why.code]] : []));
    const holding = events.value.find((event) => event.type === "holding")!.holding;
    expect(binance.engine.readable(holding, terms).ok).toBe(true);
    const { symbols } = terms.body as {
      readonly symbols: Readonly<Record<string, { readonly tiers: readonly unknown[] }>>;
    };
    return { rows: symbols["BTCUSDT"]?.tiers.length, lost, source: terms.source };
  };
  const first = await read();
  expect(first).toMatchObject({ rows: expect.any(Number), lost: [] });
  const repair = damage((rows) => rows.slice(0, -1));
  expect(await read()).toMatchObject({
    rows: first.rows,
    lost: [["binance:BTCUSDT:tiers", "binance/bad-tiers"]],
    source: expect.stringContaining("kept from an earlier reading: the tiers of BTCUSDT"),
  });
  expect((await read()).lost).toEqual([]);
  running.exchange.advance(DAY_MS);
  expect(await read()).toMatchObject({ rows: undefined, lost: [["binance:BTCUSDT:mark", "binance/bad-tiers"]] });
  repair();
  expect(await read()).toMatchObject({ rows: first.rows, lost: [], source: expect.not.stringContaining("kept") });
});
