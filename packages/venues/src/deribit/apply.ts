import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, ZERO, fail, ok, why } from "@plimsoll/core/units";
import { applyFill, applySession, applySettlement } from "./fill.ts";
import { applyFunding } from "./funding.ts";
import type { Body, OpenOrder } from "./holding.ts";
import { worstFill } from "./order.ts";
import type { DeribitTerms } from "./terms.ts";
import type { DeribitVenueEffect } from "./venue-effect.ts";

/** The holding after an action of ours or something the venue did, or why the venue would refuse it. */
export function apply(body: Body, effect: Action | DeribitVenueEffect, scene: Scene<DeribitTerms>): Result<Body, Why> {
  if ("was" in effect) return happened(body, effect);
  switch (effect.do) {
    case "order": {
      const fill = worstFill(body, effect, scene.terms.body);
      return fill.ok ? applyFill(body, fill.value) : fill;
    }
    case "cancel": {
      const order = body.orders.find(({ id }) => id === effect.order);
      if (order === undefined)
        return fail(
          why("deribit/no-order", { order: effect.order, next: "it is already gone; read the account again" }),
        );
      return ok(withoutOrders(body, [order]));
    }
    case "move-margin":
    case "stop":
    case "supply":
    case "repay":
    case "withdraw":
      return fail(why("deribit/no-such-action", { action: effect.do, next: "use order or cancel" }));
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

/** The holding without some orders; what they reserved is set free with the last one, since the venue tells one sum for all. */
export function withoutOrders(body: Body, gone: readonly OpenOrder[]): Body {
  const orders = body.orders.filter((each) => !gone.includes(each));
  if (orders.length > 0) return { ...body, orders };
  return { ...body, orders, wallets: body.wallets.map((each) => ({ ...each, orderMargin: ZERO })) };
}
