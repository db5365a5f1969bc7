import type { VenueEffect } from "@plimsoll/core/book";
import type { Result, Why } from "@plimsoll/core/units";
import * as z from "zod";
import { WAD } from "./debt.ts";
import { read, unsigned } from "./read-holding.ts";
import type { LiquityVenueEffect } from "./venue-effect.ts";

const of = { trove: z.string().min(1), branch: z.string().min(1) };
const share = unsigned.refine((fee) => fee <= WAD, "a redemption's fee is at most one");
const Redemption = z.union([
  z.object({ ...of, bold: unsigned, fee: z.literal("urgent") }),
  z.object({ ...of, bold: unsigned, fee: share }),
]);
const LiquityEffect = z.discriminatedUnion("was", [
  z.object({ was: z.literal("interest"), body: z.object({ until: unsigned }) }),
  z.object({ was: z.literal("liquidation"), body: z.object(of) }),
  z.object({ was: z.literal("redemption"), body: Redemption }),
]);

/** What strangers did, fresh or back from the journal. */
export const readLiquityEffect = (effect: VenueEffect): Result<LiquityVenueEffect, Why> =>
  read(`effect ${effect.was}`, LiquityEffect, effect);
