import type { Action } from "@plimsoll/core/book";
import { type Scene, cancelled, withStop } from "@plimsoll/core/margin";
import { type Result, type Why, compare, fail, negate, ok, text, why } from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { applyFill, pay, payPosition } from "./fill.ts";
import { applyFunding } from "./funding.ts";
import { applyHedge } from "./hedge.ts";
import type { Body } from "./holding.ts";
import { checkOrder, checkStop, worstFill } from "./order.ts";
import { AMOUNT_SCALE } from "./position.ts";
import type { HyperliquidTerms } from "./terms.ts";
import { totalsOf } from "./totals.ts";
import type { HyperliquidVenueEffect } from "./venue-effect.ts";

/** The holding after an action of ours or something the venue did, or why the venue would refuse it. */
export function apply(
  body: Body,
  effect: Action | HyperliquidVenueEffect,
  scene: Scene<HyperliquidTerms>,
): Result<Body, Why> {
  if ("was" in effect) {
    if (effect.was === "funding") return applyFunding(body, effect.body);
    return applyFill(body, effect.body, effect.was === "liquidation" ? "nothing" : "share");
  }
  switch (effect.do) {
    case "order": {
      if (!effect.reduceOnly && effect.hedges !== undefined) return applyHedge(body, effect, scene);
      const position = checkOrder(body, effect, scene.terms.body);
      return position.ok ? applyFill(body, worstFill(effect, scene.terms.body.rules)) : position;
    }
    case "move-margin":
      return moveMargin(body, effect, scene);
    case "cancel":
      return cancelled("hyperliquid", body, effect.order);
    case "stop": {
      const position = checkStop(body, effect, scene);
      return position.ok ? ok(withStop(body, effect)) : position;
    }
    case "supply":
    case "repay":
    case "withdraw":
      return fail(
        why("hyperliquid/no-such-action", { action: effect.do, next: "use order, stop, move-margin or cancel" }),
      );
  }
}

type MoveMargin = Extract<Action, { readonly do: "move-margin" }>;
type Ends = { readonly from: Account; readonly to: Account };

/** The two accounts of a margin move, or why it cannot be: between a dex's pool and an isolated position of that dex. */
export function endsOf(body: Body, { from: source, to: target, asset, amount }: MoveMargin): Result<Ends, Why> {
  const [from, to] = [accountOf(body, source), accountOf(body, target)];
  if (from === undefined || to === undefined) {
    const account = from === undefined ? source : target;
    return fail(why("hyperliquid/no-account", { account, next: "read the account again" }));
  }
  if (from.is === to.is || from.dex !== to.dex || from.token !== asset)
    return fail(
      why("hyperliquid/no-such-move", {
        from: source,
        to: target,
        asset,
        next: "move a dex's own token between its pool and an isolated position of the same dex",
      }),
    );
  if (amount.digits <= 0n || amount.scale > AMOUNT_SCALE)
    return fail(
      why("hyperliquid/bad-amount", {
        amount: text(amount),
        next: `write an amount above 0 with at most ${AMOUNT_SCALE} decimals`,
      }),
    );
  return ok({ from, to });
}

function moveMargin(body: Body, move: MoveMargin, scene: Scene<HyperliquidTerms>): Result<Body, Why> {
  const ends = endsOf(body, move);
  if (!ends.ok) return ends;
  const { from, to } = ends.value;
  const totals = totalsOf(from, scene);
  if (!totals.ok) return totals;
  const { free } = totals.value;
  if (compare(move.amount, free) > 0)
    return fail(
      why("hyperliquid/margin-insufficient", {
        account: from.key,
        amount: text(move.amount),
        free: text(free),
        next: "move less",
      }),
    );
  const [isolated, change] = from.is === "cross" ? [to, move.amount] : [from, negate(move.amount)];
  const moved = isolated.positions.reduce((sum, position) => payPosition(sum, position, change), body);
  return ok(isolated.positions.reduce((sum, { coin }) => pay(sum, coin, negate(change)), moved));
}
