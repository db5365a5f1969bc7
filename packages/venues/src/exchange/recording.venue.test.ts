import type { BookEvent } from "@plimsoll/core/book";
import { holdingId } from "@plimsoll/core/units";
import { type RunningExchange, fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RecordedCall, readRecording, recordCalls, replayCalls } from "./index.ts";

const login = { key: "the-api-key", secret: "the-api-secret" };
const holding = holdingId("mine");
let running: RunningExchange;

beforeAll(async () => {
  running = await startBinance({
    instruments: [listings.BTCUSDT],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 10, 22),
    keys: [{ account: "mine", ...login, withdraw: false }],
  });
  running.exchange.deposit("mine", "USDT", "50000");
});
afterAll(() => running.stop());

/** What a feed read, and the recording of it. */
async function recorded(): Promise<{ readonly events: readonly BookEvent[]; readonly text: string }> {
  const client = await binanceClient({ ...login, localPort: running.port, clock: () => running.exchange.now() });
  const calls: RecordedCall[] = [];
  recordCalls(client, (call) => calls.push(call));
  await client.createMarketOrder("BTC/USDT:USDT", "buy", 0.5);
  const read = await binanceFeed(client, { holding }).snapshot();
  await client.close();
  if (!read.ok) throw new Error(read.failure.code);
  return { events: read.value, text: calls.map((call) => JSON.stringify(call)).join("\n") };
}

test("a reading that was recorded is read again from its bytes, to the same events, without a venue", async () => {
  const { events, text } = await recorded();
  const client = await binanceClient({ key: "another", secret: "another", localPort: running.port });
  replayCalls(client, readRecording(text));
  const again = await binanceFeed(client, { holding }).snapshot();
  await client.close();
  expect(again).toEqual({ ok: true, value: events });
  expect(events.some((event) => event.type === "parity" && event.rows.length > 0)).toBe(true);
});

test("no key, secret or signature is in a recording", async () => {
  const { text } = await recorded();
  expect(text).toContain("positionRisk");
  for (const secret of ["the-api-key", "the-api-secret", "signature", "timestamp"]) expect(text).not.toContain(secret);
});

test("a call that the recording does not know fails by its name; a damaged line by its number", async () => {
  const { text } = await recorded();
  const some = readRecording(text).filter(({ to }) => !to.endsWith("positionRisk"));
  const client = await binanceClient({ ...login, localPort: running.port });
  replayCalls(client, some);
  const read = await binanceFeed(client, { holding }).snapshot();
  await client.close();
  expect(read).toMatchObject({ ok: false, failure: { code: "binance/unreached" } });
  if (!read.ok) expect(read.failure.facts["detail"]).toMatch(/not in the recording: GET .*positionRisk/);
  expect(() => readRecording(`${text}\n{"at":1}`)).toThrow(`line ${text.split("\n").length + 1}`);
});
