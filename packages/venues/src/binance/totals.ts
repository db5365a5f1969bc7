import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, ZERO, add, larger, ok, smaller, subtract } from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import { type Priced, initialMargin, maintenance, priceAll, profit } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";

/** The sums that decide an account, exact, in its margin asset. */
export interface Totals {
  readonly priced: readonly Priced[];
  /** Margin balance: wallet plus unrealised profit at mark. */
  readonly equity: Exact;
  readonly maintenance: Exact;
  /** Of positions at mark and of open orders; absent while a leverage is not known. */
  readonly initial?: Exact;
  /** What may leave or be used: for a pool its available balance, for an isolated position its removable margin. */
  readonly free?: Exact;
}

export const sumOf = (values: readonly Exact[]): Exact => values.reduce(add, ZERO);

/** Adds up an account; fails where a mark or a tier table is missing. */
export function totalsOf(account: Account, scene: Scene<BinanceTerms>): Result<Totals, Why> {
  const read = priceAll(account.positions, scene);
  if (!read.ok) return read;
  const priced = read.value;
  const sums = {
    priced,
    equity: add(account.wallet, sumOf(priced.map(profit))),
    maintenance: sumOf(priced.map(maintenance)),
  };
  const margins = priced.map(initialMargin);
  if (!margins.every((margin) => margin !== undefined)) return ok(sums);
  const initial = add(account.orderMargin, sumOf(margins));
  return ok({ ...sums, initial, free: freeOf(account, sums.equity, initial) });
}

/**
 * Available balance of a pool: equity less initial margin. Removable margin of an isolated position: the same, but a profit
 * not yet realised cannot be taken out. Never below 0.
 * @source Binance support: available balance and removable isolated margin, README.md rules 6 and 7.
 */
function freeOf(account: Account, equity: Exact, initial: Exact): Exact {
  const beyond = larger(ZERO, subtract(equity, initial));
  return account.is === "cross" ? beyond : smaller(beyond, larger(ZERO, account.wallet));
}
