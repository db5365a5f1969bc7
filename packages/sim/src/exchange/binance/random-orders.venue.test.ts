import type { Client } from "@plimsoll/venues/binance";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accountInfo, positionRisk, symbolConfig } from "./account-payload.ts";
import { type RunningExchange, accountOf, imbalance, isCrossed, marketOf, scopesOf } from "@plimsoll/sim/exchange";
import { premiumIndex } from "./market-payload.ts";
import { type Printed, differences } from "./testing/parity.ts";
import { RandomWalk, accounts, symbols } from "./testing/random-walk.ts";
import { clientsOf, openBinance } from "./testing/binance-venue.ts";

const ORDERS = Number(process.env["PLIMSOLL_ORDERS"] ?? 5_000);
const SEED = BigInt(process.env["PLIMSOLL_SEED"] ?? 20_261_122);

let running: RunningExchange;
let clients: readonly Client[];
beforeAll(async () => {
  running = await openBinance(accounts, { seed: SEED, cash: "200000" });
  clients = await clientsOf(running, accounts);
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await running.stop();
});

/** What the walk must have been through to prove anything. */
const COVERED = [
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
  "crossed",
];

test(
  "random orders through the real client: conserved to the last unit, and the engine agrees at every step",
  { timeout: 300_000 },
  async () => {
    const { exchange } = running;
    const walk = new RandomWalk(running, clients, SEED);
    await walk.prepare();
    const seen = new Map<string, number>();
    const count = (what: string) => void seen.set(what, (seen.get(what) ?? 0) + 1);
    exchange.listen((outputs) => {
      for (const output of outputs) count(output.type === "order" ? `order ${output.did}` : output.type);
    });
    const disagreed: string[] = [];
    const check = (step: number, touched: readonly string[]) => {
      expectConserved(step);
      for (const name of touched)
        for (const line of differences(exchange.state, accountOf(exchange, name), printedOf(name)))
          disagreed.push(`step ${step} ${name} ${line}`);
    };
    for (let step = 0; step < ORDERS; step += 1) {
      const trades = exchange.state.trades.length;
      count(await walk.order(step).then(() => "accepted", codeOf));
      check(step, trades === exchange.state.trades.length ? [walk.who(step)] : accounts);
      if (walk.chance(0.4, "moves", step)) {
        walk.move(step, walk.chance(0.06, "gap", step));
        check(step, accounts); // in a gap some are beyond the line and not yet liquidated: the flags must agree there too
        if (
          accounts.some((name) =>
            scopesOf(exchange, accountOf(exchange, name)).some((scope) => isCrossed(exchange, scope)),
          )
        )
          count("crossed");
        walk.act();
        check(step, accounts);
      }
      if (step % 500 === 0) await expectReadable(walk.who(step));
    }
    console.log(JSON.stringify({ orders: ORDERS, ...Object.fromEntries(seen) }));
    expect(disagreed.slice(0, 10)).toEqual([]);
    expect(COVERED.filter((what) => !seen.has(what))).toEqual([]);
  },
);

function expectConserved(step: number): void {
  const { money, sizes } = imbalance(running.exchange.state);
  for (const [what, off] of [...money, ...sizes])
    if (off !== 0n) throw new Error(`step ${step}: ${what} is off by ${off}`);
}

/** The venue's code in the client's error; anything else is a failure of the test. */
function codeOf(error: unknown): string {
  const code = /"code":\s*(-?\d+)/.exec(String(error))?.[1];
  if (code === undefined) throw error;
  return code;
}

/** What a client would read about an account now. */
function printedOf(name: string): Printed {
  const { exchange } = running;
  const account = accountOf(exchange, name);
  return {
    hedge: account.hedge,
    assets: accountInfo(exchange, account).assets,
    positions: [...account.positions.values()].map((position) => positionRisk(exchange, account, position, false)),
    config: symbols.map((symbol) => symbolConfig(exchange, account, symbol)),
    marks: symbols.map((symbol) => premiumIndex(marketOf(exchange, symbol), exchange.now())),
  };
}

/** The client reads the same text over the wire. */
async function expectReadable(name: (typeof accounts)[number]): Promise<void> {
  const client = clients[accounts.indexOf(name)];
  const rows: unknown = await client?.fapiPrivateV3GetPositionRisk();
  expect(rows).toEqual(JSON.parse(JSON.stringify(printedOf(name).positions)));
}
