import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, type Socket, createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Action, Holding } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { createTurn } from "@plimsoll/core/turn";
import { type Result, type Why, compare, dec, holdingId, ms } from "@plimsoll/core/units";
import { type Keeper, createLog, createRedact, openStore, sha256, startKeeper } from "@plimsoll/keeper";
import { type RunningExchange, fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { binance, binanceActor, binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { type Prepare, agree } from "./row.ts";

const [echo, order, tick] = ["raw TCP echo", "an order alone, through our actor", "tick to order, through the keeper"];
const HOLDING = holdingId("binance:me");
const KEY = { account: "me", key: "me-key", secret: "me-secret" };
const [SYMBOL, HIGH, LOW] = ["BTCUSDT", "100000", "92000"];
/** About what an order is on the wire, headers and signature counted. */
const ORDER_BYTES = 700;

/** Cuts the position when health falls under 8, so that it is 9; each fall is an episode of its own. */
const guard: Guard = {
  ...{ id: "rescue", name: "keep the perp alive", scope: { holding: HOLDING }, mode: "armed" },
  trigger: { when: "health", line: "maintenance", below: dec("8"), release: dec("10"), urgent: dec("7") },
  target: { want: "health", at: dec("9") },
  ladder: [{ use: "reduce", instrument: SYMBOL, slippage: dec("0.001") }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(60_000), perDay: 100_000 },
};

/** From the venue's mark on a socket to our order at the venue, against what a socket costs at all. */
export const prepareLatency: Prepare = async () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-latency-"));
  const desk = await openDesk(folder);
  const line = await openEcho();
  const { keeper, venue } = desk;
  await desk.raise();
  const held = await desk.holding();
  agree(keeper.view().accounts.length === 1, "the keeper sees another number of accounts than the venue has");
  return {
    question: "from a mark on the venue's socket to our order at the venue, journaled on the disk before it leaves",
    unit: "order",
    clock: "wall",
    finer: 2,
    contenders: [
      { name: echo, units: 20, run: () => repeat(20, line.roundTrip) },
      { name: order, units: 1, ready: desk.raise, run: () => desk.orderAlone(held) },
      { name: tick, units: 1, ready: desk.raise, run: desk.fall },
    ],
    ratios: [
      [echo, order],
      [echo, tick],
      [order, tick],
    ],
    checked: ["every fall was answered by one order that the venue took, and before it the account was safe"],
    close: async () => {
      await keeper.stop();
      await desk.close();
      line.close();
      await venue.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** The keeper over the real client, a journal on the disk, and a venue on a port, all with a clock that each tick sets a second ahead. */
async function openDesk(folder: string) {
  let aheadMs = 0;
  const clock = () => ms(Date.now() + aheadMs);
  const venue = await startBinance({
    instruments: [listings.BTCUSDT],
    prices: new Map([[SYMBOL, fixed(HIGH)]]),
    fund: new Map([["USDT", fixed("1000000000")]]),
    keys: [KEY],
    seed: 1n,
    startAt: Date.now(),
    clock,
  });
  venue.exchange.run({ type: "leverage", account: KEY.account, symbol: SYMBOL, leverage: 20 });
  const client = await binanceClient({ ...KEY, localPort: venue.port, clock });
  const feed = binanceFeed(client, { holding: HOLDING, symbols: [SYMBOL] });
  const actor = binanceActor(client);
  const store = sure(await openStore(join(folder, "data")));
  const keeper: Keeper = sure(
    await startKeeper({
      ...{ store, clock, engineOf: () => binance.engine, turn: createTurn({ engineOf: () => binance.engine, sha256 }) },
      connections: [{ holding: HOLDING, feed, actor }],
      policy: { guards: [guard], reserves: [] },
      log: createLog("fatal", { write: () => {} }, createRedact([])),
      timing: { tickMs: 1_000, refreshMs: 300, pollMs: 5, settleMs: 200 },
    }),
  );
  const position = () => venue.exchange.state.accounts.get(KEY.account)!.positions.values().next().value?.size ?? 0n;
  const owner = (side: "buy" | "sell", size: bigint) => {
    const request = { symbol: SYMBOL, side, positionSide: "BOTH", type: "MARKET", timeInForce: "GTC" } as const;
    const reduceOnly = side === "sell";
    const done = venue.exchange.run({
      ...{ type: "order", account: KEY.account, order: { ...request, price: 0n, size, reduceOnly, clientId: "" } },
    });
    agree(done.ok, "the owner's order was refused");
  };
  const move = (price: string) => {
    aheadMs += 1_000; // marks are told once a second
    venue.exchange.setReference(SYMBOL, price);
  };
  return {
    ...{ venue, keeper },
    holding: async (): Promise<Holding> => keeper.view().holdings[0]!,
    /** Brings price, wallet and position back, and waits until the keeper knows it. */
    raise: async (): Promise<void> => {
      aheadMs += 60_000; // the book fills again
      move(HIGH);
      const lacking = fixed("10050") - walletOf(venue);
      if (lacking > 0n) venue.exchange.run({ type: "deposit", account: KEY.account, asset: "USDT", amount: lacking });
      for (let missing = fixed("1") - position(); missing > 0n; missing = fixed("1") - position()) {
        owner("buy", missing < fixed("0.1") ? missing : fixed("0.1"));
        aheadMs += 20_000;
      }
      move(HIGH);
      const since = clock();
      await until(
        () => isCalm(keeper, since),
        () => JSON.stringify(keeper.view().accounts.map(({ danger, because, asOf }) => [danger, because, asOf, since])),
      );
    },
    /** The venue tells a fall; resolves when its first order of ours has come. */
    fall: async (): Promise<number> => {
      const before = position();
      const came = ordersOf(venue);
      move(LOW);
      const inTime = await Promise.race([came.first.then(() => true), wait(10_000, false, { ref: false })]);
      agree(inTime, "a fall was not answered within 10 s");
      agree(position() < before, "the order had no effect");
      return Number(position());
    },
    orderAlone: async (held: Holding): Promise<number> => {
      aheadMs += 20_000;
      const sell: Action = {
        do: "order",
        instrument: SYMBOL,
        side: "sell",
        size: dec("0.001"),
        limit: dec("99000"),
        reduceOnly: true,
      };
      const came = ordersOf(venue);
      const made = sure(await actor.prepare(`alone ${aheadMs}`, held, sell));
      const sent = actor.send(made);
      await came.first;
      agree((await sent).is === "done", "the order alone was not taken");
      return Number(position());
    },
    close: async () => {
      await client.close();
      await store.close();
    },
  };
}

const walletOf = ({ exchange }: RunningExchange): bigint =>
  exchange.state.accounts.get(KEY.account)!.cross.get("USDT") ?? 0n;

/** Safe, read after whatever was done, and with nothing under way. */
function isCalm(keeper: Keeper, since: number): boolean {
  const { accounts, open } = keeper.view();
  const [account] = accounts;
  const health = account?.maintenance?.health;
  if (account === undefined || account.asOf < since) return false;
  return open.length === 0 && health !== undefined && compare(health, dec("10")) >= 0 && account.danger !== "unknown";
}

/** The next order of ours that the venue hears of, at the moment when it hears. */
function ordersOf({ exchange }: RunningExchange) {
  const { promise: first, resolve } = Promise.withResolvers<void>();
  const stop = exchange.listen((outputs) => {
    const ours = outputs.some(
      (output) =>
        output.type === "order" && output.order.account === KEY.account && output.order.clientId.startsWith("pl."),
    );
    if (!ours) return;
    stop();
    resolve();
  });
  return { first };
}

async function until(holds: () => boolean, said: () => string): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    agree(tries < 600, `the keeper does not calm down: ${said()}`);
    await wait(5);
  }
}

/** As many bytes as an order has, there and back over a socket of the loopback. */
async function openEcho() {
  const server = createServer((socket) => void socket.setNoDelay(true).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client: Socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
  await new Promise<void>((resolve) => client.once("connect", resolve));
  const bytes = Buffer.alloc(ORDER_BYTES, "x");
  let [left, done]: [number, (left: number) => void] = [0, () => {}];
  client.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left <= 0) done(left);
  });
  return {
    roundTrip: () =>
      new Promise<number>((resolve) => {
        [left, done] = [ORDER_BYTES, resolve];
        client.write(bytes);
      }),
    close: () => {
      client.destroy();
      server.close();
    },
  };
}

async function repeat(times: number, run: () => Promise<number>): Promise<number> {
  let last = 0;
  for (let time = 0; time < times; time++) last = await run();
  return last;
}

function sure<T>(result: Result<T, Why>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.failure.code} ${JSON.stringify(result.failure.facts)}`);
}
