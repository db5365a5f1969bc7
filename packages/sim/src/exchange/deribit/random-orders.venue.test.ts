// What the venue prints, and what decides of it by the engine's own rules, through random orders in a market that walks and gaps.
import type { BookEvent } from "@plimsoll/core/book";
import { holdingId } from "@plimsoll/core/units";
import { type RunningExchange, drawBelow, happens, marketOf } from "@plimsoll/sim/exchange";
import { deribitFeed } from "@plimsoll/venues/deribit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BTC, BTC_NAME, type DeribitClient, clientOf, openDeribit } from "./testing/deribit-venue.ts";

const steps = Number(process.env["PLIMSOLL_STEPS"] ?? 80);
const ETH = "ETH/USDC:USDC";
const markets = [
  { symbol: BTC, name: BTC_NAME, lot: 0.5, home: 100_000n },
  { symbol: ETH, name: "ETH_USDC-PERPETUAL", lot: 12, home: 4_000n },
] as const;

let running: RunningExchange;
let client: DeribitClient;
beforeEach(async () => {
  running = await openDeribit(["me"]);
  client = await clientOf(running, "me");
});
afterEach(async () => {
  await client.close();
  await running.stop();
});

const rowsOf = (events: readonly BookEvent[]) => events.flatMap((event) => (event.type === "parity" ? event.rows : []));

/** One order, or stop, of a random kind; whether the venue takes it is its own affair. */
async function order(seed: bigint, step: number): Promise<void> {
  const below = (most: number, ...path: string[]) => drawBelow(most, seed, step, ...path);
  const { symbol, name, lot } = markets[below(2, "market")]!;
  const [side, other] = below(2, "side") === 0 ? (["buy", "sell"] as const) : (["sell", "buy"] as const);
  const size = Number(((1 + below(40, "size")) * lot).toFixed(3));
  const { mark, instrument } = marketOf(running.exchange, name);
  const aside = (BigInt(below(300, "aside")) * mark) / 10_000n;
  const away = (up: boolean) => Number(((up ? mark + aside : mark - aside) / instrument.tick) * instrument.tick) / 1e8;
  const refused = () => undefined;
  switch (below(5, "kind")) {
    case 0:
      return void (await client.createOrder(symbol, "limit", side, size, away(side === "sell")).catch(refused));
    case 1: {
      const stop = { trigger: "index_price", stopLossPrice: away(side === "buy"), reduceOnly: true };
      return void (await client.createOrder(symbol, "stop_market", side, size, undefined, stop).catch(refused));
    }
    case 2:
      return void (await client
        .createOrder(symbol, "market", other, size, undefined, { reduceOnly: true })
        .catch(refused));
    default:
      return void (await client.createOrder(symbol, "market", side, size).catch(refused));
  }
}

function move(seed: bigint, step: number): void {
  const { exchange } = running;
  const gap = happens(100_000, seed, step, "gap");
  for (const { name, home } of markets) {
    const { index } = marketOf(exchange, name);
    const walk = BigInt(drawBelow(2_001, seed, step, "walk", name) - 1_000) * (gap ? 14n : 1n);
    const price = index + (index * walk) / 100_000n + (home * 100_000_000n - index) / 50n;
    const premium = BigInt(drawBelow(201, seed, step, "premium", name) - 100);
    exchange.run({ type: "price", symbol: name, index: price, mid: price + (price * premium) / 100_000n });
  }
  exchange.advance(drawBelow(600_000, seed, step, "wait"));
  if ((exchange.state.accounts.get("me")?.cross.get("USDC") ?? 0n) < 20_000n * 100_000_000n)
    exchange.deposit("me", "USDC", "150000");
}

test.each([1n, 3n])(
  "seed %s: no figure that decides is another than the engine's",
  { timeout: 100_000 },
  async (seed) => {
    const feed = deribitFeed(client, { holding: holdingId("mine") });
    const seen = { figures: 0, held: 0 };
    for (let step = 0; step < steps; step++) {
      await order(seed, step);
      move(seed, step);
      const read = await feed.snapshot();
      if (!read.ok) throw new Error(`step ${step}: ${read.failure.code} ${JSON.stringify(read.failure.facts)}`);
      const deciding = rowsOf(read.value).filter(({ decides }) => decides);
      expect(
        deciding
          .filter(({ verdict }) => verdict === "differs")
          .map(({ of, figure, venue, ours }) => ({ step, of, figure, venue, ours })),
      ).toEqual([]);
      seen.figures += deciding.length;
      seen.held += deciding.length > 2 ? 1 : 0;
    }
    const { orders, trades } = running.exchange.state;
    const forced = trades.filter(
      ({ account, orderId }) => account === "me" && orders.get(orderId)?.origin === "liquidation",
    );
    expect(seen.figures).toBeGreaterThan(steps);
    expect(seen.held).toBeGreaterThan(steps / 2);
    expect(forced.length).toBeGreaterThan(0);
  },
);
