import { integer, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";

/** A Solidity uint: decimal text in the journal, bigint in memory. */
export const unsigned = integer.refine((value) => value >= 0n, "not a uint: it is below 0");
/** Position in the market's list, which has room for 24. */
export const assetNumber = z.number().int().nonnegative().max(23);
/** Each id once, in order: the contract sums in this order. */
export const ascending = (assets: readonly { readonly id: number }[]): boolean =>
  assets.every(({ id }, i) => i === 0 || id > assets[i - 1]!.id);
export const unordered = "assets are not in ascending order of their ids";

export const read = readerOf("compound-v3");
