import { afterAll, beforeAll, expect, test } from "vitest";
import { accountInfo, positionRisk, symbolConfig } from "./account-payload.ts";
import {
  type Account,
  type RunningExchange,
  accountOf,
  drawBelow,
  happens,
  imbalance,
  isCrossed,
  marketOf,
  printed,
  scopesOf,
} from "./index.ts";
import { premiumIndex } from "./market-payload.ts";
import { type Printed, differences } from "./testing/parity.ts";
import { clientsOf, openVenue } from "./testing/venue.ts";

const ORDERS = Number(process.env["PLIMSOLL_RUNS"] ?? 5_000);
const SEED = BigInt(process.env["PLIMSOLL_SEED"] ?? 20_261_122);
/** Alice trades one-way and cross, bob keeps ETH isolated, carol hedges, dave hedges with BTC isolated and larger brackets. */
const accounts = ["alice", "bob", "carol", "dave"] as const;
const symbols = ["BTCUSDT", "ETHUSDT"] as const;
const unified = { BTCUSDT: "BTC/USDT:USDT", ETHUSDT: "ETH/USDT:USDT" } as const;

let running: RunningExchange;
let clients: Awaited<ReturnType<typeof clientsOf>>;
beforeAll(async () => {
  running = await openVenue(accounts, { seed: SEED, cash: "200000" });
  clients = await clientsOf(running, accounts);
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await running.stop();
});

const pick = <T>(from: readonly T[], ...path: readonly (string | number)[]): T => {
  const one = from[drawBelow(from.length, SEED, ...path)];
  if (one === undefined) throw new Error("nothing to pick from");
  return one;
};

test(
  "5,000 random orders through the real client: conserved to the last unit, and the engine agrees at every step",
  { timeout: 300_000 },
  async () => {
    const { exchange } = running;
    const [, bob, carol, dave] = clients;
    await bob?.setMarginMode("isolated", unified.ETHUSDT);
    await carol?.setPositionMode(true);
    await dave?.setPositionMode(true);
    await dave?.setMarginMode("isolated", unified.BTCUSDT);
    exchange.run({ type: "coef", account: "dave", coef: 150_000_000n });
    const counts: Record<string, number> = {};
    const count = (what: string) => void (counts[what] = (counts[what] ?? 0) + 1);
    exchange.listen((outputs) => {
      for (const output of outputs) count(output.type === "order" ? `order ${output.did}` : output.type);
    });
    const explained: string[] = [];
    const check = (step: number, touched: readonly string[] = accounts) => {
      const { money, sizes } = imbalance(exchange.state);
      for (const [what, off] of [...money, ...sizes])
        if (off !== 0n) throw new Error(`step ${step}: ${what} is off by ${off}`);
      for (const name of accounts)
        explained.push(
          ...differences(exchange.state, accountOf(exchange, name), printedOf(accountOf(exchange, name))).map(
            (line) => `step ${step} ${name} ${line}`,
          ),
        );
    };
    for (let step = 0; step < ORDERS; step += 1) {
      const at = drawBelow(accounts.length, SEED, "who", step);
      const fills = exchange.state.trades.length;
      await randomOrder(step, at).then(
        () => count("accepted"),
        (error: unknown) => count(codeOf(error)),
      );
      if (happens(400_000, SEED, "moves", step)) move(step, check, count);
      check(step);
    }
    expect(explained.slice(0, 10)).toEqual([]);
    // the walk must have been through everything it is meant to test
    for (const what of [
      "accepted",
      "order TRADE",
      "order CALCULATED",
      "liquidation",
      "takeover",
      "adl",
      "funding",
      "margin-call",
      "-2019",
      "-2022",
      "seen crossed",
    ])
      expect(counts[what] ?? 0, what).toBeGreaterThan(0);
  },
);

/** The venue's code in the client's error; anything else is a failure of the test. */
function codeOf(error: unknown): string {
  const code = /"code":\s*(-?\d+)/.exec(String(error))?.[1];
  if (code === undefined) throw error;
  return code;
}

/** One order of one account, anywhere within 2 % of mark, sometimes closing, sometimes far too large. */
async function randomOrder(step: number, at: number): Promise<unknown> {
  const client = clients[at];
  const symbol = pick(symbols, "symbol", step);
  const side = pick(["buy", "sell"] as const, "side", step);
  const type = pick(["market", "limit", "limit"] as const, "type", step);
  const scale = pick([1, 10, 100, 1_000], "scale", step);
  const size = ((1 + drawBelow(40, SEED, "size", step)) * scale * (symbol === "BTCUSDT" ? 1 : 10)) / 1_000;
  const { mark, instrument } = marketOf(running.exchange, symbol);
  const offset = BigInt(9_800 + drawBelow(401, SEED, "price", step));
  const price = Number(printed(((mark * offset) / 10_000n / instrument.tick) * instrument.tick));
  const hedge = at >= 2;
  const timeInForce = pick(["GTC", "GTC", "IOC", "FOK", "GTX"], "time", step);
  const params = {
    ...(type === "limit" ? { timeInForce } : {}),
    ...(hedge
      ? { positionSide: pick(["LONG", "SHORT"], "position", step) }
      : { reduceOnly: happens(200_000, SEED, "reduce", step) }),
  };
  if (happens(30_000, SEED, "cancel", step)) return client?.cancelAllOrders(unified[symbol]);
  return client?.createOrder(unified[symbol], type, side, size, type === "limit" ? price : undefined, params);
}

/** The world moves: time passes, prices walk; now and then they gap while the venue cannot act, so that flags can be compared. */
function move(step: number, check: (step: number) => void, count: (what: string) => void): void {
  const { exchange } = running;
  exchange.advance(drawBelow(900_000, SEED, "wait", step));
  const crash = happens(25_000, SEED, "crash", step);
  if (crash) exchange.run({ type: "mode", mode: "cancel-only" });
  for (const symbol of symbols) {
    const { index, instrument } = marketOf(exchange, symbol);
    const start = symbol === "BTCUSDT" ? 100_000n : 4_000n;
    const walk = BigInt(drawBelow(2_001, SEED, "walk", symbol, step) - 1_000) * (crash ? 12n : 1n);
    const pull = (start * 100_000_000n - index) / 50n;
    const next = index + (index * walk) / 100_000n + pull;
    const premium = BigInt(drawBelow(401, SEED, "premium", symbol, step) - 200);
    const price = (next / instrument.tick) * instrument.tick + BigInt(drawBelow(1_000, SEED, "dust", symbol, step));
    exchange.run({ type: "price", symbol, index: price, mid: price + (price * premium) / 100_000n });
  }
  if (crash) {
    exchange.advance(60_000);
    check(step);
    for (const name of accounts)
      if (scopesOf(exchange, accountOf(exchange, name)).some((scope) => isCrossed(exchange, scope)))
        count("seen crossed");
    exchange.run({ type: "mode", mode: "normal" });
  }
  for (const account of accounts)
    if ((accountOf(exchange, account).cross.get("USDT") ?? 0n) < 20_000n * 100_000_000n)
      exchange.deposit(account, "USDT", "150000");
}

/** What a client would read about an account now. */
function printedOf(account: Account): Printed {
  const { exchange } = running;
  const { assets } = accountInfo(exchange, account);
  const marks = symbols.map((symbol) => premiumIndex(marketOf(exchange, symbol), exchange.now()));
  const positions = [...account.positions.values()].map((position) => positionRisk(exchange, account, position, false));
  return {
    hedge: account.hedge,
    assets,
    positions,
    config: symbols.map((symbol) => symbolConfig(exchange, account, symbol)),
    marks,
  };
}
