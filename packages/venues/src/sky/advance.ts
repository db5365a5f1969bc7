import type { Ms } from "@plimsoll/core/units";
import type { SkyBody } from "./holding.ts";

/** The holding at a later moment at frozen prices. Nothing stored moves by time alone: rates are computed from their last drip. */
export function advanceSky(body: SkyBody, to: Ms): SkyBody {
  const timestamp = BigInt(Math.floor(to / 1000));
  return timestamp > body.timestamp ? { ...body, timestamp } : body;
}
