import type { Market, Step } from "@plimsoll/core/margin";
import {
  type Exact,
  ZERO,
  compare,
  isNegative,
  multiply,
  negate,
  quotient,
  smaller,
  subtract,
  text,
} from "@plimsoll/core/units";
import type { CoinValue } from "./coin-value.ts";
import { COIN_SCALE, flow, pay } from "./fill.ts";
import type { Body } from "./holding.ts";
import { type Totals, balanceOf } from "./totals.ts";

/** The name under which a market is asked for the price of one coin in another. */
const pairName = (coin: string, inCoin: string): string => `${coin}/${inCoin}`;

/**
 * Repays the largest debt of the wallet with the coin it has most of, as far as either goes. The venue's own order of coins is not
 * published as a rule: an estimate.
 * @returns undefined where nothing is owed or nothing is left to sell; "unknown" where the fill is not known.
 */
export function autoRepay(body: Body, { coins }: Totals, market: Market): Step<Body> | "unknown" | undefined {
  const usd = ({ equity, index }: CoinValue) => multiply(equity, index);
  const sorted = coins.toSorted((a, b) => compare(usd(a), usd(b)));
  const [debt, asset] = [sorted[0], sorted.findLast(({ coin }) => cashOf(body, coin).digits > 0n)];
  if (debt === undefined || asset === undefined || !isNegative(debt.equity) || asset.coin === debt.coin)
    return undefined;
  const owed = negate(debt.equity);
  const enough = quotient(multiply(owed, debt.index), asset.index, COIN_SCALE, "ceil");
  const sold = smaller(enough, cashOf(body, asset.coin));
  const fill = market.fill(pairName(asset.coin, debt.coin), "sell", sold);
  if (fill.is !== "known") return "unknown";
  const got = multiply(sold, fill.value);
  const lost = subtract(multiply(sold, asset.index), multiply(got, debt.index));
  return {
    what: `sell ${text(sold)} ${asset.coin} at ${text(fill.value)} to repay ${debt.coin} (estimate)`,
    after: pay(pay(body, asset.coin, negate(sold)), debt.coin, got),
    taken: flow("USD", lost),
    fee: [],
    badDebt: [],
  };
}

const cashOf = (body: Body, coin: string): Exact => balanceOf(body, coin)?.cash ?? ZERO;
