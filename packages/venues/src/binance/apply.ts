import type { Action } from "@plimsoll/core/book";
import { type Scene, cancelled, withStop, withoutOrders as without } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  add,
  compare,
  fail,
  isNegative,
  isZero,
  negate,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import { type OneAsset, accountOf } from "./accounts.ts";
import { applyFill, pay } from "./fill.ts";
import { applyFunding, applySettlement } from "./funding.ts";
import { applyHedge } from "./hedge.ts";
import { type Body, type OpenOrder, type Position, positionName } from "./holding.ts";
import { checkOrder, checkStop, worstFill } from "./order.ts";
import { BALANCE_SCALE, termsOf } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";
import { spendable, totalsOf } from "./totals.ts";
import type { BinanceVenueEffect } from "./venue-effect.ts";

/** The holding after an action of ours or something the venue did, or why the venue would refuse it. */
export function apply(body: Body, effect: Action | BinanceVenueEffect, scene: Scene<BinanceTerms>): Result<Body, Why> {
  if ("was" in effect) {
    if (effect.was === "funding")
      return "rate" in effect.body ? applySettlement(body, effect.body, scene) : applyFunding(body, effect.body);
    const terms = termsOf(effect.body.symbol, scene.terms.body);
    return terms.ok
      ? applyFill(body, effect.body, terms.value, effect.was === "liquidation" ? "nothing" : "share")
      : terms;
  }
  switch (effect.do) {
    case "order": {
      if (!effect.reduceOnly && effect.hedges !== undefined) return applyHedge(body, effect, scene);
      const position = checkOrder(body, effect, scene.terms.body);
      if (!position.ok) return position;
      const terms = termsOf(effect.instrument, scene.terms.body);
      return terms.ok ? applyFill(body, worstFill(effect, position.value, terms.value), terms.value) : terms;
    }
    case "move-margin":
      return moveMargin(body, effect, scene);
    case "cancel":
      return cancel(body, effect.order);
    case "stop": {
      const position = checkStop(body, effect, scene);
      return position.ok ? ok(withStop(body, effect)) : position;
    }
    case "supply":
    case "repay":
    case "withdraw":
      return fail(why("binance/no-such-action", { action: effect.do, next: "use order, stop, move-margin or cancel" }));
  }
}

type MoveMargin = Extract<Action, { readonly do: "move-margin" }>;

/** The two accounts of a margin move, or why it cannot be: between a cross pool and an isolated position of the same asset. */
export function checkMove(
  body: Body,
  move: MoveMargin,
): Result<{ readonly from: OneAsset; readonly to: OneAsset }, Why> {
  const { amount, asset } = move;
  const [from, to] = [accountOf(body, move.from), accountOf(body, move.to)];
  if (from === undefined || to === undefined)
    return fail(
      why("binance/no-account", { account: from === undefined ? move.from : move.to, next: "read the account again" }),
    );
  if (from.is === "unified" || to.is === "unified" || from.is === to.is || from.asset !== asset || to.asset !== asset)
    return fail(
      why("binance/no-such-move", {
        from: from.key,
        to: to.key,
        asset,
        next: "move between a cross pool and an isolated position of its asset",
      }),
    );
  if (isZero(amount) || isNegative(amount) || amount.scale > BALANCE_SCALE)
    return fail(
      why("binance/bad-amount", {
        amount: text(amount),
        next: `write an amount above 0 with at most ${BALANCE_SCALE} decimals`,
      }),
    );
  return ok({ from, to });
}

function moveMargin(body: Body, move: MoveMargin, scene: Scene<BinanceTerms>): Result<Body, Why> {
  const checked = checkMove(body, move);
  if (!checked.ok) return checked;
  const { from, to } = checked.value;
  const totals = totalsOf(from, scene);
  if (!totals.ok) return totals;
  const most = spendable(from, totals.value.free);
  if (most === undefined)
    return fail(why("binance/no-leverage", { account: from.key, next: "read the symbols' leverage settings" }));
  if (compare(move.amount, most) > 0)
    return fail(
      why("binance/margin-insufficient", {
        account: from.key,
        amount: text(move.amount),
        free: text(most),
        next: "move less",
      }),
    );
  const [isolated, change] = from.is === "cross" ? [to, move.amount] : [from, negate(move.amount)];
  const paid = pay(body, move.asset, negate(change));
  return ok({
    ...paid,
    positions: paid.positions.map((each) => (positionName(each) === isolated.key ? addMargin(each, change) : each)),
  });
}

const addMargin = (position: Position, change: Exact): Position =>
  position.margin.mode === "cross"
    ? position
    : { ...position, margin: { ...position.margin, wallet: add(position.margin.wallet, change) } };

/** Without the order; what it reserved is set free only when it was the last one, since the venue tells one sum for all. */
function cancel(body: Body, name: string): Result<Body, Why> {
  const left = cancelled("binance", body, name);
  return left.ok ? ok(freed(left.value)) : left;
}

/** The holding without some orders. */
export const withoutOrders = (body: Body, gone: readonly OpenOrder[]): Body =>
  freed(without(body, new Set(gone.map(({ id }) => id))));

const freed = (body: Body): Body =>
  body.orders.some(({ conditional }) => conditional !== true)
    ? body
    : { ...body, wallets: body.wallets.map((each) => ({ ...each, orderMargin: ZERO })) };
