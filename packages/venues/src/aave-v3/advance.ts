import type { Ms } from "@plimsoll/core/units";
import type { AaveBody } from "./holding.ts";

/**
 * The holding at a later moment at unchanged prices. Nothing stored moves by time alone: the pool's indices stay as they were
 * stored, and every figure is computed from them at the holding's timestamp, as the contract does. Earlier moments change nothing.
 */
export function advanceAave(body: AaveBody, to: Ms): AaveBody {
  const timestamp = BigInt(Math.floor(to / 1000));
  return timestamp > body.timestamp ? { ...body, timestamp } : body;
}
