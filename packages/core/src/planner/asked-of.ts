import type { Action, Condition, Depth, VenueFunction, VenueState } from "@plimsoll/core/book";
import { type Ms, type Result, type VenueId, type Why, fail, ok, why } from "@plimsoll/core/units";

/** In which states of a venue it takes an order of ours that only reduces, one that opens, and a message about money. */
const takes: Readonly<
  Record<VenueState, { readonly reduce: boolean; readonly open: boolean; readonly money: boolean }>
> = {
  normal: { reduce: true, open: true, money: true },
  degraded: { reduce: true, open: false, money: true },
  "reduce-only": { reduce: true, open: false, money: true },
  "post-only": { reduce: false, open: false, money: true },
  "cancel-only": { reduce: false, open: false, money: true },
  settling: { reduce: false, open: false, money: false },
  halted: { reduce: false, open: false, money: false },
};

/** Which function of a venue an action needs, and what of it. */
function needs(action: Action): { readonly of: VenueFunction; readonly as: "reduce" | "open" | "money" } {
  switch (action.do) {
    case "order":
      return { of: "orders", as: action.reduceOnly ? "reduce" : "open" };
    case "stop":
      return { of: "orders", as: "reduce" };
    case "withdraw":
      return { of: "withdrawals", as: "money" };
    case "move-margin":
    case "supply":
    case "repay":
    case "cancel":
      return { of: "orders", as: "money" };
  }
}

/** Whether the venue takes such an action now, or what it said of itself; a venue that said nothing is taken to work. */
export function worksNow(
  conditions: ReadonlyMap<string, Condition>,
  venue: VenueId,
  action: Action,
): Result<"normal" | "degraded", Why> {
  const { of, as } = needs(action);
  const said = conditions.get(`venue-state/${venue}/${of}`);
  if (said?.type !== "venue-state" || said.state === "normal") return ok("normal");
  if (takes[said.state][as]) return ok("degraded");
  return fail(
    why("venue-does-not-take-it", { venue, of, state: said.state, next: "it is planned again when this ends" }),
  );
}

/** The order book of an instrument, not older than asked; undefined where none is known. */
export function depthOf(
  conditions: ReadonlyMap<string, Condition>,
  venue: VenueId,
  instrument: string,
  now: Ms,
  maxAgeMs: Ms,
): Depth | undefined {
  const said = conditions.get(`depth/${venue}/${instrument}`);
  return said?.type === "depth" && now - said.depth.at <= maxAgeMs ? said.depth : undefined;
}
