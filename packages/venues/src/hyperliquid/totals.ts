import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  add,
  exact,
  larger,
  multiply,
  ok,
  quotient,
  subtract,
} from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import { type Priced, initialMargin, maintenance, notional, priceAll, sumOf, value } from "./position.ts";
import type { HyperliquidTerms, Share } from "./terms.ts";

/** The sums that decide an account, exact, in the collateral token of its dex. */
export interface Totals {
  readonly priced: readonly Priced[];
  /** Account value: cash leg plus the value of the positions at mark. */
  readonly equity: Exact;
  readonly maintenance: Exact;
  readonly initial: Exact;
  /** What may leave the account; never below 0. */
  readonly free: Exact;
  /** Requirement of the backstop line; absent where the dex has no liquidator vault. */
  readonly backstop?: Exact;
}

/** Adds up an account; fails where a mark or a margin table is missing. */
export function totalsOf(account: Account, scene: Scene<HyperliquidTerms>): Result<Totals, Why> {
  const read = priceAll(account.positions, scene);
  if (!read.ok) return read;
  const priced = read.value;
  const { rules, dexes } = scene.terms.body;
  const equity = add(account.cash, sumOf(priced.map(value)));
  const sums = {
    priced,
    equity,
    maintenance: sumOf(priced.map(maintenance)),
    initial: sumOf(priced.map(initialMargin)),
  };
  const staying = larger(sums.initial, multiply(sumOf(priced.map(notional)), rules.transferShare));
  const locked = account.is === "isolated" && priced.some(({ terms }) => terms.margin === "strict");
  const free = locked ? ZERO : larger(ZERO, subtract(equity, staying));
  const backstop =
    dexes[account.dex]?.backstop === true ? shareOf(sums.maintenance, rules.backstop, equity) : undefined;
  return ok({ ...sums, free, ...(backstop !== undefined && { backstop }) });
}

/** A share of an amount, rounded up on a grid that holds `other` too: comparing with it is as good as comparing with the share. */
const shareOf = (amount: Exact, { over, under }: Share, other: Exact): Exact =>
  quotient(multiply(amount, exact(over)), exact(under), Math.max(18, other.scale), "ceil");
