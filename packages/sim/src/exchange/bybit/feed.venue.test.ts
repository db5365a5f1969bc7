import { holdingId, text } from "@plimsoll/core/units";
import { type Body, bybit, bybitFeed } from "@plimsoll/venues/bybit";
import { expect, test } from "vitest";
import { BTC, clientOf, openBybit } from "./testing/bybit-venue.ts";

test("the live feed reads an account of this venue, with its terms, and the engine knows it", async () => {
  const running = await openBybit(["alice"]);
  const client = await clientOf(running, "alice");
  await client.createOrder(BTC, "market", "buy", 0.5);
  await client.createOrder(BTC, "limit", "sell", 0.2, 101_000, { reduceOnly: true });
  const feed = bybitFeed(client, { holding: holdingId("mine"), symbols: [] });
  const events = await feed.snapshot();
  if (!events.ok) throw new Error(`${events.failure.code} ${JSON.stringify(events.failure.facts)}`);
  const holding = events.value.find((event) => event.type === "holding")!.holding;
  const terms = events.value.find((event) => event.type === "terms")!.terms;
  const { positions, balances, orders, mode } = holding.body as Body;
  expect(mode).toBe("cross");
  expect(positions.map(({ symbol, size, entry }) => [symbol, text(size), Number(text(entry))])).toEqual([
    ["BTCUSDT", "0.500", 100_005],
  ]);
  // 100,000 less 0.05 % of 50,002.5
  expect(balances.map(({ coin, cash }) => [coin, text(cash)])).toEqual([["USDT", "99974.99875000"]]);
  expect(orders.map(({ symbol, opens }) => [symbol, text(opens)])).toEqual([["BTCUSDT", "0"]]);
  expect(bybit.engine.readable(holding, terms)).toEqual({ ok: true, value: undefined });
  await client.close();
  await running.stop();
});
