import type { Order, OrderRequest, Origin } from "./state.ts";
import { type Turn, nextId } from "./turn.ts";

/** Records an order; `closePosition` marks orders that a stop made. */
export function newOrder(
  turn: Turn,
  account: string,
  request: OrderRequest,
  origin: Origin,
  closePosition = false,
): Order {
  const id = nextId(turn);
  const { symbol, side, positionSide, type, timeInForce, price, size, reduceOnly } = request;
  const clientId = request.clientId === "" ? `sim-${id}` : request.clientId;
  const moments = { createdAt: turn.now, updatedAt: turn.now };
  const order: Order = {
    id,
    clientId,
    account,
    symbol,
    side,
    positionSide,
    type,
    timeInForce,
    price,
    size,
    reduceOnly,
    closePosition,
    origin,
    filled: 0n,
    paid: 0n,
    status: "NEW",
    ...moments,
  };
  turn.state.orders.set(id, order);
  turn.state.clientIds.set(`${account}/${clientId}`, id);
  return order;
}
