import { text, trim, dec } from "@plimsoll/core/units";
import {
  type Order,
  type Simulation,
  type Trade,
  averageText,
  marketOf,
  onStep,
  settingsOf,
  accountOf,
} from "@plimsoll/sim/exchange";
import { posSideOf } from "./account-payload.ts";
import { inContracts, inFull, instIdOf } from "./contract.ts";
import { algoNameOf, nameOf, orderIdOf } from "./names.ts";

const TYPES = { GTC: "limit", IOC: "ioc", FOK: "fok", GTX: "post_only" } as const;
const STATES = {
  NEW: "live",
  PARTIALLY_FILLED: "partially_filled",
  FILLED: "filled",
  CANCELED: "canceled",
  EXPIRED: "canceled",
} as const;
/** Who made the order. @source OKX API documentation, order details, `category` */
const CATEGORIES = {
  user: "normal",
  stop: "normal",
  liquidation: "full_liquidation",
  insurance: "full_liquidation",
  adl: "adl",
} as const;

/** Why an order ended without all that it wanted. @source OKX API documentation, `cancelSource`, from memory */
function cancelSourceOf({ status, timeInForce, type, id, reduceOnly }: Order): string {
  if (status === "CANCELED") return "1";
  if (status !== "EXPIRED") return "";
  if (timeInForce === "GTX" && id < 0) return "31";
  if (timeInForce === "FOK") return "13";
  if (type === "LIMIT" && timeInForce === "GTC") return reduceOnly ? "2" : "0";
  return "14";
}

/** GET trade/order and its lists. */
export function orderRow({ state }: Simulation, order: Order) {
  const { instrument } = marketOf({ state }, order.symbol);
  const settings = settingsOf(accountOf({ state }, order.account), order.symbol);
  const trades = fillsOf(state.trades, order);
  const [fee, realized] = [sum(trades.map((trade) => trade.fee)), sum(trades.map((trade) => trade.realized))];
  const last = trades.at(-1);
  const stop = order.origin === "stop" ? stopOf({ state }, order) : undefined;
  return {
    instType: "SWAP",
    instId: instIdOf(instrument),
    ordId: orderIdOf(order.id),
    clOrdId: nameOf(order),
    tag: "",
    side: order.side,
    posSide: posSideOf(order.positionSide),
    tdMode: settings.margin,
    ccy: "",
    ordType: order.type === "MARKET" ? "market" : TYPES[order.timeInForce],
    px: order.type === "MARKET" ? "" : onStep(order.price, instrument.tick),
    sz: inContracts(instrument, order.size),
    accFillSz: inContracts(instrument, order.filled),
    avgPx: order.filled === 0n ? "" : text(trim(dec(averageText(order.paid, order.filled)))),
    fillSz: last === undefined ? "0" : inContracts(instrument, last.size),
    fillPx: last === undefined ? "" : onStep(last.price, instrument.tick),
    fillTime: last === undefined ? "" : `${last.at}`,
    tradeId: last === undefined ? "" : `${last.id}`,
    lever: `${settings.leverage}`,
    state: STATES[order.status],
    cancelSource: cancelSourceOf(order),
    category: CATEGORIES[order.origin],
    reduceOnly: `${order.reduceOnly}`,
    fee: inFull(-fee, 8),
    feeCcy: instrument.quote,
    pnl: inFull(realized, 8),
    algoId: stop === undefined ? "" : orderIdOf(stop.id),
    algoClOrdId: stop === undefined ? "" : algoNameOf(stop),
    cTime: `${order.createdAt}`,
    uTime: `${order.updatedAt}`,
  };
}

/** The fills of an order up to the moment that it was copied at. */
function fillsOf(trades: readonly Trade[], { id, account, filled }: Order): readonly Trade[] {
  let left = filled;
  return trades.filter(({ orderId, account: owner, size }) => {
    if (orderId !== id || owner !== account || left <= 0n) return false;
    left -= size;
    return true;
  });
}

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
/** The stop that an order came from. */
const stopOf = ({ state }: Pick<Simulation, "state">, { id }: Order) =>
  [...state.conditionals.values()].find(({ orderId }) => orderId === id);

/** GET trade/fills, one fill. */
export function fillRow(simulation: Simulation, trade: Trade) {
  const { instrument } = marketOf(simulation, trade.symbol);
  const order = simulation.state.orders.get(trade.orderId);
  return {
    instType: "SWAP",
    instId: instIdOf(instrument),
    tradeId: `${trade.id}`,
    billId: orderIdOf(trade.id),
    ordId: orderIdOf(trade.orderId),
    clOrdId: order === undefined ? "" : nameOf(order),
    tag: "",
    side: trade.side,
    posSide: posSideOf(trade.positionSide),
    fillPx: onStep(trade.price, instrument.tick),
    fillSz: inContracts(instrument, trade.size),
    fillPnl: inFull(trade.realized, 8),
    fee: inFull(-trade.fee, 8),
    feeCcy: instrument.quote,
    execType: trade.maker ? "M" : "T",
    subType: subTypeOf(order?.origin, trade.side),
    fillTime: `${trade.at}`,
    ts: `${trade.at}`,
  };
}

/** @source OKX API documentation, transaction details, `subType`: partial and whole liquidations are told as whole ones */
function subTypeOf(origin: Order["origin"] | undefined, side: Order["side"]): string {
  if (origin === "adl") return side === "sell" ? "125" : "126";
  if (origin === "liquidation" || origin === "insurance") return side === "sell" ? "104" : "105";
  return side === "buy" ? "1" : "2";
}
