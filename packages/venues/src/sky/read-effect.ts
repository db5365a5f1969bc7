import type { VenueEffect } from "@plimsoll/core/book";
import type { Result, Why } from "@plimsoll/core/units";
import * as z from "zod";
import { read, unsigned } from "./read-holding.ts";
import type { SkyVenueEffect } from "./venue-effect.ts";

const of = { vault: z.string().min(1), ilk: z.string().min(1) };
const SkyEffect = z.discriminatedUnion("was", [
  z.object({ was: z.literal("interest"), body: z.object({ until: unsigned }) }),
  z.object({
    was: z.literal("liquidation"),
    body: z.discriminatedUnion("step", [
      z.object({ step: z.literal("bark"), ...of }),
      z.object({ step: z.literal("take"), ...of, seconds: unsigned }),
    ]),
  }),
]);

/** What the core did, fresh or back from the journal. */
export const readSkyEffect = (effect: VenueEffect): Result<SkyVenueEffect, Why> =>
  read(`effect ${effect.was}`, SkyEffect, effect);
