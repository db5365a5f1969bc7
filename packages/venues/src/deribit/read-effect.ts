import type { VenueEffect } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok } from "@plimsoll/core/units";
import { exactJson, noSuchEffect, orderSide, positive } from "@plimsoll/venues/wire";
import * as z from "zod";
import { unreadable } from "./read-holding.ts";
import type { DeribitVenueEffect } from "./venue-effect.ts";

const FillBody = z.object({
  instrument: z.string().min(1),
  side: orderSide,
  size: positive,
  price: positive,
  fee: exactJson,
});
const SettlementBody = z.union([
  z.object({ underlying: z.string().min(1), delivery: positive }),
  z.object({ instrument: z.string().min(1), mark: positive }),
]);
const FundingBody = z.object({ instrument: z.string().min(1), amount: exactJson });

/** What the venue did to us, fresh or back from the journal. */
export function readEffect({ was, body }: VenueEffect): Result<DeribitVenueEffect, Why> {
  switch (was) {
    case "fill":
    case "liquidation": {
      const parsed = FillBody.safeParse(body);
      return parsed.success ? ok({ was, body: parsed.data }) : fail(unreadable(was, parsed.error));
    }
    case "settlement": {
      const parsed = SettlementBody.safeParse(body);
      return parsed.success ? ok({ was, body: parsed.data }) : fail(unreadable(was, parsed.error));
    }
    case "funding": {
      const parsed = FundingBody.safeParse(body);
      return parsed.success ? ok({ was, body: parsed.data }) : fail(unreadable(was, parsed.error));
    }
    case "adl":
    case "interest":
    case "redemption":
      return fail(noSuchEffect("deribit", was));
  }
}
