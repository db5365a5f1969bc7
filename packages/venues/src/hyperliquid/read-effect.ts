import type { VenueEffect } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok } from "@plimsoll/core/units";
import { exactJson, noSuchEffect, orderSide, positive } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Fill } from "./fill.ts";
import { unreadable } from "./read-holding.ts";
import type { HyperliquidVenueEffect } from "./venue-effect.ts";

const FillBody = z
  .object({
    coin: z.string().min(1),
    side: orderSide,
    size: positive,
    price: positive,
    fee: exactJson,
    opens: z.object({ isolated: z.boolean(), leverage: positive }).optional(),
  })
  .transform(({ opens, ...rest }): Fill => (opens === undefined ? rest : { ...rest, opens }));

const FundingBody = z.object({ coin: z.string().min(1), amount: exactJson });

/** What the venue did to us, fresh or back from the journal. */
export function readEffect({ was, body }: VenueEffect): Result<HyperliquidVenueEffect, Why> {
  switch (was) {
    case "fill":
    case "liquidation":
    case "adl": {
      const parsed = FillBody.safeParse(body);
      return parsed.success ? ok({ was, body: parsed.data }) : fail(unreadable(was, parsed.error));
    }
    case "funding": {
      const parsed = FundingBody.safeParse(body);
      return parsed.success ? ok({ was, body: parsed.data }) : fail(unreadable(was, parsed.error));
    }
    case "interest":
    case "redemption":
    case "settlement":
      return fail(noSuchEffect("hyperliquid", was));
  }
}
