import type { BookEvent } from "@plimsoll/core/book";
import { type Exact, exact, holdingId, rescale, text, trim } from "@plimsoll/core/units";
import { hyperliquidFeed } from "@plimsoll/venues/hyperliquid";
import { expect, test } from "vitest";
import { BTC, clientOf, openHyperliquid } from "./testing/hyperliquid-venue.ts";

/** Moves the world until something was seen: sockets connect in their own time. */
async function until(seen: () => boolean, move: () => void): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!seen()) {
    expect(performance.now()).toBeLessThan(deadline);
    move();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

test("the live feed hears prices, its funding and its own liquidation from the socket, and of a lost connection", async () => {
  const running = await openHyperliquid(["alice"]);
  const client = await clientOf(running, "alice");
  await client.createOrder(BTC, "limit", "buy", 12, 100_500);
  const feed = hyperliquidFeed(client, { holding: holdingId("mine") });
  expect(await feed.snapshot()).toMatchObject({ ok: true });
  const seen: BookEvent[] = [];
  const stop = await feed.watch((event) => seen.push(event));
  let price = 100_000;
  const fall = () => {
    price -= 20;
    running.exchange.setReference("BTC", `${price}`);
  };
  const marks = () => seen.filter((event) => event.type === "price" && event.kind === "mark");
  await until(() => marks().length > 3, fall);
  const funding = () => seen.filter((event) => event.type === "effect" && event.effect.was === "funding");
  running.exchange.advance(3_600_000);
  await until(
    () => funding().length > 0,
    () => {},
  );
  expect(funding()[0]).toMatchObject({ effect: { body: { coin: "BTC" } }, at: running.exchange.now() });
  const paid = running.exchange.state.incomes.find(({ type }) => type === "FUNDING_FEE")?.amount ?? 0n;
  const told = funding()[0];
  const { amount } = (told?.type === "effect" ? told.effect.body : {}) as { readonly amount: Exact };
  // six decimals, cut against the owner
  expect([text(amount), paid < 0n]).toEqual([text(trim(rescale(exact(paid, 8), 6, "floor"))), true]);
  running.exchange.setReference("BTC", "92000");
  const forced = () => seen.filter((event) => event.type === "effect" && event.effect.was === "liquidation");
  await until(
    () => forced().length > 0,
    () => {},
  );
  expect(forced()[0]).toMatchObject({ holding: "mine", effect: { body: { coin: "BTC", side: "sell" } } });
  const lastMark = () => {
    const event = marks().at(-1);
    return event?.type === "price" ? Number(text(event.price)) : Infinity;
  };
  // prices and reports come on streams of their own, in any order
  await until(
    () => lastMark() < 93_000,
    () => {},
  );
  running.dropSockets();
  await until(
    () => seen.some((event) => event.type === "lost" && event.why.code === "hyperliquid/stream-lost"),
    () => {},
  );
  await stop();
  await client.close();
  await running.stop();
}, 40_000);
