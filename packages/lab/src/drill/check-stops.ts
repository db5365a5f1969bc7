import type { BookEvent, Resting } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok, quoteKey, text, why } from "@plimsoll/core/units";
import type { Body } from "@plimsoll/venues/binance";
import type { Drill } from "./drill.ts";
import { STOPS_AT } from "./engine-stage.ts";
import { isPlayable } from "./exchange-stage.ts";
import { isReached } from "./is-reached.ts";
import { Weather } from "./weather.ts";

/** Whether the stops that accounts begin with can lie where they are written; before anything is played. */
export function checkStops(drill: Drill, start: readonly BookEvent[]): Result<void, Why> {
  const prices = new Weather(drill).quotes(drill.from);
  for (const event of start) {
    if (event.type !== "holding") continue;
    const { id: account, venue, body } = event.holding;
    const { resting = [] } = body as { readonly resting?: readonly Resting[] };
    if (resting.length === 0) continue;
    if (!isPlayable(event.holding)) return fail(why("drill/stops-not-played", { account, next: STOPS_AT }));
    const held = new Set((body as Pick<Body, "positions">).positions.map(({ symbol }) => symbol));
    for (const { order, instrument, trigger } of resting) {
      if (!held.has(instrument))
        return fail(
          why("drill/stop-of-nothing", { account, order, instrument, next: "write the position that it is for" }),
        );
      if (trigger === undefined)
        return fail(why("drill/no-trigger", { account, order, next: "write the price that wakes it" }));
      const priceOf = (kind: string) => prices.get(quoteKey(`${venue}:${instrument}:${kind}`));
      const price = priceOf(trigger.kind) ?? priceOf("mark");
      if (price !== undefined && isReached(trigger, price))
        return fail(
          why("drill/stop-already-reached", {
            ...{ account, order, trigger: text(trigger.at), price: text(price) },
            next: "write a trigger that the first price has not reached",
          }),
        );
    }
  }
  return ok(undefined);
}
