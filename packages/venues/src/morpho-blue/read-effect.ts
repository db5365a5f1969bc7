import type { VenueEffect } from "@plimsoll/core/book";
import { type Result, type Why, fail } from "@plimsoll/core/units";
import { noSuchEffect, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { morphoBlueId } from "./names.ts";
import { name, unsigned } from "./read-own.ts";
import type { MorphoVenueEffect } from "./venue-effect.ts";

const Liquidation = z.object({
  was: z.literal("liquidation"),
  body: z.object({ market: name, seizedAssets: unsigned, repaidShares: unsigned }),
});
const Interest = z.object({ was: z.literal("interest"), body: z.object({ until: unsigned }) });

const read = readerOf(morphoBlueId);

/** What the contract did, fresh or back from the journal. */
export function readMorphoEffect(effect: VenueEffect): Result<MorphoVenueEffect, Why> {
  switch (effect.was) {
    case "liquidation":
      return read("liquidation", Liquidation, effect);
    case "interest":
      return read("interest", Interest, effect);
    case "fill":
    case "funding":
    case "adl":
    case "redemption":
    case "settlement":
      return fail(noSuchEffect(morphoBlueId, effect.was));
  }
}
