import type { VenueEffect } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok } from "@plimsoll/core/units";
import { exactJson, noSuchEffect, positive, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { side } from "./raw.ts";
import type { OkxVenueEffect } from "./venue-effect.ts";
import { OKX } from "./written.ts";

const Fill = z.object({
  instrument: z.string().min(1),
  side,
  isolated: z.boolean(),
  contracts: positive,
  price: positive,
  fee: exactJson,
});

const read = readerOf(OKX);

/** What the venue did to us, fresh or back from the journal. */
export function readEffect({ was, body }: VenueEffect): Result<OkxVenueEffect, Why> {
  if (was !== "liquidation" && was !== "adl") return fail(noSuchEffect(OKX, was));
  const fill = read(was, Fill, body);
  return fill.ok ? ok({ was, body: fill.value }) : fill;
}
