// Sockets through ccxt against a server on this machine that speaks the venue's documented messages: which channels are asked for,
// what their words mean, and that the venue's question whether we listen is answered.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BookEvent } from "@plimsoll/core/book";
import { holdingId, text } from "@plimsoll/core/units";
import { type RecordedCall, recordCalls, replayCalls } from "@plimsoll/venues/exchange";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { deribitClient, deribitFeed } from "./index.ts";
import { readEffect } from "./read-effect.ts";
import type { Client } from "./transport.ts";

const ID = holdingId("mine");

interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params: { readonly channels?: readonly string[]; readonly grant_type?: string; readonly interval?: number };
}

/** Answers what a feed with nothing held asks for, and remembers what the sockets were asked. */
class Venue {
  readonly asked: Asked[] = [];
  readonly http: Server = createServer((request, response) => this.#answer(request, response));
  readonly #sockets = new WebSocketServer({ server: this.http });
  refuses: string | undefined;
  /** Seconds that a sign-in lasts. */
  lasts = 900;

  constructor() {
    this.#sockets.on("connection", (socket) =>
      socket.on("message", (data: Buffer) => this.#heard(socket, data.toString())),
    );
  }
  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }
  of(method: string): readonly Asked[] {
    return this.asked.filter((each) => each.method === method);
  }
  get channels(): readonly string[] {
    return [...new Set(this.asked.flatMap(({ params }) => params.channels ?? []))].toSorted();
  }
  /** Text, so that every digit is ours. */
  say(message: string): void {
    for (const socket of this.#sockets.clients) socket.send(message);
  }
  tell(channel: string, data: string): void {
    this.say(`{"jsonrpc":"2.0","method":"subscription","params":{"channel":"${channel}","data":${data}}}`);
  }
  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }
  async stop(): Promise<void> {
    this.drop();
    await new Promise((done) => this.http.close(done));
  }

  #heard(socket: WebSocket, message: string): void {
    const asked = JSON.parse(message) as Asked;
    this.asked.push(asked);
    const { id, method, params } = asked;
    const usOut = Date.now() * 1000;
    if (method === this.refuses) {
      this.refuses = undefined;
      return socket.send(
        JSON.stringify({ jsonrpc: "2.0", id, error: { code: 13009, message: "unauthorized" }, usOut }),
      );
    }
    const result =
      method === "public/auth"
        ? { access_token: "secret", refresh_token: "secret", expires_in: this.lasts, scope: "account:read trade:read" }
        : (params.channels ?? "ok");
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, result, usIn: usOut, usOut, usDiff: 0, testnet: false }));
  }

  #answer({ url = "" }: IncomingMessage, response: ServerResponse): void {
    const results = {
      auth: { access_token: "a-token", refresh_token: "another-token", scope: "account:read trade:read wallet:none" },
      get_time: Date.now(),
      get_account_summaries: {
        email: "me@example.com",
        username: "me-myself",
        system_name: "me-myself",
        summaries: [],
      },
      ticker: { instrument_name: "BTC-PERPETUAL", timestamp: Date.now(), index_price: 100000, mark_price: 100050 },
      get_instrument: {
        ...{ instrument_name: "BTC-PERPETUAL", kind: "future", tick_size: 0.5, min_trade_amount: 10 },
        ...{ taker_commission: 0.0005 },
      },
    };
    const found = Object.entries(results).find(([name]) => new URL(url, "http://local").pathname.endsWith(`/${name}`));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", result: found?.[1] ?? [], usOut: Date.now() * 1000 }));
  }
}

let venue: Venue;
let client: Client;
let stop: () => Promise<void>;
const seen: BookEvent[] = [];

beforeEach(async () => {
  seen.length = 0;
  venue = new Venue();
  await new Promise<void>((done) => void venue.http.listen(0, "127.0.0.1", done));
  client = await deribitClient({ key: "the-key", secret: "the-secret", localPort: venue.port });
});
afterEach(async () => {
  await stop();
  await client.close();
  await venue.stop();
});

const follow = async () => {
  const feed = deribitFeed(client, { holding: ID, symbols: ["BTC-PERPETUAL"] });
  expect(await feed.snapshot()).toMatchObject({ ok: true });
  stop = await feed.watch((event) => seen.push(event));
};
const until = async (found: () => boolean, what: string) => {
  const deadline = performance.now() + 10_000;
  while (!found()) {
    if (performance.now() > deadline)
      throw new Error(`${what}: ${JSON.stringify(venue.asked.map((each) => each.method))}`);
    await new Promise((done) => setTimeout(done, 10));
  }
};
const subscribed = () => until(() => venue.channels.length === 3, "subscribed to everything");
const has = (found: (event: BookEvent) => boolean) => () => seen.some(found);

test("it signs in, subscribes to account and prices, sets a heartbeat, and answers when it is asked to", async () => {
  await follow();
  await subscribed();
  expect(venue.channels).toEqual(["ticker.BTC-PERPETUAL.100ms", "user.changes.any.any.raw", "user.portfolio.any"]);
  expect(venue.of("public/auth").map(({ params }) => params.grant_type)).toEqual(["client_signature"]);
  expect(venue.of("public/set_heartbeat").map(({ params }) => params.interval)).toEqual([10]);
  expect(JSON.stringify(venue.asked)).not.toContain("the-secret");
  venue.say('{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"heartbeat"}}');
  expect(venue.of("public/test")).toHaveLength(0);
  venue.say('{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"test_request"}}');
  await until(() => venue.of("public/test").length === 1, "answered");
});

