import { dec } from "@plimsoll/core/units";
import { type Order, type Simulation, type Trade, averageText, isReducing, marketOf } from "@plimsoll/sim/exchange";
import { jsonExact } from "./json-number.ts";
import { number } from "./market-payload.ts";
import { type OwnOrder, idOf, labelOf, orderIdOf, ownOrderOf, requestOf, stateOf, triggerIdOf } from "./own-order.ts";
import { CURRENCY } from "./perpetuals.ts";

const KINDS = { MARK_PRICE: "mark_price", INDEX_PRICE: "index_price", CONTRACT_PRICE: "last_price" } as const;
const TIMES = {
  GTC: "good_til_cancelled",
  GTX: "good_til_cancelled",
  IOC: "immediate_or_cancel",
  FOK: "fill_or_kill",
} as const;

/** An order in an answer or notification. @source docs.deribit.com, private/sell */
export function orderRow(own: OwnOrder) {
  const request = requestOf(own);
  const placed = own.is === "placed" ? own.placed : undefined;
  return {
    order_id: idOf(own),
    order_state: stateOf(own),
    instrument_name: request.symbol,
    direction: request.side,
    label: labelOf(own),
    amount: number(request.size),
    max_show: number(request.size),
    filled_amount: number(placed?.filled ?? 0n),
    average_price:
      placed === undefined || placed.filled === 0n ? 0 : jsonExact(dec(averageText(placed.paid, placed.filled))),
    reduce_only: isReducing(request),
    post_only: placed?.timeInForce === "GTX",
    time_in_force: placed === undefined ? "good_til_cancelled" : TIMES[placed.timeInForce],
    is_liquidation: placed?.origin === "liquidation",
    replaced: false,
    api: true,
    web: false,
    creation_timestamp: request.createdAt,
    last_update_timestamp: request.updatedAt,
    ...(request.status === "CANCELED" && { cancel_reason: "user_request" }),
    ...(own.is === "trigger" ? triggerFields(own) : placedFields(own)),
  };
}

function triggerFields({ trigger }: Extract<OwnOrder, { is: "trigger" }>) {
  const kind = trigger.type === "STOP_MARKET" ? "stop" : "take";
  return {
    order_type: `${kind}_${trigger.limit === undefined ? "market" : "limit"}`,
    price: trigger.limit === undefined ? "market_price" : number(trigger.limit),
    trigger: KINDS[trigger.watches],
    trigger_price: number(trigger.trigger),
    triggered: trigger.status === "FINISHED" || trigger.status === "TRIGGERED",
  };
}

const placedFields = ({ placed, from }: Extract<OwnOrder, { is: "placed" }>) => ({
  order_type: placed.type === "LIMIT" ? "limit" : "market",
  price: placed.type === "LIMIT" ? number(placed.price) : "market_price",
  ...(from !== undefined && { triggered: true, trigger_order_id: triggerIdOf(from) }),
});

/**
 * What became of a trigger order: the order that it made, or that it ended without one. Absent while it waits.
 * @source docs.deribit.com, private/get_trigger_order_history
 */
export function triggerHistoryRow({ state }: Simulation, own: OwnOrder) {
  if (own.is === "placed" || own.trigger.status === "NEW") return undefined;
  const { trigger } = own;
  const made = state.orders.get(trigger.orderId);
  const states = { CANCELED: "cancelled", EXPIRED: "rejected:reduce_direction" } as const;
  return {
    ...triggerFields(own),
    order_type: trigger.limit === undefined ? "market" : "limit",
    timestamp: trigger.updatedAt,
    trigger_order_id: idOf(own),
    order_id: made === undefined ? idOf(own) : orderIdOf(made),
    order_state: trigger.status === "CANCELED" || trigger.status === "EXPIRED" ? states[trigger.status] : "triggered",
    request: trigger.status === "CANCELED" ? "cancel" : "trigger:order",
    instrument_name: trigger.symbol,
    direction: trigger.side,
    amount: number(trigger.size),
    label: labelOf(own),
    reduce_only: isReducing(trigger),
  };
}

/** A trade of the owner's. Profit and loss are before the fee. @source docs.deribit.com, private/get_user_trades_by_order */
export function tradeRow(simulation: Simulation, trade: Trade) {
  const { state } = simulation;
  const { mark, index } = marketOf(simulation, trade.symbol);
  const order = state.orders.get(trade.orderId);
  const liquidity = trade.maker ? "M" : "T";
  return {
    trade_id: `${CURRENCY}-${trade.id}`,
    trade_seq: trade.id,
    order_id: order === undefined ? "" : orderIdOf(order),
    instrument_name: trade.symbol,
    direction: trade.side,
    amount: number(trade.size),
    price: number(trade.price),
    fee: number(trade.fee),
    fee_currency: CURRENCY,
    profit_loss: number(trade.realized),
    liquidity,
    label: order === undefined ? "" : labelOf(ownOrderOf(simulation, order)),
    order_type: isForced(order) ? "liquidation" : order?.type === "LIMIT" ? "limit" : "market",
    ...(isForced(order) && { liquidation: liquidity }),
    mark_price: number(mark),
    index_price: number(index),
    state: order === undefined ? "archive" : stateOf(ownOrderOf(simulation, order)),
    timestamp: trade.at,
  };
}

const isForced = (order: Order | undefined): boolean => order?.origin === "liquidation";
