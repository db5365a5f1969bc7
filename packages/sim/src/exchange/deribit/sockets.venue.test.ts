// The same methods by socket, and what happens to orders when it breaks.
import { once } from "node:events";
import { createHmac } from "node:crypto";
import type { RunningExchange } from "@plimsoll/sim/exchange";
import { deribit } from "@plimsoll/venues/deribit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { BTC_NAME, clientOf, keyOf, openDeribit } from "./testing/deribit-venue.ts";

let running: RunningExchange;
const sockets: Caller[] = [];
beforeEach(async () => {
  running = await openDeribit(["me"]);
});
afterEach(async () => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
  await running.stop();
});

interface Frame {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number };
  readonly params?: { readonly channel: string; readonly data: Record<string, unknown> };
}

class Caller {
  readonly socket = new WebSocket(`ws://127.0.0.1:${running.port}/www.deribit.com/ws/api/v2`);
  readonly heard: Frame[] = [];
  #id = 0;

  async open(): Promise<this> {
    sockets.push(this);
    this.socket.on("message", (data: Buffer) => this.heard.push(JSON.parse(data.toString()) as Frame));
    await once(this.socket, "open");
    return this;
  }
  async ask(method: string, params: object = {}): Promise<Frame> {
    const id = ++this.#id;
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    for (;;) {
      const answer = this.heard.find((frame) => frame.id === id);
      if (answer !== undefined) return answer;
      await once(this.socket, "message");
    }
  }
  async signedIn(): Promise<this> {
    const { key, secret } = keyOf("me");
    const [timestamp, nonce] = [Date.now(), "abc"];
    const signature = createHmac("sha256", secret).update(`${timestamp}\n${nonce}\n`).digest("hex");
    const signed = { grant_type: "client_signature", client_id: key, timestamp, nonce, data: "", signature };
    await this.ask("public/auth", signed);
    return this;
  }
}
const opened = () => new Caller().open();
const order = { instrument_name: BTC_NAME, amount: 1, price: 99_000, label: "by socket" };

test("a sign-in lasts for a while and says what its key may do", async () => {
  const [key, secret] = [keyOf("me").key, keyOf("me").secret];
  const asked = { grant_type: "client_credentials", client_id: key, client_secret: secret };
  const caller = await opened();
  expect((await caller.ask("public/auth", asked)).result).toMatchObject({ expires_in: 900, token_type: "bearer" });
  expect((await caller.ask("public/auth", { ...asked, client_secret: "other" })).error).toMatchObject({ code: 13_004 });
});

test("private methods and channels are for those who signed in", async () => {
  const stranger = await opened();
  expect((await stranger.ask("private/get_positions")).error).toMatchObject({ code: 13_009 });
  const channels = [`ticker.${BTC_NAME}.100ms`, "user.changes.any.any.raw", "nothing.here"];
  expect((await stranger.ask("public/subscribe", { channels })).result).toEqual(channels.slice(0, 1));
  expect((await stranger.ask("public/set_heartbeat", { interval: 5 })).error).toMatchObject({ code: -32_602 });
  expect((await stranger.ask("public/nothing")).error).toMatchObject({ code: -32_601 });
});

test("what one does is told to who follows the account, and prices to who follows them", async () => {
  const mine = await (await opened()).signedIn();
  const channels = [
    "user.changes.any.any.raw",
    "user.portfolio.any",
    `ticker.${BTC_NAME}.100ms`,
    "deribit_price_index.btc_usdc",
  ];
  expect((await mine.ask("private/subscribe", { channels })).result).toEqual(channels);
  const placed = await mine.ask("private/buy", { ...order, price: 100_100 });
  expect(placed.result).toMatchObject({
    order: { order_state: "filled", label: "by socket" },
    trades: [{ amount: 1 }],
  });
  running.exchange.setReference(BTC_NAME, "100200");
  running.exchange.advance(100);
  await mine.ask("public/test");
  const told = (channel: string) => mine.heard.findLast(({ params }) => params?.channel === channel)?.params?.data;
  expect(told("user.changes.any.any.raw")).toMatchObject({ positions: [{ size: 1 }] });
  expect(told("user.portfolio.any")).toMatchObject({ currency: "USDC" });
  expect(told(`ticker.${BTC_NAME}.100ms`)).toMatchObject({ index_price: 100_200 });
  expect(told("deribit_price_index.btc_usdc")).toMatchObject({ index_name: "btc_usdc", price: 100_200 });
});

test("cancel-on-disconnect: readable, off at first, of the connection's own orders alone, and stops stay", async () => {
  const signedIn = async () => (await opened()).signedIn();
  const [mine, other, plain] = [await signedIn(), await signedIn(), await signedIn()];
  expect((await mine.ask("private/get_cancel_on_disconnect")).result).toEqual({ scope: "connection", enabled: false });
  expect((await mine.ask("private/enable_cancel_on_disconnect")).result).toBe("ok");
  expect((await mine.ask("private/get_cancel_on_disconnect")).result).toEqual({ scope: "connection", enabled: true });
  await other.ask("private/buy", { ...order, label: "other" });
  await mine.ask("private/buy", order);
  await mine.ask("private/sell", {
    ...order,
    type: "stop_limit",
    trigger: "mark_price",
    trigger_price: 98_000,
    price: 97_900,
  });
  await plain.ask("private/buy", { ...order, label: "plain" });
  plain.socket.terminate();
  mine.socket.terminate();
  for (;;) {
    const { result } = await other.ask("private/get_open_orders");
    if ((result as object[]).length > 3) continue;
    expect((result as { label: string; order_type: string }[]).map((each) => [each.label, each.order_type])).toEqual([
      ["plain", "limit"],
      ["by socket", "stop_limit"],
      ["other", "limit"],
    ]);
    break;
  }
});

test("the account's setting arms every connection opened from then on", async () => {
  const client = await clientOf(running, "me");
  expect(await deribit.exchange?.deadMan?.(client)).toEqual({ is: "off" });
  const first = await (await opened()).signedIn();
  await first.ask("private/enable_cancel_on_disconnect", { scope: "account" });
  expect((await first.ask("private/get_cancel_on_disconnect", { scope: "account" })).result).toMatchObject({
    enabled: true,
  });
  const second = await (await opened()).signedIn();
  expect((await second.ask("private/get_cancel_on_disconnect")).result).toMatchObject({ enabled: true });
  expect((await first.ask("private/get_cancel_on_disconnect")).result).toMatchObject({ enabled: false });
  expect(await deribit.exchange?.deadMan?.(client)).toMatchObject({ is: "armed" });
  await client.close();
});
