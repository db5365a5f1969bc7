import type { HoldingId, Ms, VenueId } from "@plimsoll/core/units";

/**
 * Everything one login or owner has at one venue, as plain data; only that venue's engine reads `body`.
 * A body is what `canonical` can write, and its engine reads it back from that text: in the journal amounts are decimal text.
 */
export interface Holding {
  readonly id: HoldingId;
  readonly venue: VenueId;
  readonly rules: string;
  /** Which of the venue's parameter documents it lives under, where there are several: a lending market, a user's own tiers. */
  readonly market?: string;
  /** The wallet that pays for it, "chain/address": holdings of one wallet share its money. Absent where its money is its own. */
  readonly wallet?: string;
  readonly asOf: Ms;
  readonly body: unknown;
}
