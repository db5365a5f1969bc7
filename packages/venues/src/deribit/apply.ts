import type { Action } from "@plimsoll/core/book";
import { type Scene, cancelled, withStop, withoutOrders as without } from "@plimsoll/core/margin";
import { type Result, type Why, ZERO, fail, ok, why } from "@plimsoll/core/units";
import { applyFill, applySession, applySettlement } from "./fill.ts";
import { applyFunding } from "./funding.ts";
import { applyHedge } from "./hedge.ts";
import type { Body } from "./holding.ts";
import { checkStop, worstFill } from "./order.ts";
import type { DeribitTerms } from "./terms.ts";
import type { DeribitVenueEffect } from "./venue-effect.ts";

/** The holding after an action of ours or something the venue did, or why the venue would refuse it. */
export function apply(body: Body, effect: Action | DeribitVenueEffect, scene: Scene<DeribitTerms>): Result<Body, Why> {
  if ("was" in effect) return happened(body, effect);
  switch (effect.do) {
    case "order": {
      if (!effect.reduceOnly && effect.hedges !== undefined) return applyHedge(body, effect, scene);
      const fill = worstFill(body, effect, scene.terms.body);
      return fill.ok ? applyFill(body, fill.value) : fill;
    }
    case "cancel": {
      const left = cancelled("deribit", body, effect.order);
      return left.ok ? ok(freed(left.value)) : left;
    }
    case "stop": {
      const checked = checkStop(body, effect, scene);
      return checked.ok ? ok(withStop(body, effect)) : checked;
    }
    case "move-margin":
    case "supply":
    case "repay":
    case "withdraw":
      return fail(why("deribit/no-such-action", { action: effect.do, next: "use order, stop or cancel" }));
  }
}

function happened(body: Body, effect: DeribitVenueEffect): Result<Body, Why> {
  switch (effect.was) {
    case "fill":
    case "liquidation":
      return applyFill(body, effect.body);
    case "settlement":
      return "mark" in effect.body ? applySession(body, effect.body) : applySettlement(body, effect.body);
    case "funding":
      return applyFunding(body, effect.body);
  }
}

/** The holding without the orders of these ids. */
export const withoutOrders = (body: Body, gone: ReadonlySet<string>): Body => freed(without(body, gone));

/** What open orders reserve is set free with the last one, since the venue tells one sum for all. */
const freed = (body: Body): Body =>
  body.orders.length > 0 ? body : { ...body, wallets: body.wallets.map((each) => ({ ...each, orderMargin: ZERO })) };
