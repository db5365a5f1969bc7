import type { Ms } from "@plimsoll/core/units";
import type { MorphoBody } from "./holding.ts";

/**
 * The holding at a later moment at unchanged prices and at the borrow rate that was read. Nothing stored moves by time alone:
 * every figure is projected from the stored totals, as the contract does. Earlier moments change nothing.
 */
export function advanceMorpho(body: MorphoBody, to: Ms): MorphoBody {
  const timestamp = BigInt(Math.floor(to / 1000));
  return timestamp > body.timestamp ? { ...body, timestamp } : body;
}
