import type { BookEvent } from "@plimsoll/core/book";
import { applyEvent, noFacts } from "@plimsoll/core/turn";
import { holdingId, text, trim } from "@plimsoll/core/units";
import type { RunningExchange } from "@plimsoll/sim/exchange";
import { type Body, deribit, deribitFeed } from "@plimsoll/venues/deribit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BTC, BTC_NAME, type DeribitClient, clientOf, keyOf, openDeribit } from "./testing/deribit-venue.ts";

const ID = holdingId("mine");
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

async function snapshot(): Promise<readonly BookEvent[]> {
  const read = await deribitFeed(client, { holding: ID }).snapshot();
  if (!read.ok) throw new Error(`${read.failure.code} ${JSON.stringify(read.failure.facts)}`);
  return read.value;
}
const differing = (events: readonly BookEvent[]) =>
  events
    .flatMap((event) => (event.type === "parity" ? event.rows : []))
    .filter(({ verdict }) => verdict === "differs")
    .map(({ of, figure, decides }) => `${of} ${figure}${decides ? " decides" : ""}`);

test("the live feed reads an account of this venue, with its terms, and the engine assesses it", async () => {
  await client.createOrder(BTC, "market", "buy", 2);
  await client.createOrder(BTC, "limit", "sell", 0.2, 101_000, { reduceOnly: true });
  const events = await snapshot();
  const { holding } = events.find((event) => event.type === "holding")!;
  const { terms } = events.find((event) => event.type === "terms")!;
  const { wallets, positions, orders } = holding.body as Body;
  expect(wallets.map(({ currency, model, balance }) => [currency, model, text(trim(balance))])).toEqual([
    ["USDC", "segregated_sm", "99899.995"],
  ]);
  expect(positions.map(({ instrument, size, entry }) => [instrument, text(size), Number(text(entry))])).toEqual([
    [BTC_NAME, "2", 100_005],
  ]);
  expect(orders.map(({ instrument }) => instrument)).toEqual([BTC_NAME]);
  expect(deribit.engine.readable(holding, terms)).toEqual({ ok: true, value: undefined });
  const facts = noFacts();
  for (const event of events) applyEvent(facts, event);
  expect([...facts.lost.keys()]).toEqual([]);
  const [account] = deribit.engine.accounts(holding);
  const { lines } = deribit.engine.assess(holding, account!, { now: holding.asOf, quotes: facts.quotes, terms });
  // (1 % + 0.005 % x 2) x 2 x 100,000
  expect(lines.flatMap(({ name, required }) => (name === "maintenance" ? [Number(text(required))] : []))).toEqual([
    2_020,
  ]);
});

test.each(["0.003", "2", "17.5"])(
  "what decides is the engine's own figure: maintenance of %s coins, moved marks",
  async (size) => {
    await client.createOrder(BTC, "market", "sell", Number(size));
    await client.createOrder("ETH/USDC:USDC", "market", "buy", 30);
    running.exchange.setReference(BTC_NAME, "101000", "101100");
    running.exchange.advance(31_000);
    // its initial margin here is without what each coin adds, and at the mark
    expect(differing(await snapshot()).filter((row) => !row.includes("initial margin"))).toEqual([]);
  },
);

test("what the key may do is told by the sign-in", async () => {
  const feed = deribitFeed(client, { holding: ID });
  await feed.snapshot();
  expect(feed.permission).toMatchObject({ is: "said", trades: true, transfers: false, withdraws: false });
  const dangerous = await openDeribit(["me"], { keys: [{ ...keyOf("me"), withdraw: true }] });
  const other = await clientOf(dangerous, "me");
  expect(await deribitFeed(other, { holding: ID }).snapshot()).toMatchObject({
    ok: false,
    failure: { code: "deribit/key-can-withdraw" },
  });
  await other.close();
  await dangerous.stop();
});

test("sockets: prices follow the venue, and a change of the account is read", { timeout: 20_000 }, async () => {
  await client.createOrder(BTC, "market", "buy", 1);
  const feed = deribitFeed(client, { holding: ID });
  await feed.snapshot();
  const seen: BookEvent[] = [];
  const stop = await feed.watch((event) => seen.push(event));
  const until = async (found: () => boolean) => {
    for (let tries = 0; !found(); tries++) {
      if (tries > 200) throw new Error("it never came");
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const indices = () =>
    seen.flatMap((event) => (event.type === "price" && event.kind === "index" ? [text(trim(event.price))] : []));
  await until(() => indices().length > 0);
  running.exchange.setReference(BTC_NAME, "99500");
  running.exchange.advance(200);
  await until(() => indices().includes("99500"));
  const readings = () => seen.filter((event) => event.type === "holding").length;
  const before = readings();
  await client.createOrder(BTC, "market", "sell", 0.25, undefined, { reduceOnly: true });
  await until(() => readings() > before);
  const last = seen.findLast((event) => event.type === "holding")!;
  expect((last.holding.body as Body).positions.map(({ size }) => text(size))).toEqual(["0.75"]);
  await stop();
});
