import { divide, minOf } from "@plimsoll/core/units";
import { ONE, money } from "./fixed.ts";
import { type Fill, endOrder, isReducing, opposite, reducible, restingOf, signed } from "./match.ts";
import { newOrder } from "./new-order.ts";
import { applyChange } from "./position.ts";
import type { Market, Order, Trade } from "./state.ts";
import { MAKER, type Turn, VENUE, accountOf, isUser, marketOf, nextId, tell } from "./turn.ts";
import { credit, pay, positionKey, positionOf, recordIncome, settingsOf } from "./wallet.ts";

/** Commission of a trade, as a share of its money; `limit` says how much the party can pay at most. It goes to the venue. */
export interface Charge {
  readonly rate: bigint;
  readonly limit?: (fill: { readonly size: bigint; readonly notional: bigint }) => bigint;
}
export const FREE: Charge = { rate: 0n };

/**
 * Executes planned fills for a taker, in order. Resting orders of the taker's own account at these prices expire first
 * (self-trade prevention EXPIRE_MAKER).
 */
export function executeFills(turn: Turn, market: Market, taker: Order, fills: readonly Fill[], charge: Charge): void {
  const worst = fills.at(-1)?.price;
  if (worst === undefined) return;
  const crossed = (order: Order) =>
    order.account === taker.account && (taker.side === "buy" ? order.price <= worst : order.price >= worst);
  for (const own of restingOf(market, opposite(taker.side)).filter(crossed)) endOrder(turn, market, own, "EXPIRED");
  for (const fill of fills) executeFill(turn, market, taker, fill, charge);
}

function executeFill(
  turn: Turn,
  market: Market,
  taker: Order,
  { price, size: wanted, maker }: Fill,
  charge: Charge,
): void {
  // two reducers of one account may both have been planned against the same position
  const size =
    maker !== null && isUser(maker.account) && isReducing(maker) ? minOf(wanted, reducible(turn, maker)) : wanted;
  if (size > 0n) {
    const notional = money(price * size, "down");
    book(turn, market, taker, { price, size, notional, maker: false }, charge);
    if (maker === null) {
      takeFromLadder(turn, market, taker, size, notional);
    } else {
      book(turn, market, maker, { price, size, notional, maker: true }, { rate: market.instrument.makerFee });
    }
    market.last = price;
  }
  if (maker !== null && (maker.filled === maker.size || size < wanted)) endOrder(turn, market, maker, "EXPIRED");
}

function takeFromLadder(
  turn: Turn,
  market: Market,
  taker: Pick<Order, "symbol" | "side">,
  size: bigint,
  notional: bigint,
): void {
  const side = opposite(taker.side);
  applyChange(turn, MAKER, {
    symbol: taker.symbol,
    side: "BOTH",
    size: signed(side, size),
    notional: signed(side, notional),
  });
  if (side === "sell") market.eaten.asks += size;
  else market.eaten.bids += size;
}

/** A resting order filled at its own price by the synthetic liquidity that came to it. */
export function fillByLadder(turn: Turn, market: Market, order: Order, size: bigint): void {
  const notional = money(order.price * size, "down");
  book(turn, market, order, { price: order.price, size, notional, maker: true }, { rate: market.instrument.makerFee });
  takeFromLadder(turn, market, order, size, notional);
  market.last = order.price;
  if (order.filled === order.size) endOrder(turn, market, order, "EXPIRED");
}

interface Execution {
  readonly price: bigint;
  readonly size: bigint;
  readonly notional: bigint;
  readonly maker: boolean;
}

/** One party's half of a trade: position, fee, history, order, news. */
function book(turn: Turn, market: Market, order: Order, execution: Execution, charge: Charge): void {
  const { account, symbol, side, positionSide } = order;
  const { size, notional } = execution;
  const keepMargin = order.origin === "liquidation" || order.origin === "insurance";
  const change = { symbol, side: positionSide, size: signed(side, size), notional: signed(side, notional), keepMargin };
  const realized = applyChange(turn, account, change);
  order.filled += size;
  order.paid += notional;
  order.status = order.filled === order.size ? "FILLED" : "PARTIALLY_FILLED";
  order.updatedAt = turn.now;
  if (isUser(account)) publish(turn, market, order, execution, realized, charge);
}

/** Takes the fee and lets the owner know what happened. */
function publish(
  turn: Turn,
  market: Market,
  order: Order,
  execution: Execution,
  realized: bigint,
  charge: Charge,
): void {
  const { account, symbol, side, positionSide } = order;
  const asset = market.instrument.quote;
  const fee = collect(turn, order, asset, execution, charge);
  const trade: Trade = {
    ...execution,
    id: nextId(turn),
    account,
    symbol,
    orderId: order.id,
    clientId: order.clientId,
    side,
    positionSide,
    fee,
    realized,
    at: turn.now,
  };
  turn.state.trades.push(trade);
  recordIncome(turn, account, "REALIZED_PNL", asset, symbol, realized, trade.id);
  recordIncome(turn, account, "COMMISSION", asset, symbol, -fee, trade.id);
  tell(turn, {
    type: "order",
    did: order.origin === "user" || order.origin === "stop" ? "TRADE" : "CALCULATED",
    order: { ...order },
    trade,
  });
  tell(turn, {
    type: "account",
    account,
    reason: "ORDER",
    assets: [asset],
    positions: [positionKey(symbol, positionSide)],
  });
}

/** Commission is cut, not rounded, to 1e-8. */
function collect(turn: Turn, order: Order, asset: string, { size, notional }: Execution, charge: Charge): bigint {
  const full = (notional * charge.rate) / ONE;
  const fee = charge.limit === undefined ? full : minOf(full, charge.limit({ size, notional }));
  takeFee(turn, order, asset, fee, VENUE);
  return fee;
}

/** Pays a fee for an order; in a liquidation it leaves the isolated margin while there is a position left. */
export function takeFee(turn: Turn, order: Order, asset: string, fee: bigint, to: string): void {
  const account = accountOf(turn, order.account);
  const position = positionOf(account, order.symbol, order.positionSide);
  const inside = order.origin === "liquidation" && settingsOf(account, order.symbol).margin === "isolated";
  pay(turn, order.account, to, asset, fee);
  if (!inside || position === undefined) return;
  position.isolated -= fee;
  credit(account, asset, fee);
}

/**
 * A forced order that is executed away from the book, free of charge: takeover at the bankruptcy price (`insurance`) or
 * deleveraging (`adl`). `notional` is unsigned; the two halves of a swap carry the same.
 */
export function executeAside(
  turn: Turn,
  party: Pick<Order, "account" | "symbol" | "positionSide" | "side" | "origin">,
  size: bigint,
  notional: bigint,
): void {
  const market = marketOf(turn, party.symbol);
  const price = divide(notional * ONE, size, "half-even");
  const clientId = `${party.origin === "adl" ? "adl_autoclose" : "autoclose-insurance"}-${turn.state.ids + 1}`;
  const request = { ...party, type: "LIMIT", timeInForce: "IOC", price, size, reduceOnly: true, clientId } as const;
  const order = newOrder(turn, party.account, request, party.origin);
  book(turn, market, order, { price, size, notional, maker: false }, FREE);
}
