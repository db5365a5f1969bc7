import {
  type Order,
  type Simulation,
  type Trade,
  averageText,
  marketOf,
  onStep,
  printed,
} from "@plimsoll/sim/exchange";
import { type OwnOrder, indexOf, orderIdOf, ownOrderOf, reduces, statusOf } from "./own-order.ts";

const SIDES = { buy: "Buy", sell: "Sell" } as const;
const TIMES = { GTC: "GTC", IOC: "IOC", FOK: "FOK", GTX: "PostOnly" } as const;
/** @source bybit-exchange.github.io/docs/v5/enum: createType, execType */
const FORCED = {
  user: ["CreateByUser", "Trade"],
  stop: ["CreateByUser", "Trade"],
  liquidation: ["CreateByLiq", "BustTrade"],
  insurance: ["CreateByTakeOver_PassThrough", "BustTrade"],
  adl: ["CreateByAdl_PassThrough", "AdlTrade"],
} as const;

/** Why an order ended without all that it wanted. @source the same page, rejectReason */
function reasonOf(own: OwnOrder): string {
  const { placed } = own;
  if (statusOf(own) === "Rejected") return "EC_Others";
  if (placed?.status === "CANCELED") return "EC_PerCancelRequest";
  if (placed?.status !== "EXPIRED") return "EC_NoError";
  if (placed.timeInForce === "GTX" && placed.id < 0) return "EC_PostOnlyWillTakeLiquidity";
  if (placed.timeInForce === "FOK") return "EC_CancelForNoFullFill";
  return placed.type === "LIMIT" && placed.timeInForce === "GTC" ? "EC_Others" : "EC_NoImmediateQtyToFill";
}

/** Who ended it. @source the same page, cancelType */
function cancelTypeOf({ placed, conditional }: OwnOrder): string {
  const status = (placed ?? conditional)?.status;
  if (status === "CANCELED") return "CancelByUser";
  return placed?.status === "EXPIRED" && placed.reduceOnly && placed.timeInForce === "GTC" && placed.type === "LIMIT"
    ? "CancelByReduceOnly"
    : "UNKNOWN";
}

function conditionalFields({ conditional }: OwnOrder, tick: bigint) {
  if (conditional === undefined)
    return { stopOrderType: "", triggerPrice: "", triggerDirection: 0, triggerBy: "", closeOnTrigger: false };
  const falling = (conditional.type === "STOP_MARKET") === (conditional.side === "sell");
  return {
    stopOrderType: "Stop",
    triggerPrice: onStep(conditional.trigger, tick),
    triggerDirection: falling ? 2 : 1,
    triggerBy: conditional.watches === "MARK_PRICE" ? "MarkPrice" : "LastPrice",
    closeOnTrigger: conditional.closePosition,
  };
}

/** GET v5/order/realtime and v5/order/history, and the order topic. */
export function orderRow({ state }: Simulation, own: OwnOrder) {
  const { request, placed } = own;
  const { tick, lot, quote } = marketOf({ state }, request.symbol).instrument;
  const [size, filled, paid] = [placed?.size ?? request.size, placed?.filled ?? 0n, placed?.paid ?? 0n];
  const limit = placed === undefined ? own.conditional?.limit : placed.type === "LIMIT" ? placed.price : undefined;
  const isLimit = limit !== undefined;
  const fee = placed === undefined ? 0n : feeOf(state.trades, placed);
  return {
    category: "linear",
    symbol: request.symbol,
    orderId: own.id,
    orderLinkId: own.linkId,
    side: SIDES[request.side],
    positionIdx: indexOf(own),
    orderType: isLimit ? "Limit" : "Market",
    timeInForce: isLimit ? TIMES[placed?.timeInForce ?? "GTC"] : "IOC",
    price: isLimit ? onStep(limit, tick) : "0",
    qty: onStep(size, lot),
    leavesQty: placed !== undefined && statusOf(own) === "Cancelled" ? "0" : onStep(size - filled, lot),
    cumExecQty: onStep(filled, lot),
    cumExecValue: printed(paid),
    cumExecFee: printed(fee),
    cumFeeDetail: { [quote]: printed(fee) },
    avgPrice: filled === 0n ? "" : averageText(paid, filled),
    orderStatus: statusOf(own),
    rejectReason: reasonOf(own),
    cancelType: cancelTypeOf(own),
    createType: FORCED[placed?.origin ?? "user"][0],
    reduceOnly: reduces(request),
    ...conditionalFields(own, tick),
    tpslMode: "",
    takeProfit: "",
    stopLoss: "",
    createdTime: `${own.createdAt}`,
    updatedTime: `${(placed ?? request).updatedAt}`,
  };
}

const feeOf = (trades: readonly Trade[], { id }: Order): bigint =>
  trades.reduce((sum, { orderId, fee }) => (orderId === id ? sum + fee : sum), 0n);

/** GET v5/execution/list and the execution topic. */
export function executionRow(simulation: Simulation, trade: Trade) {
  const { state } = simulation;
  const { tick, lot, quote, takerFee, makerFee } = marketOf(simulation, trade.symbol).instrument;
  const order = state.orders.get(trade.orderId);
  const own = order === undefined ? undefined : ownOrderOf(simulation, order);
  return {
    category: "linear",
    symbol: trade.symbol,
    orderId: own?.id ?? orderIdOf(trade.orderId),
    orderLinkId: own?.linkId ?? trade.clientId,
    side: SIDES[trade.side],
    execId: orderIdOf(trade.id),
    execType: FORCED[order?.origin ?? "user"][1],
    execPrice: onStep(trade.price, tick),
    execQty: onStep(trade.size, lot),
    execValue: printed(trade.notional),
    execFee: printed(trade.fee),
    execPnl: printed(trade.realized),
    feeCurrency: quote,
    feeRate: printed(trade.maker ? makerFee : takerFee),
    execTime: `${trade.at}`,
    isMaker: trade.maker,
    orderType: order?.type === "LIMIT" ? "Limit" : "Market",
    orderPrice: onStep(order?.price ?? 0n, tick),
    orderQty: onStep(order?.size ?? trade.size, lot),
    leavesQty: onStep((order?.size ?? 0n) - (order?.filled ?? 0n), lot),
    createType: FORCED[order?.origin ?? "user"][0],
    stopOrderType: order?.origin === "stop" ? "Stop" : "UNKNOWN",
    seq: trade.id,
  };
}
