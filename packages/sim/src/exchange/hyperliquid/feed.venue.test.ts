import { holdingId, text } from "@plimsoll/core/units";
import { type Body, hyperliquid, hyperliquidFeed } from "@plimsoll/venues/hyperliquid";
import { expect, test } from "vitest";
import { BTC, clientOf, openHyperliquid } from "./testing/hyperliquid-venue.ts";

test("the live feed reads an account of this venue, with its terms, and the engine's figures are the venue's save one", async () => {
  const running = await openHyperliquid(["alice"]);
  const client = await clientOf(running, "alice");
  await client.createOrder(BTC, "market", "buy", 0.5, 100_000);
  await client.createOrder(BTC, "limit", "sell", 0.2, 101_000, { reduceOnly: true });
  const feed = hyperliquidFeed(client, { holding: holdingId("mine"), symbols: ["ETH"] });
  const events = await feed.snapshot();
  if (!events.ok) throw new Error(`${events.failure.code} ${JSON.stringify(events.failure.facts)}`);
  expect(events.value.filter(({ type }) => type === "lost")).toEqual([]);
  const holding = events.value.find((event) => event.type === "holding")!.holding;
  const terms = events.value.find((event) => event.type === "terms")!.terms;
  const { positions, pools, orders } = holding.body as Body;
  expect(positions.map(({ coin, size, margin }) => [coin, text(size), margin.mode])).toEqual([["BTC", "0.5", "cross"]]);
  // 100,000 less 50,002.5 paid for the position and 0.045 % of that
  expect(pools.map(({ token, cash }) => [token, text(cash)])).toEqual([["USDC", "49974.998875"]]);
  expect(orders.map(({ coin }) => coin)).toEqual(["BTC"]);
  expect(hyperliquid.engine.readable(holding, terms)).toEqual({ ok: true, value: undefined });
  const parity = events.value.find((event) => event.type === "parity")!.rows;
  expect(parity.map(({ of, figure, verdict }) => [of, figure, verdict === "differs"])).toEqual([
    ["cross", "account value", false],
    ["cross", "margin used", false],
    // the venue keeps a tenth of the positions back, this exchange the initial margin (README); the row decides nothing
    ["cross", "withdrawable", true],
    ["cross", "maintenance margin", false],
    ["BTC", "liquidation price", false],
    ["BTC", "margin used", false],
  ]);
  await client.close();
  await running.stop();
});
