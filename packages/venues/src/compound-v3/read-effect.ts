import type { VenueEffect } from "@plimsoll/core/book";
import { type Result, type Why, fail } from "@plimsoll/core/units";
import { noSuchEffect } from "@plimsoll/venues/wire";
import * as z from "zod";
import { read, unsigned } from "./read-own.ts";
import type { CometVenueEffect } from "./venue-effect.ts";

const CometEffect = z.discriminatedUnion("was", [
  z.object({ was: z.literal("liquidation"), body: z.strictObject({}) }),
  z.object({ was: z.literal("interest"), body: z.object({ until: unsigned }) }),
]);

/** What the market did, fresh or back from the journal. */
export function readCometEffect(effect: VenueEffect): Result<CometVenueEffect, Why> {
  const known = effect.was === "liquidation" || effect.was === "interest";
  return known ? read("effect", CometEffect, effect) : fail(noSuchEffect("compound-v3", effect.was));
}
