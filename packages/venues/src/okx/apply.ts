import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { closeContracts, feeOf } from "./fill.ts";
import type { Body } from "./holding.ts";
import { moveMargin } from "./move-margin.ts";
import { checkOrder } from "./order.ts";
import type { OkxTerms } from "./terms.ts";

/**
 * The holding after an action of ours, or why the venue would refuse it; an order fills whole at its limit, the worst price it
 * allows, as a taker.
 */
export function apply(body: Body, effect: Action, scene: Scene<OkxTerms>): Result<Body, Why> {
  switch (effect.do) {
    case "order": {
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
      return cancel(body, effect.order);
    case "supply":
    case "repay":
    case "withdraw":
      return fail(why("okx/no-such-action", { action: effect.do, next: "use order, move-margin or cancel" }));
  }
}

/** Without the order; what it froze stays frozen until the next reading, since the venue tells one sum for all orders. */
function cancel(body: Body, id: string): Result<Body, Why> {
  const orders = body.orders.filter((each) => each.id !== id);
  if (orders.length === body.orders.length)
    return fail(why("okx/no-order", { order: id, next: "it is already gone; read the account again" }));
  return ok({ ...body, orders });
}
