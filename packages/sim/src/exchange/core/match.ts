import { minOf } from "@plimsoll/core/units";
import { ladder } from "./ladder.ts";
import { availableOf } from "./margin.ts";
import { absolute } from "./position.ts";
import type { Market, Order, Side } from "./state.ts";
import { type Turn, accountOf, isUser, tell } from "./turn.ts";
import { isOpen, settingsOf, sizeOf } from "./wallet.ts";

/** A part of a taker's order against one resting order, or against the synthetic liquidity (`maker` null). */
export interface Fill {
  readonly price: bigint;
  readonly size: bigint;
  readonly maker: Order | null;
}

export const opposite = (side: Side): Side => (side === "buy" ? "sell" : "buy");
export const signed = (side: Side, size: bigint): bigint => (side === "buy" ? size : -size);
export const restingOf = (market: Market, side: Side): Order[] => (side === "buy" ? market.bids : market.asks);
const better = (side: Side, a: bigint, b: bigint): boolean => (side === "buy" ? a < b : a > b);
const within = (side: Side, price: bigint, limit: bigint | null): boolean =>
  limit === null || !better(side, limit, price);

/** An order that can only make its position smaller. */
export const isReducing = ({
  reduceOnly,
  positionSide,
  side,
}: Pick<Order, "reduceOnly" | "positionSide" | "side">): boolean =>
  reduceOnly || (positionSide === "LONG" && side === "sell") || (positionSide === "SHORT" && side === "buy");

/** How much of its position an order of this side may close. */
export function reducible(
  turn: Pick<Turn, "state">,
  order: Pick<Order, "account" | "symbol" | "positionSide" | "side">,
): bigint {
  const held = sizeOf(accountOf(turn, order.account), order.symbol, order.positionSide);
  return held > 0n === (order.side === "sell") ? absolute(held) : 0n;
}

/** What a resting order would take now: reducers no more than the position, isolated openers nothing without free margin. */
function fillable(turn: Turn, order: Order): bigint {
  const left = order.size - order.filled;
  if (!isUser(order.account)) return left;
  if (isReducing(order)) return minOf(left, reducible(turn, order));
  const account = accountOf(turn, order.account);
  if (settingsOf(account, order.symbol).margin === "cross") return left;
  const { quote } = turn.state.markets.get(order.symbol)?.instrument ?? { quote: "" };
  return availableOf(turn, account, quote) >= 0n ? left : 0n;
}

/** Fills a taker would get now, best price first, resting orders before synthetic liquidity at the same price; nothing is done. */
export function planFills(
  turn: Turn,
  market: Market,
  taker: { readonly account: string; readonly side: Side; readonly size: bigint; readonly limit: bigint | null },
): readonly Fill[] {
  const resting = restingOf(market, opposite(taker.side)).filter((order) => order.account !== taker.account);
  const levels = ladder(market, taker.side, turn.seed);
  const fills: Fill[] = [];
  let left = taker.size;
  for (let [order, level] = [0, 0]; left > 0n;) {
    const [maker, liquid] = [resting[order], levels[level]];
    const useOrder = maker !== undefined && (liquid === undefined || !better(taker.side, liquid.price, maker.price));
    const price = useOrder ? maker.price : liquid?.price;
    if (price === undefined || !within(taker.side, price, taker.limit)) break;
    const size = minOf(left, useOrder ? fillable(turn, maker) : (liquid?.size ?? 0n));
    if (size > 0n) fills.push({ price, size, maker: useOrder ? maker : null });
    left -= size;
    if (useOrder) order += 1;
    else level += 1;
  }
  return fills;
}

export const sizeOfFills = (fills: readonly Fill[]): bigint => fills.reduce((sum, fill) => sum + fill.size, 0n);

/** Best price a taker of `side` would meet, or null with an empty book. */
export function bestPrice(turn: Turn, market: Market, side: Side): bigint | null {
  const order = restingOf(market, opposite(side))[0];
  const level = ladder(market, side, turn.seed)[0];
  if (order === undefined || level === undefined) return order?.price ?? level?.price ?? null;
  return better(side, order.price, level.price) ? order.price : level.price;
}

/** Puts an open order in its place: price, then time. */
export function rest(market: Market, order: Order): void {
  const orders = restingOf(market, order.side);
  const at = orders.findIndex((other) => better(opposite(order.side), order.price, other.price));
  orders.splice(at === -1 ? orders.length : at, 0, order);
}

/** Ends an order that will not fill any further. */
export function endOrder(turn: Turn, market: Market, order: Order, how: "CANCELED" | "EXPIRED"): void {
  const orders = restingOf(market, order.side);
  const at = orders.indexOf(order);
  if (at >= 0) orders.splice(at, 1);
  if (!isOpen(order)) return;
  order.status = how;
  order.updatedAt = turn.now;
  tell(turn, { type: "order", did: how, order: { ...order } });
}
