import {
  averageText,
  type Conditional,
  type Income,
  type MarginMove,
  type Market,
  onStep,
  type Order,
  printed,
  type Trade,
} from "@plimsoll/sim/exchange";

const upper = (side: Order["side"]): "BUY" | "SELL" => (side === "buy" ? "BUY" : "SELL");

/** An order as order calls answer it. */
export function orderPayload(order: Order, { instrument: { tick, lot } }: Market) {
  return {
    orderId: order.id,
    symbol: order.symbol,
    status: order.status,
    clientOrderId: order.clientId,
    price: onStep(order.price, tick),
    avgPrice: averageText(order.paid, order.filled),
    origQty: onStep(order.size, lot),
    executedQty: onStep(order.filled, lot),
    cumQty: onStep(order.filled, lot),
    cumQuote: printed(order.paid),
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    side: upper(order.side),
    positionSide: order.positionSide,
    stopPrice: "0",
    workingType: "CONTRACT_PRICE",
    priceProtect: false,
    origType: order.type,
    priceMatch: "NONE",
    selfTradePreventionMode: "EXPIRE_MAKER",
    goodTillDate: 0,
    time: order.createdAt,
    updateTime: order.updatedAt,
  };
}

/** A conditional order as the algo order calls answer it. */
export function conditionalPayload(conditional: Conditional, { instrument: { tick, lot } }: Market) {
  const type = conditional.limit === undefined ? conditional.type : conditional.type.replace("_MARKET", "");
  return {
    algoId: conditional.id,
    clientAlgoId: conditional.clientId,
    algoType: "CONDITIONAL",
    orderType: type,
    type,
    symbol: conditional.symbol,
    side: upper(conditional.side),
    positionSide: conditional.positionSide,
    timeInForce: "GTC",
    quantity: onStep(conditional.size, lot),
    algoStatus: conditional.status,
    triggerPrice: onStep(conditional.trigger, tick),
    price: onStep(conditional.limit ?? 0n, tick),
    workingType: conditional.watches,
    priceProtect: false,
    closePosition: conditional.closePosition,
    reduceOnly: conditional.reduceOnly,
    actualOrderId: conditional.orderId === 0 ? "" : `${conditional.orderId}`,
    createTime: conditional.createdAt,
    updateTime: conditional.updatedAt,
    triggerTime: conditional.orderId === 0 ? 0 : conditional.updatedAt,
    goodTillDate: 0,
  };
}

/** GET fapi/v1/userTrades, one row */
export const tradePayload = (trade: Trade, { instrument: { tick, lot, quote } }: Market) => ({
  symbol: trade.symbol,
  id: trade.id,
  orderId: trade.orderId,
  side: upper(trade.side),
  positionSide: trade.positionSide,
  price: onStep(trade.price, tick),
  qty: onStep(trade.size, lot),
  quoteQty: printed(trade.notional),
  realizedPnl: printed(trade.realized),
  commission: printed(trade.fee),
  commissionAsset: quote,
  buyer: trade.side === "buy",
  maker: trade.maker,
  time: trade.at,
});

/** GET fapi/v1/income, one row */
export const incomePayload = (income: Income) => ({
  symbol: income.symbol,
  incomeType: income.type,
  income: printed(income.amount),
  asset: income.asset,
  info: income.type,
  time: income.at,
  tranId: income.id,
  tradeId: income.tradeId === 0 ? "" : `${income.tradeId}`,
});

/** GET fapi/v1/positionMargin/history, one row */
export const movePayload = (move: MarginMove) => ({
  symbol: move.symbol,
  type: move.amount > 0n ? 1 : 2,
  deltaType: "USER_ADJUST",
  amount: printed(move.amount > 0n ? move.amount : -move.amount),
  asset: move.asset,
  time: move.at,
  positionSide: move.positionSide,
});
