import { holdingId, text } from "@plimsoll/core/units";
import { type Body, okx, okxFeed } from "@plimsoll/venues/okx";
import { expect, test } from "vitest";
import { BTC, BTC_ID, clientOf, openOkx } from "./testing/okx-venue.ts";

test("the live feed reads an account of this venue, with its terms, and the engine knows it", async () => {
  const running = await openOkx(["alice"]);
  const client = await clientOf(running, "alice");
  await client.createOrder(BTC, "market", "buy", 50);
  await client.createOrder(BTC, "limit", "sell", 20, 101_000, { reduceOnly: true });
  await client.createOrder(BTC, "market", "sell", 50, undefined, { stopLossPrice: 90_000, reduceOnly: true });
  const feed = okxFeed(client, { holding: holdingId("mine"), symbols: [] });
  const events = await feed.snapshot();
  if (!events.ok) throw new Error(`${events.failure.code} ${JSON.stringify(events.failure.facts)}`);
  expect(events.value.filter(({ type }) => type === "lost")).toEqual([]);
  const holding = events.value.find((event) => event.type === "holding")!.holding;
  const terms = events.value.find((event) => event.type === "terms")!.terms;
  const { positions, balances, orders, funding, mode } = holding.body as Body;
  expect(mode).toBe("futures");
  expect(positions.map((each) => (each.kind === "contract" ? [each.instrument, text(each.contracts)] : []))).toEqual([
    [BTC_ID, "50.0"],
  ]);
  // 100,000 less 0.05 % of 50,002.5
  expect(balances.map(({ coin, cash }) => [coin, text(cash)])).toEqual([["USDT", "99974.99875"]]);
  expect(orders.map(({ instrument, opens }) => [instrument, text(opens)])).toEqual([
    [BTC_ID, "0"],
    [BTC_ID, "0"],
  ]);
  expect(funding.map(({ instrument, everyMs }) => [instrument, everyMs])).toEqual([[BTC_ID, 28_800_000]]);
  expect(okx.engine.readable(holding, terms)).toEqual({ ok: true, value: undefined });
  await client.close();
  await running.stop();
});
