import type { Ms } from "@plimsoll/core/units";
import type { CometBody } from "./holding.ts";

/**
 * The holding at a later moment at unchanged prices, nobody touching the market: its stored indices stay, and every figure is computed
 * from them at the holding's timestamp. Earlier moments change nothing.
 */
export function advanceComet(body: CometBody, to: Ms): CometBody {
  const timestamp = BigInt(Math.floor(to / 1000));
  return timestamp > body.timestamp ? { ...body, timestamp } : body;
}
