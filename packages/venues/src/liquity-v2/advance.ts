import type { Ms } from "@plimsoll/core/units";
import type { LiquityBody } from "./holding.ts";

/** The holding at a later moment at frozen prices. Nothing recorded moves by time alone: debts are computed from their last update. */
export function advanceLiquity(body: LiquityBody, to: Ms): LiquityBody {
  const timestamp = BigInt(Math.floor(to / 1000));
  return timestamp > body.timestamp ? { ...body, timestamp } : body;
}
