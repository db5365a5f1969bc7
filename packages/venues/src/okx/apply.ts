import type { Action } from "@plimsoll/core/book";
import { type Scene, cancelled, withStop } from "@plimsoll/core/margin";
import { type Result, type Why, compare, fail, magnitude, ok, text, why } from "@plimsoll/core/units";
import { contractOf } from "./exposure.ts";
import { closeContracts, feeOf } from "./fill.ts";
import { applyHedge } from "./hedge.ts";
import { type Body, isIsolated } from "./holding.ts";
import { moveMargin } from "./move-margin.ts";
import { checkOrder, checkStop } from "./order.ts";
import type { OkxTerms } from "./terms.ts";
import type { OkxVenueEffect } from "./venue-effect.ts";

/**
 * The holding after an action of ours or a forced trade, or why the venue would refuse it; an order fills whole at its limit, the
 * worst price it allows, as a taker.
 */
export function apply(body: Body, effect: Action | OkxVenueEffect, scene: Scene<OkxTerms>): Result<Body, Why> {
  if ("was" in effect) return applyForced(body, effect, scene.terms.body);
  switch (effect.do) {
    case "order": {
      if (!effect.reduceOnly && effect.hedges !== undefined) return applyHedge(body, effect, scene);
      const checked = checkOrder(body, effect, scene.terms.body);
      if (!checked.ok) return checked;
      const { position, terms } = checked.value;
      const { size, limit } = effect;
      const close = { contracts: size, price: limit, fee: feeOf(size, limit, terms), release: "share" } as const;
      return ok(closeContracts(body, position, close, terms));
    }
    case "move-margin":
      return moveMargin(body, effect, scene);
    case "cancel":
      // what it froze stays frozen until the next reading: the venue tells one sum for all orders
      return cancelled("okx", body, effect.order);
    case "stop": {
      const checked = checkStop(body, effect, scene);
      return checked.ok ? ok(withStop(body, effect)) : checked;
    }
    case "supply":
    case "repay":
    case "withdraw":
      return fail(why("okx/no-such-action", { action: effect.do, next: "use order, stop, move-margin or cancel" }));
  }
}

/** What a liquidation takes of an isolated position leaves its margin behind; deleveraging gives the share back. */
function applyForced(body: Body, { was, body: fill }: OkxVenueEffect, terms: OkxTerms): Result<Body, Why> {
  const { instrument, side, isolated, contracts, price, fee } = fill;
  const found = body.positions.find(
    (each) =>
      each.kind === "contract" &&
      each.instrument === instrument &&
      each.side === side &&
      isIsolated(each) === isolated &&
      compare(magnitude(each.contracts), contracts) >= 0,
  );
  if (found?.kind !== "contract")
    return fail(why("okx/no-position", { instrument, contracts: text(contracts), next: "read the account again" }));
  const rules = contractOf(instrument, terms);
  if (!rules.ok) return rules;
  const release = was === "liquidation" ? "nothing" : "share";
  return ok(closeContracts(body, found, { contracts, price, fee, release }, rules.value));
}
