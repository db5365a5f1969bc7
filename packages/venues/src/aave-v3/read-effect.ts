import type { VenueEffect } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { integer } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { AaveVenueEffect } from "./venue-effect.ts";

const AaveEffect = z.discriminatedUnion("was", [
  z.object({
    was: z.literal("liquidation"),
    body: z.object({ collateral: z.string(), debt: z.string(), debtToCover: integer, receiveAToken: z.boolean() }),
  }),
  z.object({ was: z.literal("interest"), body: z.object({ until: integer }) }),
]);

/** What the pool did, fresh or back from the journal. */
export function readAaveEffect(effect: VenueEffect): Result<AaveVenueEffect, Why> {
  const parsed = AaveEffect.safeParse(effect);
  if (parsed.success) return ok(parsed.data);
  return fail(
    why("aave-v3/effect-unreadable", {
      what: effect.was,
      value: z.prettifyError(parsed.error),
      next: "the pool liquidates and accrues interest, nothing else; write the effect as its type says",
    }),
  );
}
