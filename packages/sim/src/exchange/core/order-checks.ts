import { type Result, ok } from "@plimsoll/core/units";
import { ONE, printed } from "./fixed.ts";
import { availableOf, initialOf, tiersOf } from "./margin.ts";
import { type Fill, isReducing, reducible, restingOf } from "./match.ts";
import { absolute } from "./position.ts";
import type { Account, Market, OrderRequest } from "./state.ts";
import { type Refusal, type Turn, refuse } from "./turn.ts";
import { settingsOf, sizeOf } from "./wallet.ts";

type Check = Result<void, Refusal>;
const PASS: Check = ok(undefined);

/** What the request alone must satisfy: grid, sizes, band, mode. */
export function checkShape(market: Market, account: Account, order: OrderRequest): Check {
  const { tick, lot, bandUp, bandDown, minNotional } = market.instrument;
  if (account.hedge === (order.positionSide === "BOTH"))
    return refuse(-4061, "Order's position side does not match user's setting.");
  if (account.hedge && order.reduceOnly) return refuse(-1106, "Parameter 'reduceonly' sent when not required.");
  if (order.size <= 0n) return refuse(-4003, "Quantity less than or equal to zero.");
  if (order.size % lot !== 0n) return refuse(-1111, "Precision is over the maximum defined for this asset.");
  if (market.mode === "halted" || market.mode === "cancel-only") return refuse(-4141, "Symbol is closed.");
  if (market.mode === "reduce-only" && !isReducing(order))
    return refuse(
      -4400,
      "Futures Trading Quantitative Rules violated, only reduceOnly order is allowed, please try again later.",
    );
  if (order.type === "LIMIT") {
    if (order.price <= 0n) return refuse(-4001, "Price less than 0.");
    if (order.price % tick !== 0n) return refuse(-4014, "Price not increased by tick size.");
    if (order.side === "buy" && order.price * ONE > market.mark * bandUp)
      return refuse(-4016, `Limit price can't be higher than ${edge(market.mark * bandUp, tick)}.`);
    if (order.side === "sell" && order.price * ONE < market.mark * bandDown)
      return refuse(-4024, `Limit price can't be lower than ${edge(market.mark * bandDown + tick * ONE - 1n, tick)}.`);
  }
  const price = order.type === "LIMIT" ? order.price : market.mark;
  if (!isReducing(order) && order.size * price < minNotional * ONE)
    return refuse(-4164, "Order's notional must be no smaller than the minimum (unless you choose reduce only).");
  return PASS;
}

/** The last price of the grid within a band, as the venue's refusal names it. */
const edge = (bound16: bigint, tick: bigint): string => printed(bound16 / ONE - ((bound16 / ONE) % tick));

/**
 * A reducer needs a position on the other side that other reducers do not already cover. In hedge mode it must also fit.
 * A stop that closes the position takes all there is, whatever else waits for it.
 */
export function checkReducing(
  turn: Turn,
  market: Market,
  account: Account,
  order: OrderRequest,
  closePosition: boolean,
): Check {
  if (!isReducing(order) || closePosition) return PASS;
  const own = { ...order, account: account.id };
  const covered = restingOf(market, order.side)
    .filter((other) => other.account === account.id && other.positionSide === order.positionSide && isReducing(other))
    .reduce((sum, other) => sum + other.size - other.filled, 0n);
  const free = reducible(turn, own) - covered;
  if (free <= 0n || (account.hedge && order.size > free)) return refuse(-2022, "ReduceOnly Order is rejected.");
  return PASS;
}

/**
 * The account must afford what the order would open, at the worst planned price: initial margin, the loss against mark it
 * opens with, and the commission of what fills at once; and its brackets must allow the size at this leverage.
 */
export function checkAffordable(
  turn: Turn,
  market: Market,
  account: Account,
  order: OrderRequest,
  fills: readonly Fill[],
): Check {
  if (isReducing(order)) return PASS;
  const { symbol, quote, takerFee } = market.instrument;
  const price = order.type === "LIMIT" ? order.price : (fills.at(-1)?.price ?? market.mark);
  const considered = { ...order, price, left: order.size };
  const before = initialOf(turn, account, symbol, order.positionSide);
  const after = initialOf(turn, account, symbol, order.positionSide, considered);
  if (after.position + after.orders <= before.position + before.orders) return PASS;
  let paid = 0n;
  for (const fill of fills) paid += fill.price * fill.size;
  const behind = order.side === "buy" ? price - market.mark : market.mark - price;
  const cost = (behind > 0n ? behind * order.size : 0n) / ONE + (paid * takerFee) / ONE / ONE;
  if (availableOf(turn, account, quote, considered) < cost) return refuse(-2019, "Margin is insufficient.");
  const { leverage } = settingsOf(account, symbol);
  const held = sizeOf(account, symbol, order.positionSide) * market.mark;
  const most = order.side === "buy" ? held + after.bids : held - after.asks;
  const cap = largestNotional(account, market, leverage);
  if (cap !== null && absolute(most) > cap * ONE)
    return refuse(-2027, "Exceeded the maximum allowable position at current leverage.");
  return PASS;
}

/** Largest notional at a leverage: the cap of the highest tier that still allows it; null = unbounded. */
export function largestNotional(account: Account, market: Market, leverage: number): bigint | null {
  const allowed = tiersOf(account, market).filter((tier) => tier.maxLeverage >= leverage);
  return allowed.at(-1)?.cap ?? null;
}
