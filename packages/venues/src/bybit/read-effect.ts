import type { VenueEffect } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok } from "@plimsoll/core/units";
import { exactJson, noSuchEffect, orderSide, positive } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Fill } from "./fill.ts";
import { read, side } from "./read-holding.ts";
import type { Booked, BybitVenueEffect } from "./venue-effect.ts";

const name = z.string().min(1);

const FillBody = z
  .object({
    symbol: name,
    side,
    trade: orderSide,
    size: positive,
    price: positive,
    fee: exactJson,
    leverage: positive.optional(),
  })
  .transform(({ leverage, ...rest }): Fill => (leverage === undefined ? rest : { ...rest, leverage }));

const BookedBody = z
  .object({ coin: name, amount: exactJson, position: z.object({ symbol: name, side }).optional() })
  .transform(({ position, ...rest }): Booked => (position === undefined ? rest : { ...rest, position }));

const SettledBody = z.strictObject({ symbol: name, rate: exactJson });

/** What the venue did to us, fresh or back from the journal. */
export function readEffect({ was, body }: VenueEffect): Result<BybitVenueEffect, Why> {
  switch (was) {
    case "fill":
    case "liquidation":
    case "adl": {
      const parsed = read(was, FillBody, body);
      return parsed.ok ? ok({ was, body: parsed.value }) : parsed;
    }
    case "funding": {
      const parsed = read(was, z.union([SettledBody, BookedBody]), body);
      return parsed.ok ? ok({ was, body: parsed.value }) : parsed;
    }
    case "interest": {
      const parsed = read(was, BookedBody, body);
      return parsed.ok ? ok({ was, body: parsed.value }) : parsed;
    }
    case "redemption":
    case "settlement":
      return fail(noSuchEffect("bybit", was));
  }
}
