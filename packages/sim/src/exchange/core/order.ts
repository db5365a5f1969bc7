import { type Result, minOf, ok } from "@plimsoll/core/units";
import { ONE, onGrid } from "./fixed.ts";
import { type Fill, endOrder, isReducing, planFills, reducible, rest, sizeOfFills } from "./match.ts";
import { newOrder } from "./new-order.ts";
import { checkAffordable, checkReducing, checkShape } from "./order-checks.ts";
import type { Market, Order, OrderRequest, Origin, Side } from "./state.ts";
import { executeFills } from "./trade.ts";
import { type OrderRef, type Refusal, type Reply, type Turn, accountOf, refuse, tell } from "./turn.ts";
import { isOpen } from "./wallet.ts";

/** Furthest price a market order may take from mark. */
export function marketLimit({ instrument, mark }: Market, side: Side): bigint {
  const { tick, marketBound } = instrument;
  return side === "buy"
    ? onGrid((mark * (ONE + marketBound)) / ONE, tick, "floor")
    : onGrid((mark * (ONE - marketBound)) / ONE, tick, "ceil");
}

/** Takes a new order: checks it, fills what fills at once, rests or expires what is left. */
export function placeOrder(
  turn: Turn,
  accountId: string,
  request: OrderRequest,
  origin: Origin = "user",
  closePosition = false,
): Result<Reply, Refusal> {
  const market = turn.state.markets.get(request.symbol);
  if (market === undefined) return refuse(-1121, "Invalid symbol.");
  const account = accountOf(turn, accountId);
  const known = turn.state.orders.get(turn.state.clientIds.get(`${accountId}/${request.clientId}`) ?? 0);
  if (known !== undefined && isOpen(known)) return refuse(-4116, "ClientOrderId is duplicated.");
  const shaped = checkShape(market, account, request);
  if (!shaped.ok) return shaped;
  const reducing = checkReducing(turn, market, account, request, closePosition);
  if (!reducing.ok) return reducing;
  const limit = request.type === "LIMIT" ? request.price : marketLimit(market, request.side);
  const most = isReducing(request)
    ? minOf(request.size, reducible(turn, { ...request, account: accountId }))
    : request.size;
  const fills = planFills(turn, market, { account: accountId, side: request.side, size: most, limit });
  const timely = checkTiming(request, fills);
  if (!timely.ok) return timely;
  const affordable = checkAffordable(turn, market, account, request, fills);
  if (!affordable.ok) return affordable;
  const order = newOrder(turn, accountId, request, origin, closePosition);
  tell(turn, { type: "order", did: "NEW", order: { ...order } });
  executeFills(turn, market, order, fills, { rate: market.instrument.takerFee });
  if (isOpen(order)) {
    if (order.type === "LIMIT" && (order.timeInForce === "GTC" || order.timeInForce === "GTX")) rest(market, order);
    else endOrder(turn, market, order, "EXPIRED");
  }
  return ok({ order: { ...order } });
}

function checkTiming({ type, timeInForce, size }: OrderRequest, fills: readonly Fill[]): Result<void, Refusal> {
  if (type === "MARKET" && fills.length === 0)
    return refuse(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit.");
  if (timeInForce === "FOK" && sizeOfFills(fills) < size)
    return refuse(
      -5021,
      "Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history.",
    );
  if (timeInForce === "GTX" && fills.length > 0)
    return refuse(
      -5022,
      "Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history.",
    );
  return ok(undefined);
}

/** Finds an account's own order on a symbol. */
export function findOrder(
  { state }: Pick<Turn, "state">,
  account: string,
  symbol: string,
  ref: OrderRef,
): Order | undefined {
  const id = "id" in ref ? ref.id : state.clientIds.get(`${account}/${ref.clientId}`);
  const order = id === undefined ? undefined : state.orders.get(id);
  return order?.account === account && order.symbol === symbol ? order : undefined;
}

export function cancelOrder(turn: Turn, account: string, symbol: string, ref: OrderRef): Result<Reply, Refusal> {
  const market = turn.state.markets.get(symbol);
  if (market === undefined) return refuse(-1121, "Invalid symbol.");
  if (market.mode === "halted") return refuse(-1016, "This service is no longer available.");
  const order = findOrder(turn, account, symbol, ref);
  if (order === undefined || !isOpen(order)) return refuse(-2011, "Unknown order sent.");
  endOrder(turn, market, order, "CANCELED");
  return ok({ order: { ...order } });
}

export function cancelAll(turn: Turn, account: string, symbol: string): Result<Reply, Refusal> {
  const market = turn.state.markets.get(symbol);
  if (market === undefined) return refuse(-1121, "Invalid symbol.");
  if (market.mode === "halted") return refuse(-1016, "This service is no longer available.");
  for (const order of [...market.bids, ...market.asks])
    if (order.account === account) endOrder(turn, market, order, "CANCELED");
  return ok({});
}

/** Forgets the ids of closed orders, as a venue does after a while: queries no longer find them. */
export function forgetClosed({ state }: Turn): void {
  for (const order of state.orders.values()) {
    if (isOpen(order)) continue;
    state.orders.delete(order.id);
    const key = `${order.account}/${order.clientId}`;
    if (state.clientIds.get(key) === order.id) state.clientIds.delete(key);
  }
}
