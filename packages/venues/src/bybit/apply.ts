import type { Action } from "@plimsoll/core/book";
import { type Scene, cancelled, withStop } from "@plimsoll/core/margin";
import { type Result, type Why, fail, isNegative, ok, why } from "@plimsoll/core/units";
import { contractOf } from "./exposure.ts";
import { applyFill, feeOf } from "./fill.ts";
import { applyBooked, applySettlement } from "./funding.ts";
import { applyHedge } from "./hedge.ts";
import type { Body } from "./holding.ts";
import { moveMargin } from "./move-margin.ts";
import { checkOrder, checkStop } from "./order.ts";
import type { BybitTerms } from "./terms.ts";
import type { BybitVenueEffect } from "./venue-effect.ts";

/**
 * The holding after an action of ours or something the venue did, or why the venue would refuse it; an order fills whole at its
 * limit, the worst price it allows, as a taker.
 */
export function apply(body: Body, effect: Action | BybitVenueEffect, scene: Scene<BybitTerms>): Result<Body, Why> {
  if ("was" in effect) return applyVenue(body, effect, scene);
  switch (effect.do) {
    case "order": {
      if (!effect.reduceOnly && effect.hedges !== undefined) return applyHedge(body, effect, scene);
      const checked = checkOrder(body, effect, scene.terms.body);
      if (!checked.ok) return checked;
      const { position, terms } = checked.value;
      const { size, limit: price } = effect;
      const { symbol, side } = position;
      const trade = isNegative(position.size) ? "buy" : "sell";
      return applyFill(body, { symbol, side, trade, size, price, fee: feeOf(size, price, terms) }, terms);
    }
    case "move-margin":
      return moveMargin(body, effect, scene);
    case "cancel":
      // what it held stays held until the next reading: the venue tells one sum for all orders
      return cancelled("bybit", body, effect.order);
    case "stop": {
      const checked = checkStop(body, effect, scene);
      return checked.ok ? ok(withStop(body, effect)) : checked;
    }
    case "supply":
    case "repay":
    case "withdraw":
      return fail(why("bybit/no-such-action", { action: effect.do, next: "use order, stop, move-margin or cancel" }));
  }
}

function applyVenue(body: Body, effect: BybitVenueEffect, scene: Scene<BybitTerms>): Result<Body, Why> {
  switch (effect.was) {
    case "funding":
      return "rate" in effect.body ? applySettlement(body, effect.body, scene) : applyBooked(body, effect.body);
    case "interest":
      return applyBooked(body, effect.body);
    case "fill":
    case "liquidation":
    case "adl": {
      const contract = contractOf(effect.body.symbol, scene.terms.body);
      if (!contract.ok) return contract;
      return applyFill(body, effect.body, contract.value, effect.was === "liquidation" ? "nothing" : "share");
    }
  }
}
