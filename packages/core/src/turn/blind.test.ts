import { createHash } from "node:crypto";
import type { Guard } from "@plimsoll/core/policy";
import { type PerpHolding, perpEngine, perpHolding, perpMark, perpTerms } from "@plimsoll/core/protection/testing";
import { dec, holdingId, ms, quoteKey, text, trim } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Decision, Input } from "./contract.ts";
import { createTurn } from "./create-turn.ts";
import { toyGuard } from "./testing/toy-guards.ts";

/** Long one BTC from 10,000 with 2,000: taken at 8421.05. Its venue tells nothing after the start. */
const long: PerpHolding = {
  cash: dec("2000"),
  orders: [],
  positions: { BTC: { size: dec("1"), entry: dec("10000") } },
};
const half = (blind?: "hold" | "act"): Guard =>
  toyGuard({
    ...{ scope: { holding: holdingId("perp:me") }, target: { want: "reduce", share: dec("0.5") } },
    trigger: { when: "health", line: "maintenance", below: dec("2.5"), release: dec("3"), urgent: dec("1.5") },
    ladder: [{ use: "reduce", instrument: "BTC", slippage: dec("0.01") }],
    bounds: { ...toyGuard().bounds, ...(blind && { blind }) },
  });

function house(guards: readonly Guard[] = []) {
  const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
  const turn = createTurn({ engineOf: () => perpEngine, sha256 });
  let seq = 0n;
  const feed = (at: number, event: Input["event"]): readonly Decision[] => turn.turn({ seq: ++seq, at: ms(at), event });
  const price = (at: number, key: string, mark: string) =>
    feed(at, { type: "price", key: quoteKey(key), price: dec(mark), kind: "mark", at: ms(at) });
  feed(0, { type: "terms", terms: perpTerms() });
  feed(0, { type: "policy", guards, reserves: [] });
  price(1_000, perpMark("BTC"), "10000");
  feed(1_000, { type: "holding", holding: perpHolding(long, 1_000) });
  return {
    /** Prices elsewhere, and then what the house makes of it. */
    elsewhere: (at: number, prices: Readonly<Record<string, string>>) => {
      for (const [key, mark] of Object.entries(prices)) price(at, key, mark);
      const decisions = feed(at, { type: "tick" });
      const { danger, because, blind } = turn.view().accounts[0]!;
      const range = blind && [blind.equity.low, blind.equity.high].map((value) => text(trim(value))).join(" to ");
      return { decisions, danger, because: because.code, range };
    },
  };
}

// source: equity = 2,000 + price - 10,000, the liquidation at 8421.05, and the levels by distance of a major: worked by hand
// oxfmt-ignore
test.each([
  ["near the line elsewhere: danger", { "binance:BTCUSDT:mark": "9000", "okx:BTC-USDT-SWAP:mark": "8900" }, "danger", "blind-range", "900 to 1000"],
  ["beyond it at the worst of them", { "binance:BTCUSDT:mark": "9900", "okx:BTC-USDT-SWAP:mark": "8400", "bybit:BTCUSDT:mark": "9950" }, "liquidatable", "blind-range", "400 to 1950"],
  ["far from it: unknown all the same", { "hyperliquid:BTC:mark": "12000" }, "unknown", "stale", "4000 to 4000"],
  ["a future with an end is another thing", { "okx:BTC-USD-261225:mark": "8400" }, "unknown", "stale", undefined],
  ["its own other price is no other venue's", { "perp:BTCUSDT:mark": "8400" }, "unknown", "stale", undefined],
  ["another coin is another thing", { "binance:ETHUSDT:mark": "400" }, "unknown", "stale", undefined],
] as const)("a silent venue: %s", (_case, prices, danger, because, range) => {
  expect(house().elsewhere(10_000, prices)).toMatchObject({ danger, because, range });
});

test("the price of the own venue counts while it is young, and others' only while they are", () => {
  const run = house();
  expect(run.elsewhere(4_000, { "binance:BTCUSDT:mark": "8400" })).toMatchObject({ danger: "watch", range: undefined });
  expect(run.elsewhere(20_000, {})).toMatchObject({ danger: "unknown", range: undefined });
});

test("nothing new is sent to a silent venue unless the guard allows it; then it is sized at the worst price", () => {
  const near = { "binance:BTCUSDT:mark": "9000", "okx:BTC-USDT-SWAP:mark": "8900" };
  const intents = (guard: Guard) =>
    house([guard])
      .elsewhere(40_000, near)
      .decisions.flatMap((each) => (each.type === "intend" ? [each.intent.step.action] : []));
  expect(intents(half())).toEqual([]);
  expect(intents(half("hold"))).toEqual([]);
  expect(intents(half("act"))).toMatchObject([{ do: "order", side: "sell", size: dec("0.500"), limit: dec("8811.0") }]);
});
