import { integer } from "@plimsoll/venues/wire";
import * as z from "zod";

/** A Solidity uint: decimal text in the journal, bigint in memory. */
export const unsigned = integer.refine((value) => value >= 0n, "not a uint: it is below 0");
export const readOrUnknown = z.union([z.literal("unknown"), unsigned]);
export const name = z.string().min(1);
export const small = z.number().int().nonnegative();
/** Whether all of some names differ. */
export const distinct = (names: readonly string[]): boolean => new Set(names).size === names.length;
