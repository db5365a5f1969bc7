// The sockets through the client library, against a server of this test that speaks as the venue's documentation says.
import type { AddressInfo } from "node:net";
import type { BookEvent } from "@plimsoll/core/book";
import { holdingId } from "@plimsoll/core/units";
import { replayCalls } from "@plimsoll/venues/exchange";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { bybitClient } from "./client.ts";
import { bybitFeed } from "./feed.ts";
import { NOON, recordingOf } from "./testing/recording.ts";

let server: WebSocketServer;
/** Who follows a topic, and under which address. */
const followers = new Map<string, { readonly socket: WebSocket; readonly path: string }>();

beforeAll(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket, { url = "" }) => {
    socket.on("message", (raw: Buffer) => {
      const { op, args = [], req_id } = JSON.parse(raw.toString()) as { op: string; args?: string[]; req_id?: string };
      if (op === "subscribe") for (const topic of args) followers.set(topic, { socket, path: url });
      socket.send(
        JSON.stringify({ success: true, ret_msg: op === "ping" ? "pong" : "", op, req_id, conn_id: "made-up" }),
      );
    });
  });
  await new Promise((resolve) => server.once("listening", resolve));
});
afterAll(async () => {
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

test("watch: topics are followed, messages become events, what changes makes a reading, a lost socket is told and opened again", async () => {
  const { port } = server.address() as AddressInfo;
  const client = await bybitClient({ key: "k", secret: "s", localPort: port });
  replayCalls(client, recordingOf());
  const answer = client.fetchImplementation as (url: string, options: RequestInit) => Promise<Response>;
  const asked: string[] = [];
  client.fetchImplementation = (url: string, options: RequestInit) => {
    asked.push(new URL(url).pathname);
    return answer(url, options);
  };
  const feed = bybitFeed(client, { holding: holdingId("mine") });
  expect((await feed.snapshot()).ok).toBe(true);
  asked.length = 0;
  const seen: BookEvent[] = [];
  const stop = await feed.watch((event) => seen.push(event));
  const until = async (what: string, found: () => boolean) => {
    const deadline = performance.now() + 10_000;
    while (!found()) {
      if (performance.now() > deadline)
        throw new Error(`${what}: not seen among ${seen.map(({ type }) => type).join()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const TOPICS = ["execution", "order", "position", "tickers.BTCUSD", "tickers.BTCUSDT", "wallet"];
  await until("topics", () => TOPICS.every((topic) => followers.has(topic)));
  expect([...followers.keys()].toSorted()).toEqual(TOPICS);
  expect(followers.get("tickers.BTCUSD")!.path).toContain("/v5/public/inverse");
  expect(followers.get("tickers.BTCUSDT")!.path).toContain("/v5/public/linear");
  expect(followers.get("position")!.path).toContain("/v5/private");
  const say = (topic: string, message: object) =>
    followers.get(topic)!.socket.send(JSON.stringify({ topic, ...message }));

  say("tickers.BTCUSDT", { type: "snapshot", ts: NOON + 5, data: { symbol: "BTCUSDT", markPrice: "60500" } });
  await until("a mark", () => seen.some((event) => event.type === "price" && event.at === NOON + 5));
  expect(seen.some(({ type }) => type === "holding")).toBe(false);
  // the library asks for the markets, and for nothing of the account: what it does not know it would ask past the rate budget
  expect(asked.filter((path) => !path.endsWith("/market/instruments-info"))).toEqual([]);

  const execution = {
    ...{ category: "linear", symbol: "BTCUSDT", execType: "BustTrade", side: "Sell", execId: "e", orderId: "o" },
    ...{ execQty: "0.25", execPrice: "60400", execFee: "8.3", execTime: `${NOON}`, leavesQty: "0", orderLinkId: "" },
  };
  say("execution", { id: "m", creationTime: NOON + 6, data: [execution] });
  await until("an effect", () => seen.some((event) => event.type === "effect" && event.effect.was === "liquidation"));
  await until("a reading", () => seen.some(({ type }) => type === "holding"));

  followers.clear();
  for (const socket of server.clients) socket.terminate();
  await until("the loss", () => seen.some((event) => event.type === "lost" && event.why.code === "bybit/stream-lost"));
  await until("topics again", () => TOPICS.every((topic) => followers.has(topic)));
  say("tickers.BTCUSDT", { type: "snapshot", ts: NOON + 9, data: { symbol: "BTCUSDT", markPrice: "60600" } });
  await until("a mark again", () => seen.some((event) => event.type === "price" && event.at === NOON + 9));
  await stop();
  expect(seen.filter((event) => event.type === "lost").map(({ why }) => why.code)).not.toContain("bybit/unreadable");
}, 40_000);
