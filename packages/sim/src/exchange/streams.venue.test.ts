import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningExchange } from "./index.ts";
import { clientsOf, openVenue } from "./testing/venue.ts";

const BTC = "BTC/USDT:USDT";
let running: RunningExchange;
let client: Awaited<ReturnType<typeof clientsOf>>[number];
beforeAll(async () => {
  running = await openVenue(["alice"]);
  const [first] = await clientsOf(running, ["alice"]);
  if (first === undefined) throw new Error("no client");
  client = first;
  await client.loadHttpProxyAgent(); // without it the library refuses plain ws
});
afterAll(async () => {
  await client.close();
  await running.stop();
});

/** Waits for a stream while the world keeps moving; sockets connect in their own time. */
async function while_<T>(watched: Promise<T>, move: () => void): Promise<T> {
  const timer = setInterval(move, 20);
  return watched.finally(() => clearInterval(timer));
}
let price = 100_000;
const tick = () => {
  price -= 1;
  running.exchange.advance(1_000);
  running.exchange.setReference("BTCUSDT", `${price}`);
};

test("mark prices arrive once a virtual second", async () => {
  const first = await while_(client.watchMarkPrice(BTC), tick);
  const next = await while_(client.watchMarkPrice(BTC), tick);
  expect(first.markPrice).toBeGreaterThan(99_000);
  expect((next.timestamp ?? 0) - (first.timestamp ?? 0)).toBeGreaterThanOrEqual(1_000);
});

test("orders and positions arrive on the private stream", async () => {
  expect(await client.watchPositions([BTC])).toEqual([]); // the snapshot
  const [orders, positions] = [client.watchOrders(BTC), client.watchPositions([BTC])];
  await client.createOrder(BTC, "market", "buy", 1, undefined, { clientOrderId: "seen" });
  expect((await orders).map(({ clientOrderId }) => clientOrderId)).toContain("seen");
  const [position] = await positions;
  expect([position?.symbol, position?.contracts, position?.side]).toEqual([BTC, 1, "long"]);
}, 10_000);

test("a dropped socket is noticed, and a new subscription works", async () => {
  const watching = client.watchMarkPrice(BTC);
  await new Promise((resolve) => setTimeout(resolve, 50));
  running.dropSockets();
  await expect(watching).rejects.toThrow(/closed|1006/);
  const again = await while_(client.watchMarkPrice(BTC), tick);
  expect(again.markPrice).toBeGreaterThan(0);
});
