import {
  type Conditional,
  type OneOrder,
  type Simulation,
  type Trade,
  averageText,
  isReducing,
  marketOf,
  oneOrderOf,
} from "@plimsoll/sim/exchange";
import { plain, usd } from "./figures.ts";
import { cloidOf, oidOf, statusOf } from "./own-order.ts";

export const SIDES = { buy: "B", sell: "A" } as const;
const TIMES = { GTC: "Gtc", IOC: "Ioc", GTX: "Alo", FOK: "Ioc" } as const;

const TRIGGERS = { STOP_MARKET: "Stop Market", TAKE_PROFIT_MARKET: "Take Profit Market" } as const;

const typeOf = ({ type, limit }: Pick<Conditional, "type" | "limit">): string =>
  limit === undefined ? TRIGGERS[type] : TRIGGERS[type].replace("Market", "Limit");

/** One row of `frontendOpenOrders` and the order of `orderStatus`. */
export function orderRow(own: OneOrder) {
  const { request, conditional: trigger, placed } = own;
  const size = placed?.size ?? request.size;
  const waits = trigger !== undefined && placed === undefined;
  const falls = trigger !== undefined && (trigger.type === "STOP_MARKET") === (trigger.side === "sell");
  return {
    coin: request.symbol,
    side: SIDES[request.side],
    limitPx: plain("price" in request ? request.price : (request.limit ?? request.trigger)),
    sz: plain(size - (placed?.filled ?? 0n)),
    oid: oidOf(own),
    timestamp: request.createdAt,
    triggerCondition:
      trigger === undefined
        ? "N/A"
        : `Price ${falls ? "below" : "above"} ${plain(trigger.trigger).replace(/\.0$/, "")}`,
    isTrigger: waits,
    triggerPx: plain(trigger?.trigger ?? 0n),
    children: [],
    isPositionTpsl: request.closePosition,
    reduceOnly: request.closePosition || isReducing(request),
    orderType: trigger === undefined ? "Limit" : typeOf(trigger),
    origSz: plain(size),
    tif: "timeInForce" in request ? TIMES[request.timeInForce] : null,
    cloid: cloidOf(own),
  };
}

export const orderWithStatus = (own: OneOrder) => ({
  order: orderRow(own),
  status: statusOf(own),
  statusTimestamp: (own.placed ?? own.request).updatedAt,
});

/** What the exchange endpoint says of an order that it took. */
export function placedStatus(own: OneOrder) {
  const { placed } = own;
  const ids = { oid: oidOf(own), ...(cloidOf(own) === null ? {} : { cloid: cloidOf(own) }) };
  if (placed === undefined || placed.filled === 0n || statusOf(own) === "open") return { resting: ids };
  return { filled: { totalSz: plain(placed.filled), avgPx: averagePx(placed.paid, placed.filled), ...ids } };
}
const averagePx = (paid: bigint, filled: bigint): string => averageText(paid, filled).replace(/\.?0+$/, "");

/** What a fill does to the position it meets, in the venue's words. @source recorded fills */
function directionOf(before: bigint, change: bigint): string {
  const after = before + change;
  if (before === 0n || before > 0n === change > 0n) return change > 0n ? "Open Long" : "Open Short";
  if (after !== 0n && after > 0n !== before > 0n) return before > 0n ? "Long > Short" : "Short > Long";
  return before > 0n ? "Close Long" : "Close Short";
}

/** The fills of an account, oldest first. */
export function fillRows(simulation: Simulation, account: string) {
  const held = new Map<string, bigint>();
  return simulation.state.trades
    .filter((trade) => trade.account === account)
    .map((trade) => {
      const before = held.get(trade.symbol) ?? 0n;
      const change = trade.side === "buy" ? trade.size : -trade.size;
      held.set(trade.symbol, before + change);
      return fillRow(simulation, trade, before, directionOf(before, change));
    });
}

/** Forced fills name the account that they were made for. */
const FORCED = new Set(["liquidation", "insurance"]);

function fillRow(simulation: Simulation, trade: Trade, before: bigint, dir: string) {
  const order = simulation.state.orders.get(trade.orderId);
  const own = order === undefined ? undefined : oneOrderOf(simulation, order);
  const { quote } = marketOf(simulation, trade.symbol).instrument;
  const forced = order !== undefined && FORCED.has(order.origin);
  return {
    coin: trade.symbol,
    px: plain(trade.price),
    sz: plain(trade.size),
    side: SIDES[trade.side],
    time: trade.at,
    startPosition: plain(before),
    dir: order?.origin === "adl" ? "Auto-Deleveraging" : dir,
    closedPnl: usd(trade.realized, 8, "down"),
    hash: `0x${trade.id.toString(16).padStart(64, "0")}`,
    oid: own === undefined ? trade.orderId : oidOf(own),
    crossed: !trade.maker,
    fee: usd(trade.fee, 8, "up"),
    feeToken: quote,
    tid: trade.id,
    cloid: own === undefined ? null : cloidOf(own),
    ...(forced && { liquidation: { liquidatedUser: trade.account, markPx: plain(trade.price), method: "market" } }),
  };
}
