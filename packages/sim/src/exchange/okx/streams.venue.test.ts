import { once } from "node:events";
import type { BookEvent } from "@plimsoll/core/book";
import { holdingId, text } from "@plimsoll/core/units";
import type { RunningExchange } from "@plimsoll/sim/exchange";
import { okxFeed } from "@plimsoll/venues/okx";
import { whileMoving } from "@plimsoll/sim/exchange/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BTC, BTC_ID, type OkxClient, clientOf, openOkx } from "./testing/okx-venue.ts";

let running: RunningExchange;
beforeAll(async () => {
  running = await openOkx(["alice", "bob"]);
});
afterAll(() => running.stop());

async function withClient(use: (client: OkxClient) => Promise<void>): Promise<void> {
  const client = await clientOf(running, "alice");
  await use(client);
  await client.close();
}
let price = 100_000;
const tick = () => {
  price -= 1;
  running.exchange.advance(200);
  running.exchange.setReference("BTCUSDT", `${price}`);
};

test("marks follow the market", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    const markOf = async () => (await whileMoving(client.watchMarkPrice(BTC), tick)).markPrice ?? 0;
    const first = await markOf();
    let next = first;
    while (next === first) next = await markOf();
    expect(next).toBeLessThan(first);
  }),
);

test("orders, positions and the balance arrive on the private stream, and nobody else's", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    const bob = await clientOf(running, "bob");
    // balance and positions begin with what there is
    expect((await client.watchBalance())["USDT"]?.total).toBe(100_000);
    expect(await client.watchPositions()).toEqual([]);
    const watched = Promise.all([client.watchOrders(), client.watchPositions(), client.watchBalance()]);
    const [orders, positions, balance] = await whileMoving(watched, () => {
      void bob.createOrder(BTC, "market", "sell", 2);
      void client.createOrder(BTC, "market", "buy", 1);
    });
    expect(orders.map(({ side, amount }) => [side, amount])).toContainEqual(["buy", 1]);
    expect(orders.map(({ side }) => side)).not.toContain("sell");
    expect(positions[0]).toMatchObject({ symbol: BTC, side: "long" });
    expect(balance["USDT"]?.total).toBeLessThan(100_000);
    await bob.close();
  }),
);

test("every fill is told by itself, with the fee of the order so far", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    const told: Record<string, string>[] = [];
    const original = client.handleOrders.bind(client);
    client.handleOrders = (socket, message) => {
      told.push(...(message["data"] as Record<string, string>[]));
      return original(socket, message);
    };
    await whileMoving(client.watchOrders(), () => void client.createOrder(BTC, "limit", "buy", 1, 96_000));
    await client.createOrder(BTC, "market", "buy", 1_000, undefined, { clOrdId: "large" });
    const large = () => told.filter(({ clOrdId }) => clOrdId === "large");
    while (large().at(-1)?.["state"] !== "filled") await new Promise((resolve) => setTimeout(resolve, 20));
    const fills = large().filter(({ fillSz }) => fillSz !== "0");
    expect(fills.length).toBeGreaterThan(1);
    let paid = 0;
    for (const { fee, fillFee } of fills) {
      paid += Number(fillFee);
      expect(Number(fee)).toBeCloseTo(paid, 6);
    }
  }),
);

test("who cannot sign in follows nothing", { timeout: 10_000 }, () =>
  withClient(async (client) => {
    client.secret = "other";
    await expect(client.watchBalance()).rejects.toThrow("60007");
  }),
);

test("a private channel is for those who logged in, and each channel has its door", async () => {
  const said = async (door: string, channel: string) => {
    const socket = new WebSocket(`ws://127.0.0.1:${running.port}/ws.okx.com:8443/ws/v5/${door}`);
    await once(socket, "open");
    socket.send(JSON.stringify({ op: "subscribe", args: [{ channel, instId: BTC_ID }] }));
    const [event] = (await once(socket, "message")) as [MessageEvent<string>];
    socket.close();
    return (JSON.parse(event.data) as { readonly code?: string }).code;
  };
  expect(await said("private", "account")).toBe("60011");
  expect(await said("public", "account")).toBe("60018");
  expect(await said("public", "mark-price")).toBeUndefined();
});

test("the live feed watches this venue: marks, and the account read again when it changes", { timeout: 20_000 }, () =>
  withClient(async (client) => {
    const feed = okxFeed(client, { holding: holdingId("mine"), symbols: [BTC_ID] });
    expect(await feed.snapshot()).toMatchObject({ ok: true });
    const seen: BookEvent[] = [];
    const stop = await feed.watch((event) => seen.push(event));
    const until = (found: () => boolean, move: () => void) =>
      whileMoving(
        (async () => {
          while (!found()) await new Promise((resolve) => setTimeout(resolve, 20));
        })(),
        move,
      );
    await until(() => seen.some(({ type }) => type === "price"), tick);
    const mark = seen.find((event) => event.type === "price");
    expect([mark?.key, Number(mark && text(mark.price)) < 100_000]).toEqual(["okx:BTC-USDT-SWAP:mark", true]);
    seen.length = 0;
    await until(
      () => seen.some(({ type }) => type === "holding"),
      () => void client.createOrder(BTC, "market", "buy", 1),
    );
    expect(seen.some(({ type }) => type === "lost")).toBe(false);
    await stop();
  }),
);
