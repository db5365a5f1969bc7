import type { Client } from "@plimsoll/venues/binance";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningExchange } from "@plimsoll/sim/exchange";
import { whileMoving } from "@plimsoll/sim/exchange/testing";
import { clientOf, openBinance } from "./testing/binance-venue.ts";

const BTC = "BTC/USDT:USDT";
let running: RunningExchange;
beforeAll(async () => {
  running = await openBinance(["alice"]);
});
afterAll(() => running.stop());

async function withClient(use: (client: Client) => Promise<void>): Promise<void> {
  const client = await clientOf(running, "alice");
  await client.loadMarkets();
  await use(client);
  await client.close();
}
let price = 100_000;
const tick = () => {
  price -= 1;
  running.exchange.advance(1_000);
  running.exchange.setReference("BTCUSDT", `${price}`);
};

test("mark prices arrive once a virtual second", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    const first = await whileMoving(client.watchMarkPrice(BTC), tick);
    const next = await whileMoving(client.watchMarkPrice(BTC), tick);
    expect(first.markPrice).toBeGreaterThan(99_000);
    expect((next.timestamp ?? 0) - (first.timestamp ?? 0)).toBeGreaterThanOrEqual(1_000);
  }),
);

test("orders and positions arrive on the private stream", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    expect(await client.watchPositions([BTC])).toEqual([]); // the snapshot
    const watched = Promise.all([client.watchOrders(BTC), client.watchPositions([BTC])]);
    const [orders, positions] = await whileMoving(watched, () => void client.createOrder(BTC, "market", "buy", 0.01));
    expect([orders[0]?.symbol, orders[0]?.side]).toEqual([BTC, "buy"]);
    expect([positions[0]?.symbol, positions[0]?.side]).toEqual([BTC, "long"]);
  }),
);

test("a dropped socket is noticed, and a new subscription works", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    await whileMoving(client.watchMarkPrice(BTC), tick);
    const watching = client.watchMarkPrice(BTC);
    running.dropSockets();
    await expect(watching).rejects.toThrow(/1006/);
    const again = await whileMoving(client.watchMarkPrice(BTC), tick);
    expect(again.markPrice).toBeGreaterThan(0);
  }),
);
