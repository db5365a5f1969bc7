import { type Result, ok } from "@plimsoll/core/units";
import { reducible } from "./match.ts";
import { placeOrder } from "./order.ts";
import type { Conditional, ConditionalRequest, Market } from "./state.ts";
import { type OrderRef, type Refusal, type Reply, type Turn, accountOf, nextId, refuse, tell } from "./turn.ts";

const priceOf = (watches: Conditional["watches"], { mark, index, last }: Market): bigint =>
  watches === "MARK_PRICE" ? mark : watches === "INDEX_PRICE" ? index : last;

/** A stop fires when its price falls to the trigger for a sell, rises to it for a buy; a take-profit the other way round. */
function isTriggered(
  { type, side, trigger, watches }: Pick<Conditional, "type" | "side" | "trigger" | "watches">,
  market: Market,
): boolean {
  const price = priceOf(watches, market);
  const falling = (type === "STOP_MARKET") === (side === "sell");
  return falling ? price <= trigger : price >= trigger;
}

export function placeConditional(turn: Turn, accountId: string, request: ConditionalRequest): Result<Reply, Refusal> {
  const market = turn.state.markets.get(request.symbol);
  if (market === undefined) return refuse(-1121, "Invalid symbol.");
  const { tick, lot } = market.instrument;
  const account = accountOf(turn, accountId);
  if (account.hedge === (request.positionSide === "BOTH"))
    return refuse(-4061, "Order's position side does not match user's setting.");
  if (market.mode !== "normal" && market.mode !== "reduce-only") return refuse(-4141, "Symbol is closed.");
  if (request.trigger <= 0n) return refuse(-4006, "Stop price less than zero.");
  if (request.trigger % tick !== 0n) return refuse(-4014, "Price not increased by tick size.");
  if (request.limit !== undefined && (request.limit <= 0n || request.limit % tick !== 0n))
    return refuse(-4014, "Price not increased by tick size.");
  if (request.closePosition === request.size > 0n)
    return refuse(-4136, "Target strategy invalid: closePosition goes without a quantity.");
  if (request.size % lot !== 0n) return refuse(-1111, "Precision is over the maximum defined for this asset.");
  if (isTriggered(request, market)) return refuse(-2021, "Order would immediately trigger.");
  const open = openConditionals(turn, accountId);
  if (open.some((other) => other.clientId === request.clientId)) return refuse(-4116, "ClientOrderId is duplicated.");
  const id = nextId(turn);
  const clientId = request.clientId === "" ? `sim-algo-${id}` : request.clientId;
  const conditional: Conditional = {
    ...request,
    id,
    clientId,
    account: accountId,
    createdAt: turn.now,
    updatedAt: turn.now,
    status: "NEW",
    orderId: 0,
  };
  turn.state.conditionals.set(id, conditional);
  tell(turn, { type: "conditional", conditional: { ...conditional }, why: "" });
  return ok({ conditional: { ...conditional } });
}

export const openConditionals = (
  { state }: Pick<Turn, "state">,
  account: string,
  symbol?: string,
): readonly Conditional[] =>
  [...state.conditionals.values()].filter(
    (one) => one.account === account && one.status === "NEW" && (symbol === undefined || one.symbol === symbol),
  );

/** Finds an account's conditional order; of several with one client id the newest. */
export const findConditional = (
  { state }: Pick<Turn, "state">,
  account: string,
  ref: OrderRef,
): Conditional | undefined =>
  [...state.conditionals.values()].findLast(
    (one) => one.account === account && ("id" in ref ? one.id === ref.id : one.clientId === ref.clientId),
  );

export function cancelConditional(turn: Turn, account: string, ref: OrderRef): Result<Reply, Refusal> {
  const conditional = findConditional(turn, account, ref);
  if (conditional === undefined || conditional.status !== "NEW") return refuse(-2011, "Unknown order sent.");
  end(turn, conditional, "CANCELED", "");
  return ok({ conditional: { ...conditional } });
}

export function end(turn: Turn, conditional: Conditional, status: Conditional["status"], why: string): void {
  conditional.status = status;
  conditional.updatedAt = turn.now;
  tell(turn, { type: "conditional", conditional: { ...conditional }, why });
}

/** Fires what has been reached. @returns true when something happened. */
export function fireTriggers(turn: Turn): boolean {
  let fired = false;
  for (const conditional of turn.state.conditionals.values()) {
    const market = turn.state.markets.get(conditional.symbol);
    if (conditional.status !== "NEW" || market === undefined || !isTriggered(conditional, market)) continue;
    fired = true;
    fire(turn, conditional);
  }
  return fired;
}

function fire(turn: Turn, conditional: Conditional): void {
  const { account, symbol, side, positionSide, clientId, closePosition, limit } = conditional;
  const size = closePosition ? reducible(turn, conditional) : conditional.size;
  if (size === 0n) return end(turn, conditional, "EXPIRED", "no position to close");
  end(turn, conditional, "TRIGGERED", "");
  const reduceOnly = positionSide === "BOTH" && (conditional.reduceOnly || closePosition);
  const request = {
    symbol,
    side,
    positionSide,
    type: limit === undefined ? "MARKET" : "LIMIT",
    timeInForce: "GTC",
    price: limit ?? 0n,
    size,
    reduceOnly,
    clientId,
  } as const;
  const placed = placeOrder(turn, account, request, "stop", closePosition);
  if (!placed.ok) return end(turn, conditional, "EXPIRED", placed.failure.msg);
  conditional.orderId = placed.value.order?.id ?? 0;
  end(turn, conditional, "FINISHED", "");
}
