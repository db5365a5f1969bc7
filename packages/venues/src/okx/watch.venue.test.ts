import type { AddressInfo } from "node:net";
import type { BookEvent } from "@plimsoll/core/book";
import { holdingId, text } from "@plimsoll/core/units";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { okxFeed } from "./feed.ts";
import { AT, MULTI, callsOf, replaying, swap } from "./testing/recording.ts";

interface Asked {
  readonly op: string;
  readonly args: readonly Readonly<Record<string, string>>[];
}

let server: WebSocketServer;
const subscribed: string[] = [];
const sockets = new Map<string, WebSocket>();

/** Accepts logins and subscriptions as the venue does, and remembers which channels were asked for on which path. */
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket, { url = "" }) => {
    sockets.set(url, socket);
    socket.on("message", (bytes: Buffer) => {
      const said = bytes.toString();
      if (said === "ping") return socket.send("pong");
      const { op, args } = JSON.parse(said) as Asked;
      if (op === "login") return socket.send(JSON.stringify({ event: "login", code: "0", msg: "" }));
      for (const arg of args) {
        subscribed.push(
          [url, arg["channel"], arg["instId"] ?? arg["instType"], arg["extraParams"]].filter(Boolean).join(" "),
        );
        socket.send(JSON.stringify({ event: "subscribe", arg }));
      }
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

test("watch: marks and indexes stream, a change of the account reads it again, a lost socket is told and opened anew", async () => {
  const client = await replaying(
    callsOf({
      ...MULTI,
      "public/instruments instType,SPOT": [],
      "public/instruments instType,SWAP": [swap("BTC", "0.01", "0.1")],
      "public/instruments instType,FUTURES": [],
    }),
  );
  (client.urls as unknown as { api: { ws: string } }).api.ws =
    `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await client.loadHttpProxyAgent();
  const feed = okxFeed(client, { holding: holdingId("mine") });
  expect(await feed.snapshot()).toMatchObject({ ok: true });
  const seen: BookEvent[] = [];
  const stop = await feed.watch((event) => seen.push(event));
  const push = (path: string, channel: string, data: unknown) =>
    sockets.get(path)!.send(
      JSON.stringify({
        arg: { channel, ...(channel === "mark-price" && { instId: "BTC-USDT-SWAP" }) },
        data: [data],
      }),
    );
  await until(() => new Set(subscribed).size >= 7);
  expect([...new Set(subscribed)].toSorted()).toEqual([
    "/business orders-algo ANY",
    '/private account {"updateInterval":"0"}',
    "/private orders ANY",
    '/private positions ANY {"updateInterval":"0"}',
    "/public index-tickers BTC-USD",
    "/public index-tickers USDT-USD",
    "/public mark-price BTC-USDT-SWAP",
  ]);
  push("/public", "mark-price", { instType: "SWAP", instId: "BTC-USDT-SWAP", markPx: "99000", ts: `${AT + 1}` });
  push("/public", "index-tickers", { instId: "BTC-USD", idxPx: "98990", ts: `${AT + 2}` });
  await until(() => seen.filter(({ type }) => type === "price").length >= 2);
  expect(
    seen.flatMap((event) => (event.type === "price" ? [`${event.key} ${text(event.price)} ${event.at - AT}`] : [])),
  ).toEqual(["okx:BTC-USDT-SWAP:mark 99000 1", "okx:BTC:index 98990 2"]);
  push("/private", "positions", { instId: "BTC-USDT-SWAP" });
  await until(() => seen.some(({ type }) => type === "holding"));
  const read = seen.filter(({ type }) => type === "holding").length;
  push("/business", "orders-algo", { instId: "BTC-USDT-SWAP" });
  await until(() => seen.filter(({ type }) => type === "holding").length > read);
  for (const socket of sockets.values()) socket.terminate();
  await until(() => seen.some((event) => event.type === "lost" && event.why.code === "okx/stream-lost"));
  subscribed.length = 0;
  await until(() => new Set(subscribed).size >= 7);
  await stop();
}, 40_000);
