import type { BookEvent } from "@plimsoll/core/book";
import { type Exact, ONE, type Ms, type Result, type Why, ZERO, fail, ok, subtract, why } from "@plimsoll/core/units";
import * as z from "zod";
import { indexKey } from "./asset-value.ts";
import { unreadable, venueNumber, venueTime } from "./raw.ts";
import type { AssetTerms } from "./terms.ts";

const AssetIndex = z.array(
  z.object({ symbol: z.string(), time: venueTime, index: venueNumber, bidBuffer: venueNumber, askBuffer: venueNumber }),
);

/** What one asset counts in USD: its index, and what the venue takes off or adds. */
export interface VenueIndex {
  readonly asset: string;
  readonly index: Exact;
  readonly at: Ms;
  readonly terms: AssetTerms;
}

/**
 * The margin assets of multi-assets mode from GET v1 assetIndex. The buffer below the index is the haircut: 10 % for ADA in the
 * venue's example, which is its published collateral value ratio of 90 %.
 */
export function readAssetIndex(raw: unknown): Result<readonly VenueIndex[], Why> {
  const parsed = AssetIndex.safeParse(raw);
  if (!parsed.success) return fail(unreadable("assetIndex", parsed.error));
  const read: VenueIndex[] = [];
  for (const { symbol, time: at, index, bidBuffer, askBuffer } of parsed.data) {
    const asset = /^(.+)USD$/.exec(symbol)?.[1];
    const rate = subtract(ONE, bidBuffer);
    if (asset === undefined || index.digits <= 0n || rate.digits < 0n || askBuffer.digits < 0n)
      return fail(why("binance/bad-index", { symbol, next: "read GET /fapi/v1/assetIndex again" }));
    read.push({ asset, index, at, terms: { collateral: [{ floor: ZERO, rate }], askBuffer } });
  }
  return ok(read);
}

/** The index of an asset as a price of the book. */
export const indexEvent = ({ asset, index: price, at }: VenueIndex): BookEvent => ({
  type: "price",
  key: indexKey(asset),
  price,
  kind: "index",
  at,
});
