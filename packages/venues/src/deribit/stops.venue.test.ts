// Protection from end to end: what shall lie at the venue is worked out on its own rules, lies there, fires, and is then needed no more.
import { positionsOf, proposeStops, wantedStops } from "@plimsoll/core/protection";
import { toyGuard } from "@plimsoll/core/turn/testing";
import { accountKey, dec, holdingId, text, trim } from "@plimsoll/core/units";
import { type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { perpetuals, startDeribit } from "@plimsoll/sim/exchange/deribit";
import { Desk } from "@plimsoll/venues/exchange/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deribitActor } from "./act.ts";
import { deribitClient } from "./client.ts";
import { deribitFeed } from "./feed.ts";
import { deribit } from "./index.ts";
import type { Client } from "./transport.ts";

const [BTC, ETH] = [perpetuals.BTC.symbol, perpetuals.ETH.symbol];
const USDC = accountKey("USDC");
let running: RunningExchange;
let client: Client;
let desk: Desk;

beforeEach(async () => {
  const key = { account: "me", key: "key", secret: "secret" };
  running = await startDeribit({
    instruments: [perpetuals.BTC, perpetuals.ETH],
    prices: new Map([
      [BTC, fixed("100000")],
      [ETH, fixed("4000")],
    ]),
    fund: new Map([["USDC", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 10, 22, 9),
    keys: [key],
  });
  running.exchange.deposit("me", "USDC", "100000");
  client = await deribitClient({ ...key, localPort: running.port, clock: () => running.exchange.now() });
  await client.loadMarkets(true);
  desk = new Desk(deribitFeed(client, { holding: holdingId("mine") }), deribitActor(client), deribit.engine);
});
afterEach(async () => {
  await client.close();
  await running.stop();
});

/** What a guard that follows the liquidation of a contract at a fiftieth wants to have done now. */
async function plan(...instruments: readonly string[]) {
  const ground = { engine: deribit.engine, ...(await desk.read()) };
  const stops = instruments.map(
    (instrument) => ({ instrument, kind: "index", place: { before: dec("0.02") } }) as const,
  );
  const wanted = wantedStops(toyGuard({ ladder: [], stops }), ground, USDC);
  const positions = positionsOf(ground, USDC);
  if (!positions.ok) throw new Error(positions.failure.code);
  const lying = deribit.engine.resting(ground.holding, USDC, ground.scene);
  const refused = wanted.flatMap((each) => (each.ok ? [] : [each.failure.code]));
  const proposed = proposeStops(
    ground,
    positions.value,
    wanted.flatMap((each) => (each.ok ? [each.value] : [])),
    lying,
  );
  return { works: proposed.works, refused: [...refused, ...proposed.refusals.map(({ code }) => code)] };
}

async function work(...instruments: readonly string[]): Promise<readonly string[]> {
  const { works, refused } = await plan(...instruments);
  expect(refused).toEqual([]);
  const done: string[] = [];
  for (const { action } of works) {
    const reply = await desk.actor.send(await desk.prepare(action, `${running.exchange.now()}${done.length}`));
    done.push(`${action.do} ${reply.is}`);
    running.exchange.advance(1);
  }
  return done;
}

test("a stop follows the liquidation price, is replaced when it moves, and goes with its position", async () => {
  await client.createOrder("BTC/USDC:USDC", "market", "buy", 10);
  expect(await work(BTC)).toEqual(["stop accepted"]);
  const [position] = await client.fetchPositions();
  const [printed, mark, index] = ["estimated_liquidation_price", "mark_price", "index_price"].map((name) =>
    Number(position!.info[name]),
  ) as [number, number, number];
  const [, , , , , trigger] = (await desk.lying(USDC))[0]!.split(" ");
  // a fiftieth before where the venue itself says that it liquidates: it prints the mark, and the stop waits for the index
  expect((Number(trigger) * mark) / index / printed).toBeCloseTo(1.02, 4);
  expect(await work(BTC)).toEqual([]);
  running.exchange.deposit("me", "USDC", "20000");
  expect(await work(BTC)).toEqual(["stop accepted"]);
  expect(await work(BTC)).toEqual(["cancel done"]);
  expect(await desk.lying(USDC)).toHaveLength(1);
  running.exchange.setReference(BTC, "90000");
  running.exchange.advance(31_000);
  expect(await client.fetchPositions()).toEqual([]);
  expect([await work(BTC), await desk.lying(USDC)]).toEqual([[], []]);
});

test("each of two contracts in one currency has its own stop, woken by its own index", async () => {
  await client.createOrder("BTC/USDC:USDC", "market", "buy", 5);
  await client.createOrder("ETH/USDC:USDC", "market", "sell", 100);
  expect(await work(BTC, ETH)).toEqual(["stop accepted", "stop accepted"]);
  expect(await work(BTC, ETH)).toEqual([]);
  const lying = await desk.lying(USDC);
  expect(lying.map((each) => each.split(" ").slice(0, 5).join(" ")).toSorted()).toEqual([
    `${BTC} sell 5 reduce-only at-or-below`,
    `${ETH} buy 100 reduce-only at-or-above`,
  ]);
});

test("a position in a smaller size than its stop: one too large is not what is wanted for long", async () => {
  await client.createOrder("BTC/USDC:USDC", "market", "buy", 10);
  await work(BTC);
  await client.createOrder("BTC/USDC:USDC", "market", "sell", 4, undefined, { reduceOnly: true });
  const { holding } = await desk.read();
  expect(
    (holding.body as { positions: readonly { size: never }[] }).positions.map(({ size }) => text(trim(size))),
  ).toEqual(["6"]);
  await work(BTC);
  running.exchange.setReference(BTC, "88000");
  running.exchange.advance(31_000);
  expect(await client.fetchPositions()).toEqual([]);
});
