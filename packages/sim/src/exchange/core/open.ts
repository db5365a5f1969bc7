import { type Instrument, checkInstrument } from "./instrument.ts";
import type { Account, ExchangeState, Market } from "./state.ts";
import { INSURANCE, MAKER, VENUE } from "./turn.ts";
import { ONE } from "./fixed.ts";

export interface Opening {
  readonly instruments: readonly Instrument[];
  /** Index price of each symbol at the start, 1e-8. */
  readonly prices: ReadonlyMap<string, bigint>;
  readonly accounts: readonly string[];
  /** What the insurance fund starts with, by asset, 1e-8. */
  readonly fund?: ReadonlyMap<string, bigint>;
  readonly now: number;
}

/** A venue on its first moment: quiet books, no positions. @throws on an instrument that could lose fractions, or without a price. */
export function openExchange({ instruments, prices, accounts, fund = new Map(), now }: Opening): ExchangeState {
  const markets = new Map(
    instruments.map((instrument) => [instrument.symbol, newMarket(instrument, prices.get(instrument.symbol), now)]),
  );
  const state: ExchangeState = {
    now,
    markets,
    accounts: new Map([MAKER, INSURANCE, VENUE, ...accounts].map((id) => [id, newAccount(id)])),
    orders: new Map(),
    clientIds: new Map(),
    conditionals: new Map(),
    trades: [],
    incomes: [],
    moves: [],
    deposited: new Map(fund),
    ids: 1000,
  };
  for (const [asset, amount] of fund) state.accounts.get(INSURANCE)?.cross.set(asset, amount);
  return state;
}

const newAccount = (id: string): Account => ({
  id,
  hedge: false,
  coef: ONE,
  cross: new Map(),
  settings: new Map(),
  positions: new Map(),
  called: new Set(),
});

function newMarket(instrument: Instrument, price: bigint | undefined, now: number): Market {
  checkInstrument(instrument);
  if (price === undefined || price <= 0n)
    throw new Error(`invariant broken: ${instrument.symbol} opens without a price`);
  const { everyMs } = instrument.funding;
  const nextAt = (Math.floor(now / everyMs) + 1) * everyMs;
  const funding = { nextAt, lastRate: 0n, since: now, sampledAt: now, sum: 0n, weight: 0n };
  return {
    instrument,
    index: price,
    mid: price,
    last: price,
    mark: price,
    mode: "normal",
    basis: [],
    eaten: { bids: 0n, asks: 0n },
    bids: [],
    asks: [],
    funding,
  };
}
