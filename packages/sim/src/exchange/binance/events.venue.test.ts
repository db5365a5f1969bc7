import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { clientOf, openBinance } from "./testing/binance-venue.ts";

type Event = {
  readonly e: string;
  readonly o?: { readonly x?: string; readonly X?: string };
  readonly a?: { readonly m: string; readonly P: object[]; readonly B: object[] };
  readonly p?: object[];
};
const FIXTURES = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/api-fixtures/binance`;

let running: RunningExchange;
const events: Event[] = [];
/** A leveraged account with a stop is driven into liquidation while its streams are read raw. */
beforeAll(async () => {
  running = await openBinance(["alice"], { cash: "12000" });
  const client = await clientOf(running, "alice");
  await client.loadMarkets();
  const { listenKey } = await client.fapiPrivatePostListenKey();
  const base = `ws://127.0.0.1:${running.port}/fstream.binance.com`;
  const sockets = [new WebSocket(`${base}/private/ws?listenKey=${listenKey}`), new WebSocket(`${base}/market/ws/0`)];
  for (const socket of sockets) {
    socket.addEventListener("message", ({ data }) => void events.push(JSON.parse(String(data))));
    await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  }
  sockets[1]?.send(
    JSON.stringify({ method: "SUBSCRIBE", params: ["btcusdt@forceOrder", "btcusdt@markPrice@1s"], id: 7 }),
  );
  await client.createOrder("BTC/USDT:USDT", "market", "buy", 1);
  await client.createOrder("BTC/USDT:USDT", "market", "sell", 1, undefined, {
    stopLossPrice: 50_000,
    closePosition: true,
    workingType: "MARK_PRICE",
  });
  for (let price = 99_000; running.exchange.state.accounts.get("alice")?.positions.size === 1; price -= 40) {
    running.exchange.advance(5_000);
    running.exchange.run({ type: "price", symbol: "BTCUSDT", index: fixed(`${price}`) });
  }
  await client.createOrder("BTC/USDT:USDT", "market", "buy", 0.001).catch(() => undefined); // a round trip, so that everything sent has arrived
  await new Promise((resolve) => setTimeout(resolve, 100));
  await client.close();
  for (const socket of sockets) socket.close();
});
afterAll(() => running.stop());

test("the private stream tells the whole story in order", () => {
  const story = events
    .filter(({ e }) => e !== "markPriceUpdate" && e !== undefined)
    .map(({ e, o, a }) => `${e} ${o?.x ?? o?.X ?? a?.m ?? ""}`.trim());
  const order = [
    "ORDER_TRADE_UPDATE NEW",
    "ORDER_TRADE_UPDATE TRADE",
    "ACCOUNT_UPDATE ORDER",
    "ALGO_UPDATE NEW",
    "MARGIN_CALL",
    "ORDER_TRADE_UPDATE CALCULATED",
    "ACCOUNT_UPDATE INSURANCE_CLEAR",
  ];
  const first = order.map((what) => story.indexOf(what));
  expect(first).toEqual(first.toSorted((a, b) => a - b));
  expect(first).not.toContain(-1);
  expect(story).toContain("forceOrder FILLED");
});

/** Every field name of a value, nested ones with their path; of a list the first element stands for all. */
function fields(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) return fields(value[0], `${path}[]`);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [`${path}.${name}`, ...fields(inner, `${path}.${name}`)]);
}
const recorded = existsSync(FIXTURES);
// fields of the recorded events that only some accounts or products have
const OPTIONAL = new Set([".o.AP", ".o.cr", ".a.P[].cr", ".st", ".o.aq", ".o.ap", ".o.act"]);
test.skipIf(!recorded).each([
  ["futures__user_data_json__order_update_trade.json", (event: Event) => event.o?.x === "TRADE"],
  ["futures__user_data_json__order_update_calculated.json", (event: Event) => event.o?.x === "CALCULATED"],
  ["futures__user_data_json__account_update.json", (event: Event) => event.a?.m === "ORDER"],
  ["futures__user_data_json__algo_update_new.json", (event: Event) => event.e === "ALGO_UPDATE"],
  ["futures__market_data_json__mark_price_stream.json", (event: Event) => event.e === "markPriceUpdate"],
  ["futures__market_data_json__liquidation_stream.json", (event: Event) => event.e === "forceOrder"],
] as const)("has every field of the recorded %s", (file, wanted) => {
  const ours = new Set(fields(events.find(wanted)));
  const theirs = fields(JSON.parse(readFileSync(`${FIXTURES}/${file}`, "utf8")));
  expect(theirs.filter((field) => !ours.has(field) && !OPTIONAL.has(field))).toEqual([]);
});
if (!recorded) console.log(`skipped: no recorded payloads at ${FIXTURES} (set PLIMSOLL_DATA)`);
