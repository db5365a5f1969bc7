import type { Market, Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  ZERO,
  add,
  compare,
  exact,
  isNegative,
  isZero,
  magnitude,
  multiply,
  negate,
  quotient,
  smaller,
  subtract,
} from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import { profitBetween } from "./contract-value.ts";
import { feeOf } from "./fill.ts";
import { type Priced, balance } from "./position.ts";
import type { BinanceTerms, SymbolTerms } from "./terms.ts";
import { requiredOf, totalsOf } from "./totals.ts";

/**
 * The smallest size after which equity is above maintenance; the whole where no part is enough. What is left over as a
 * function of the size is concave: closing frees less and less as the tier falls, while fee and slippage only grow. So a part
 * may do where the whole does not, and the search goes up to the best size, then back to the first that is enough.
 */
export function reliefSize(
  account: Account,
  priced: Priced,
  scene: Scene<BinanceTerms>,
  market: Market,
): Exact | undefined {
  const { position, terms } = priced;
  const whole = magnitude(position.size);
  const sized = (count: bigint) => smaller(whole, multiply(terms.step, exact(count)));
  const leftOver = (count: bigint): Exact | undefined => {
    const size = sized(count);
    const fill = market.fill(position.symbol, isNegative(position.size) ? "buy" : "sell", size);
    if (fill.is !== "known") return undefined;
    const totals = totalsOf(afterClose(account, priced, size, fill.value), scene);
    return totals.ok ? subtract(totals.value.equity, requiredOf(totals.value, scene.terms.body)) : undefined;
  };
  const steps = quotient(whole, terms.step, 0, "ceil").digits;
  const best = firstCount(1n, steps, (count) => {
    const [here, next] = [leftOver(count), leftOver(count + 1n)];
    return here === undefined || next === undefined || compare(next, here) <= 0;
  });
  const relieves = (count: bigint) => compare(leftOver(count) ?? ZERO, ZERO) > 0;
  if (leftOver(steps) === undefined) return undefined;
  return relieves(best) ? sized(firstCount(1n, best, relieves)) : whole;
}

/** The account after a forced close that gives no margin back: what it gains less its cost stays. */
function afterClose(account: Account, { position, terms }: Priced, size: Exact, price: Exact): Account {
  const closed = isNegative(position.size) ? negate(size) : size;
  const left = subtract(position.size, closed);
  const gain = subtract(profitBetween(closed, position.entry, price, terms), clearanceFee(size, price, terms));
  const positions = account.positions.flatMap((each) => {
    if (each !== position) return [each];
    return isZero(left) ? [] : [{ ...each, size: left }];
  });
  if (account.is !== "unified") return { ...account, positions, wallet: balance(add(account.wallet, gain)) };
  const wallets = account.wallets.map((each) =>
    each.asset === position.asset ? { ...each, cross: balance(add(each.cross, gain)) } : each,
  );
  return { ...account, positions, wallets };
}

/** The first count from low to high where the answer turns true; high where it never does before. */
function firstCount(low: bigint, high: bigint, isThere: (count: bigint) => boolean): bigint {
  while (low < high) {
    const middle = (low + high) / 2n;
    if (isThere(middle)) high = middle;
    else low = middle + 1n;
  }
  return high;
}

/** What a forced trade costs: the taker commission and the insurance clearance fee. */
export const clearanceFee = (size: Exact, price: Exact, terms: SymbolTerms): Exact =>
  feeOf(size, price, add(terms.takerFee, terms.liquidationFee), terms);
