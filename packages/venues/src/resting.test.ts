import type { Resting } from "@plimsoll/core/book";
import { type Figure, type HoldingId, holdingId, ms, text } from "@plimsoll/core/units";
import type { VenueModule } from "@plimsoll/venues/wire";
import { expect, test } from "vitest";
import { binance } from "./binance/index.ts";
import { bybit } from "./bybit/index.ts";
import { dydxV4 } from "./dydx-v4/index.ts";
import { hyperliquid } from "./hyperliquid/index.ts";
import { okx } from "./okx/index.ts";

const NOW = ms(Date.UTC(2026, 10, 22));
const ID: HoldingId = holdingId("desk");
const price = (unit: string) => ({ price: "100000", unit });
const isolated = { side: "long", entry: "90000", leverage: "10" };

interface Case {
  readonly module: VenueModule;
  readonly entry: Readonly<Record<string, unknown>>;
  readonly instrument: string;
  /** The account of the isolated position, and the pool beside it. */
  readonly own: string;
  readonly pool: string;
}

// each account holds one long position with margin of its own
const cases: readonly Case[] = [
  {
    module: binance,
    entry: {
      venue: "binance",
      wallet: { USDT: "50000" },
      positions: [{ ...isolated, symbol: "BTCUSDT", size: "1", margin: "isolated", isolatedWallet: "9000" }],
      marks: { BTCUSDT: price("USDT") },
    },
    ...{ instrument: "BTCUSDT", own: "BTCUSDT:BOTH", pool: "cross:USDT" },
  },
  {
    module: bybit,
    entry: {
      venue: "bybit",
      mode: "isolated",
      balances: { USDC: "50000" },
      positions: [{ ...isolated, symbol: "BTCPERP", size: "1", postedMargin: "9000" }],
      marks: { BTCPERP: price("USDC") },
    },
    ...{ instrument: "BTCPERP", own: "BTCPERP:one-way", pool: "wallet" },
  },
  {
    module: okx,
    entry: {
      venue: "okx",
      balances: { USDT: "50000" },
      positions: [
        { ...isolated, instrument: "BTC-USDT-SWAP", contracts: "100", margin: "isolated", isolatedMargin: "9000" },
      ],
      marks: { "BTC-USDT-SWAP": price("USDT") },
    },
    ...{ instrument: "BTC-USDT-SWAP", own: "BTC-USDT-SWAP:net", pool: "cross:USDT" },
  },
  {
    module: hyperliquid,
    entry: {
      venue: "hyperliquid",
      balance: { main: "50000" },
      positions: [{ ...isolated, coin: "BTC", size: "1", margin: "isolated", isolatedMargin: "9000" }],
      marks: { BTC: price("USDC") },
    },
    ...{ instrument: "BTC", own: "isolated:BTC", pool: "cross" },
  },
];

function lying({ module, entry }: Case, resting: unknown) {
  const read = module.readWritten(
    module.written.parse({ ...entry, ...(resting !== undefined && { resting }) }),
    ID,
    NOW,
  );
  if (!read.ok) throw new Error(`${read.failure.code} ${JSON.stringify(read.failure.facts)}`);
  const holding = read.value.find((event) => event.type === "holding")!.holding;
  const { terms } = read.value.find((event) => event.type === "terms")!;
  const scene = { now: NOW, quotes: new Map(), terms };
  const accounts = module.engine.accounts(holding);
  return (account: string): Figure<readonly Resting[]> =>
    module.engine.resting(
      holding,
      accounts.find((each) => each === account)!,
      scene,
    );
}

const table = cases.map((each) => [each.module.id, each] as const);

test.each(table)("%s: what is not written is not known; none written is none", (_venue, each) => {
  expect(lying(each, undefined)(each.own)).toMatchObject({
    is: "unknown",
    why: { code: `${each.module.id}/orders-not-read`, facts: { next: expect.stringContaining("resting") } },
  });
  expect(lying(each, [])(each.own)).toEqual({ is: "known", value: [], from: "derived", asOf: NOW });
});

test.each(table)("%s: an isolated position has its own orders, the pool has the others", (_venue, each) => {
  const { instrument, own, pool } = each;
  const of = lying(each, [
    { instrument, side: "sell", size: "all", trigger: { price: "80000", when: "at-or-below" } },
    { instrument, side: "sell", size: "0.5", limit: "110000" },
  ]);
  const lines = (account: string) => {
    const figure = of(account);
    return figure.is === "known" ? figure.value : [];
  };
  expect(lines(own)).toMatchObject([
    { size: "all", reduceOnly: true, trigger: { kind: "mark", when: "at-or-below" } },
    { reduceOnly: true },
  ]);
  expect(lines(own).map(({ size }) => (size === "all" ? size : text(size)))).toEqual(["all", "0.5"]);
  expect(lines(pool)).toEqual([]);
});

test.each(table)("%s: an order in an instrument that nobody knows is refused with its place", (_venue, each) => {
  const entry = { ...each.entry, resting: [{ instrument: "NOSUCH", side: "sell", size: "all" }] };
  const read = each.module.readWritten(each.module.written.parse(entry), ID, NOW);
  expect(read).toMatchObject({ ok: false, failure: { facts: { path: "resting.0.instrument", value: "NOSUCH" } } });
});

test("a venue whose orders nobody reads says so, and not that there are none", () => {
  const entry = {
    venue: "dydx-v4",
    subaccounts: [{ usdc: "-80000", positions: [{ market: "BTC-USD", side: "long", size: "1" }] }],
    prices: { "BTC-USD": { price: "90000", unit: "USD" } },
  };
  const of = lying({ module: dydxV4, entry, instrument: "BTC-USD", own: "", pool: "" }, undefined);
  expect(of("0")).toMatchObject({ is: "unknown", why: { code: "dydx-v4/orders-not-read" } });
});
