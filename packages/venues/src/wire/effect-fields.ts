import type { VenueEffect } from "@plimsoll/core/book";
import { type Why, why } from "@plimsoll/core/units";
import * as z from "zod";
import { exactJson } from "./decimal.ts";

// Fields of what a venue did to us, fresh or back from the journal.

export const positive = exactJson.refine(({ digits }) => digits > 0n, "must be above 0");
export const orderSide = z.enum(["buy", "sell"]);

/** Why an effect is refused by a venue that never makes it. */
export const noSuchEffect = (venue: string, was: VenueEffect["was"]): Why =>
  why(`${venue}/no-such-effect`, { effect: was, next: "read the account again" });