test("prices keep the digits of the message; an index that nothing is followed of is none of ours", async () => {
  await follow();
  await subscribed();
  venue.tell(
    "ticker.BTC-PERPETUAL.100ms",
    '{"instrument_name":"BTC-PERPETUAL","timestamp":1795032000000,"index_price":100000.123456789012345678,"mark_price":1.0005e5}',
  );
  const index = (event: BookEvent) => event.type === "price" && event.key === "deribit:btc_usd:index";
  await until(has(index), "an index");
  const [price] = seen.filter(index) as Extract<BookEvent, { type: "price" }>[];
  expect(price).toMatchObject({ kind: "index", at: 1_795_032_000_000 });
  expect(text(price!.price)).toBe("100000.123456789012345678");
});

test("a trade of ours that was a liquidation is told as one, another's is not; both bring a fresh reading", async () => {
  await follow();
  await subscribed();
  const trade = (liquidity: string, liquidation: string, price: string) =>
    `{"trade_id":"1","trade_seq":7,"timestamp":1795032000000,"instrument_name":"BTC-PERPETUAL","direction":"sell","amount":10,"price":${price},"fee":1.6e-7,"fee_currency":"BTC","liquidity":"${liquidity}"${liquidation}}`;
  const trades = [
    trade("T", ',"liquidation":"T"', "99000.5"),
    trade("M", ',"liquidation":"T"', "99000"),
    trade("T", "", "98000"),
  ];
  venue.tell("user.changes.any.any.raw", `{"trades":[${trades.join()}],"positions":[],"orders":[]}`);
  await until(
    has(({ type }) => type === "effect"),
    "an effect",
  );
  const effects = seen.flatMap((event) => (event.type === "effect" ? [event] : []));
  expect(effects.map((each) => [each.text, each.fee.map(({ amount }) => text(amount))])).toEqual([
    ["liquidation: sell 10 BTC-PERPETUAL at 99000.5", ["0.00000016"]],
  ]);
  expect(readEffect(effects[0]!.effect)).toMatchObject({ ok: true, value: { was: "liquidation" } });
  await until(
    has(({ type }) => type === "holding"),
    "a fresh reading",
  );
});

test("sums that move with the marks ask for no reading; a balance that changed does", async () => {
  await follow();
  await subscribed();
  const portfolio = (balance: string, equity: string) =>
    venue.tell(
      "user.portfolio.any",
      `{"currency":"BTC","margin_model":"segregated_sm","balance":${balance},"equity":${equity}}`,
    );
  const readings = () => seen.filter(({ type }) => type === "holding").length;
  portfolio("2", "2.1");
  await until(() => readings() === 1, "the first word is read after");
  portfolio("2", "2.2");
  portfolio("2", "2.3");
  portfolio("1.5", "2.3");
  await until(() => readings() === 2, "the new balance");
  await new Promise((done) => setTimeout(done, 200));
  expect(readings()).toBe(2);
});

test("a message that is damaged loses the account, and is no number", async () => {
  await follow();
  await subscribed();
  venue.tell("user.portfolio.any", '{"currency":"BTC","margin_model":"segregated_sm","balance":{}}');
  venue.say('{"jsonrpc":"2.0","method":"subscription","params":{"channel":"user.portfolio.any","data":{"bal');
  const lost = () => seen.filter((event) => event.type === "lost" && event.what === ID);
  await until(() => lost().length === 2, "both are lost");
  expect(lost().map((event) => event.type === "lost" && event.why.code)).toEqual([
    "deribit/unreadable",
    "deribit/unreadable",
  ]);
});

test("a refused subscription is told, and made again on a new connection", async () => {
  venue.refuses = "private/subscribe";
  await follow();
  await until(
    has((event) => event.type === "lost" && event.what === ID),
    "the account is lost",
  );
  await until(() => venue.of("private/subscribe").length === 2 && venue.of("public/auth").length === 2, "again");
  expect(venue.channels).toEqual(["ticker.BTC-PERPETUAL.100ms", "user.changes.any.any.raw", "user.portfolio.any"]);
});

test("a dropped connection is told and opened again; what was followed is followed", async () => {
  await follow();
  await subscribed();
  venue.drop();
  await until(
    has((event) => event.type === "lost" && event.why.code === "deribit/stream-lost"),
    "the loss",
  );
  await until(() => venue.of("private/subscribe").length === 2 && venue.of("public/subscribe").length === 2, "again");
  expect(seen.flatMap((event) => (event.type === "lost" ? [event.what] : []))).toEqual(
    expect.arrayContaining([ID, "deribit:btc_usd:index", "deribit:BTC-PERPETUAL:basis"]),
  );
});

test("a sign-in is made again before it ends", async () => {
  venue.lasts = 1;
  await follow();
  await subscribed();
  await new Promise((done) => setTimeout(done, 600));
  venue.say('{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"heartbeat"}}');
  await until(() => venue.of("public/auth").length === 2, "signed in again");
  expect(seen.filter(({ type }) => type === "lost")).toEqual([]);
});

test("a recording has no key, signature, token or name of a person in it, and is read again to the same events", async () => {
  stop = async () => {};
  const calls: RecordedCall[] = [];
  recordCalls(client, (call) => calls.push(call));
  const settings = { holding: ID, symbols: ["BTC-PERPETUAL"] };
  const read = await deribitFeed(client, settings).snapshot();
  expect(read).toMatchObject({ ok: true });
  const recording = JSON.stringify(calls);
  expect(calls.map(({ to }) => to)).toContain("www.deribit.com/api/v2/public/auth");
  for (const secret of ["the-key", "the-secret", "signature", "timestamp,", "-token", "me@example.com", "me-myself"])
    expect(recording).not.toContain(secret);
  const again = await deribitClient({ key: "recorded", secret: "recorded" });
  replayCalls(again, calls);
  expect(await deribitFeed(again, settings).snapshot()).toEqual(read);
  await again.close();
});
