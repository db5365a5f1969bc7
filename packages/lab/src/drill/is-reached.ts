import type { StopTrigger } from "@plimsoll/core/book";
import { type Exact, compare } from "@plimsoll/core/units";

/** A price and the side of it on which something is set off. */
export type Reach = Pick<StopTrigger, "when" | "at">;

/** Whether a price is there; one that is not said is nowhere. */
export const isReached = ({ when, at }: Reach, price: Exact | undefined): boolean =>
  price !== undefined && (when === "at-or-below" ? compare(price, at) <= 0 : compare(price, at) >= 0);
