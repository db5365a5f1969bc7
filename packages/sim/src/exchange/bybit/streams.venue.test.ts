import { once } from "node:events";
import type { RunningExchange } from "@plimsoll/sim/exchange";
import { whileMoving } from "@plimsoll/sim/exchange/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BTC, type BybitClient, clientOf, openBybit } from "./testing/bybit-venue.ts";

let running: RunningExchange;
beforeAll(async () => {
  running = await openBybit(["alice", "bob"]);
});
afterAll(() => running.stop());

async function withClient(use: (client: BybitClient) => Promise<void>): Promise<void> {
  const client = await clientOf(running, "alice");
  await use(client);
  await client.close();
}
let price = 100_000;
const tick = () => {
  price -= 1;
  running.exchange.advance(100);
  running.exchange.setReference("BTCUSDT", `${price}`);
};

test("tickers begin whole and go on with what changed", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    const first = await whileMoving(client.watchTicker(BTC), tick);
    let next = first;
    while (next.markPrice === first.markPrice) next = await whileMoving(client.watchTicker(BTC), tick);
    expect(next.markPrice).toBeGreaterThan(99_000);
    expect(next.markPrice).toBeLessThan(first.markPrice ?? 0);
    expect(next.info.nextFundingTime).toBe(first.info.nextFundingTime);
  }),
);

test(
  "orders, executions, positions and the wallet arrive on the private stream, and nobody else's",
  { timeout: 10_000 },
  () =>
    withClient(async (client) => {
      const bob = await clientOf(running, "bob");
      const watched = Promise.all([
        client.watchOrders(BTC),
        client.watchMyTrades(BTC),
        client.watchPositions([BTC]),
        client.watchBalance(),
      ]);
      const [orders, trades, positions, balance] = await whileMoving(watched, () => {
        void bob.createOrder(BTC, "market", "sell", 0.02);
        void client.createOrder(BTC, "market", "buy", 0.01);
      });
      expect([orders[0]?.side, orders[0]?.amount]).toEqual(["buy", 0.01]);
      expect([trades[0]?.side, trades[0]?.amount]).toEqual(["buy", 0.01]);
      expect(positions[0]).toMatchObject({ symbol: BTC, side: "long" });
      expect(balance["USDT"]?.total).toBeLessThan(100_000);
      await bob.close();
    }),
);

test("a stop is told under one id when it is placed, triggers and fills", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    const seen: string[] = [];
    const stop = { triggerPrice: 90_000, triggerDirection: "descending", reduceOnly: true };
    const original = client.handleOrder.bind(client);
    client.handleOrder = (socket, message) => {
      const rows = message["data"] as readonly { readonly orderId: string; readonly orderStatus: string }[];
      seen.push(...rows.map(({ orderId, orderStatus }) => `${orderId} ${orderStatus}`));
      return original(socket, message);
    };
    let move: () => void = () => void client.createOrder(BTC, "limit", "buy", 0.01, 98_000);
    await whileMoving(client.watchOrders(BTC), () => move());
    const { id } = await client.createOrder(BTC, "market", "sell", 0.01, undefined, stop);
    move = () => running.exchange.setReference("BTCUSDT", "89000");
    const filled = (): boolean => seen.includes(`${id} Filled`);
    while (!filled()) await whileMoving(client.watchOrders(BTC), () => move());
    expect(seen.filter((one) => one.startsWith(id ?? "")).map((one) => one.split(" ")[1])).toEqual([
      "Untriggered",
      "Triggered",
      "New",
      "Filled",
    ]);
  }),
);

test("an order that ends at once is told as well", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    const post = () => void client.createOrder(BTC, "limit", "buy", 0.01, 90_000, { postOnly: true });
    const [order] = await whileMoving(client.watchOrders(BTC), post);
    expect(order?.info).toMatchObject({ orderStatus: "Cancelled", rejectReason: "EC_PostOnlyWillTakeLiquidity" });
  }),
);

test("who cannot sign in follows nothing, and a dropped socket is noticed", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    const thief = await clientOf(running, "bob");
    thief.secret = "other";
    await expect(thief.watchOrders(BTC)).rejects.toThrow("Params Error");
    await thief.close();
    await whileMoving(client.watchTicker(BTC), tick);
    const watching = client.watchTicker(BTC);
    running.dropSockets();
    await expect(watching).rejects.toThrow(/1006/);
  }),
);

test("a private stream is for those who signed in", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${running.port}/stream.bybit.com/v5/private`);
  await once(socket, "open");
  socket.send(JSON.stringify({ op: "subscribe", args: ["order"] }));
  const [event] = (await once(socket, "message")) as [MessageEvent<string>];
  expect(JSON.parse(event.data)).toMatchObject({ success: false, op: "subscribe" });
  socket.close();
});
