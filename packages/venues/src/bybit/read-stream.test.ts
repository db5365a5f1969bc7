import { existsSync, readFileSync } from "node:fs";
import { accountKey, holdingId, text } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { margin } from "./margin.ts";
import { readEffect } from "./read-effect.ts";
import { StreamReader } from "./read-stream.ts";
import { NOW, bodyOf, linear, position, sceneOf, termsOf } from "./testing.ts";

const FIXTURES = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/api-fixtures/bybit`;
const load = (name: string) => JSON.parse(readFileSync(`${FIXTURES}/${name}.json`, "utf8")) as unknown;
const ID = holdingId("mine");

/** A reader that knows these positions. */
function readerOf(...positions: ReturnType<typeof position>[]): StreamReader {
  const reader = new StreamReader(ID);
  reader.know(bodyOf({ USDT: "1000" }, positions));
  return reader;
}
const LONG = position("BTCUSDT", "0.5", "95000");
const forced = (execType: string, side: string, more: object = {}) => ({
  topic: "execution",
  creationTime: NOW,
  data: [
    {
      category: "linear",
      symbol: "BTCUSDT",
      execType,
      side,
      execQty: "0.2",
      execPrice: "90000",
      execFee: "9.9",
      ...more,
    },
  ],
});

describe.skipIf(!existsSync(FIXTURES))(`recorded messages (skipped without ${FIXTURES})`, () => {
  test("deleveraging is an effect that closes the position it names", () => {
    const { events, changed } = readerOf(LONG).read(load("ws_account_execution_adl"));
    expect([events.length, changed]).toEqual([1, true]);
    const [event] = events;
    if (event?.type !== "effect") throw new Error("no effect");
    expect(event).toMatchObject({ holding: ID, fee: [], text: "adl: sell 0.5 BTCUSDT at 95850.0", at: 1746270400400 });
    const effect = readEffect(JSON.parse(JSON.stringify(event.effect, bigints)) as typeof event.effect);
    const scene = sceneOf({ BTCUSDT: "95850", USDT: "1" }, termsOf({ contracts: { BTCUSDT: linear() } }));
    const after = effect.ok ? margin.apply(bodyOf({ USDT: "1000" }, [LONG]), effect.value, scene) : effect;
    // 0.5 x 850 is won
    expect(after).toMatchObject({ ok: true, value: { positions: [] } });
    expect(after.ok && text(after.value.balances[0]!.cash)).toMatch(/^1425(\.0+)?$/);
    expect(after.ok && margin.accounts(after.value)).toEqual([accountKey("wallet")]);
  });

  // oxfmt-ignore
  test.each([
    ["ws_account_execution",      0, true],
    ["ws_account_position",       0, true],
    ["ws_account_order_filled",   0, true],
    ["ws_account_wallet",         0, true],
    ["ws_orderbook_delta",        0, false],
  ] as const)("%s: what is our own doing, or none of it, makes no event", (name, count, changes) => {
    const { events, changed } = readerOf(LONG).read(load(name));
    expect([events.length, changed]).toEqual([count, changes]);
  });

  test("a ticker is a mark at the venue's moment; a change without a mark says nothing", () => {
    const snapshot = load("ws_ticker_linear") as { data: object };
    expect(readerOf().read(snapshot)).toMatchObject({
      events: [{ type: "price", key: "bybit:BTCUSDT:mark", kind: "mark", price: { digits: 1_721_733n, scale: 2 } }],
      at: 1673272861686,
      changed: false,
    });
    const { markPrice: _, ...rest } = snapshot.data as { markPrice: string };
    expect(readerOf().read({ ...snapshot, type: "delta", data: rest }).events).toEqual([]);
    expect(readerOf().read({ ...snapshot, data: { ...rest, markPrice: "0" } }).events).toEqual([]);
  });
});

const bigints = (_key: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);

// oxfmt-ignore
test.each([
  ["a liquidation of a long",            [LONG],                                          forced("BustTrade", "Sell"), ["liquidation", "one-way", "sell"]],
  ["of the short side of hedge mode",    [position("BTCUSDT", "1", "95000", { side: "long" }), position("BTCUSDT", "-1", "95000", { side: "short" })], forced("BustTrade", "Buy"), ["liquidation", "short", "buy"]],
  ["our own trade",                      [LONG],                                          forced("Trade", "Sell"),     undefined],
  ["funding, whose sign is not sure",    [LONG],                                          forced("Funding", "Sell"),   undefined],
  ["of a position that was not read",    [],                                              forced("AdlTrade", "Sell"),  undefined],
  ["of nothing",                         [LONG],                                          forced("AdlTrade", "Sell", { execQty: "0" }), undefined],
] as const)("%s", (_case, positions, message, found) => {
  const { events, changed } = readerOf(...positions).read(message);
  const [event] = events;
  const body = event?.type === "effect" ? (event.effect.body as { side: string; trade: string }) : undefined;
  expect(body === undefined || event?.type !== "effect" ? undefined : [event.effect.was, body.side, body.trade]).toEqual(found);
  if (event?.type === "effect") expect(event.fee.map(({ asset, amount }) => `${text(amount)} ${asset}`)).toEqual(["9.9 USDT"]);
  expect(changed).toBe(true);
});

test("a position's number that falls loses the account until it is read again; numbers of two positions are apart", () => {
  const message = (seq: number, symbol = "BTCUSDT", positionIdx = 0) => ({
    topic: "position",
    creationTime: NOW,
    data: [{ symbol, positionIdx, seq }],
  });
  const reader = readerOf();
  for (const each of [message(7), message(7), message(3, "ETHUSDT"), message(9), message(8, "BTCUSDT", 1)])
    expect(reader.read(each)).toEqual({ events: [], at: NOW, changed: true });
  expect(reader.read(message(8))).toMatchObject({
    events: [{ type: "lost", what: ID, why: { code: "bybit/sequence-gap", facts: { last: "9", current: "8" } } }],
    changed: true,
  });
});

test("a damaged message loses the account and asks for a reading; it never becomes a price or a trade", () => {
  const whole = [
    forced("BustTrade", "Sell"),
    { topic: "tickers.BTCUSDT", ts: NOW, data: { symbol: "BTCUSDT", markPrice: "90000" } },
  ].map((each) => JSON.stringify(each));
  const junk = fc.constantFrom("x", "1e3", "NaN", " ", "1,0", "--1", "0x1");
  fc.assert(
    fc.property(fc.constantFrom(...whole), fc.nat(), junk, (message, which, instead) => {
      const figures = [...message.matchAll(/"(-?\d+(?:\.\d+)?)"/g)];
      const { index, 1: digits } = figures[which % figures.length]!;
      const damaged = message.slice(0, index + 1) + instead + message.slice(index + 1 + digits!.length);
      expect(readerOf(LONG).read(JSON.parse(damaged))).toMatchObject({
        events: [{ type: "lost", what: ID, why: { code: "bybit/unreadable" } }],
        changed: true,
      });
    }),
    { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 100) },
  );
  for (const odd of [null, 3, [], {}, { topic: 7 }, { op: "pong" }])
    expect(readerOf().read(odd)).toEqual({ events: [], changed: false });
});
