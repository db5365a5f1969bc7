import type { AddressInfo } from "node:net";
import type { BookEvent } from "@plimsoll/core/book";
import { holdingId, text } from "@plimsoll/core/units";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { hyperliquidFeed } from "./feed.ts";
import { ANSWERS, USER, callsOf, replaying } from "./testing/recording.ts";

let server: WebSocketServer;
let socket: WebSocket;
const subscribed: string[] = [];

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (made) => {
    socket = made;
    made.on("message", (bytes: Buffer) => {
      const { method, subscription } = JSON.parse(bytes.toString()) as {
        method: string;
        subscription?: Record<string, string>;
      };
      if (method === "ping") return made.send(JSON.stringify({ channel: "pong" }));
      if (subscription === undefined) return;
      subscribed.push(Object.values(subscription).join(" "));
      made.send(JSON.stringify({ channel: "subscriptionResponse", data: { method, subscription } }));
    });
  });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function until(found: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!found()) {
    if (performance.now() > deadline) throw new Error(`not in time; subscribed: ${subscribed.join("; ")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("watch: prices of every coin held, events of the address, a lost socket told and opened anew", async () => {
  const client = await replaying(callsOf(ANSWERS));
  const urls = client.urls as unknown as { api: { ws: { public: string } } };
  urls.api.ws.public = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await client.loadHttpProxyAgent();
  const feed = hyperliquidFeed(client, { holding: holdingId("mine") });
  expect(await feed.snapshot()).toMatchObject({ ok: true });
  const seen: BookEvent[] = [];
  const stop = await feed.watch((event) => seen.push(event));
  const push = (channel: string, data: unknown) => socket.send(JSON.stringify({ channel, data }));
  await until(() => subscribed.length >= 5);
  expect(subscribed.toSorted()).toEqual([
    "activeAssetCtx BTC",
    "activeAssetCtx km:US500",
    `orderUpdates ${USER}`,
    `userEvents ${USER}`,
    `userNonFundingLedgerUpdates ${USER}`,
  ]);
  const ctx = {
    markPx: "99.0",
    oraclePx: "98.0",
    funding: "0.0000125",
    openInterest: "1.0",
    prevDayPx: "1.0",
    dayNtlVlm: "1.0",
  };
  push("activeAssetCtx", { coin: "BTC", ctx });
  await until(() => seen.filter(({ type }) => type === "price").length >= 2);
  expect(seen.flatMap((event) => (event.type === "price" ? [`${event.key} ${text(event.price)}`] : []))).toEqual([
    "hyperliquid:BTC:mark 99.0",
    "hyperliquid:BTC:oracle 98.0",
  ]);
  push("user", { fills: [] });
  await until(() => seen.some(({ type }) => type === "holding"));
  expect(seen.some(({ type }) => type === "lost")).toBe(false);
  socket.terminate();
  await until(() => seen.some((event) => event.type === "lost" && event.why.code === "hyperliquid/stream-lost"));
  subscribed.length = 0;
  await until(() => subscribed.length >= 5);
  await stop();
}, 40_000);
