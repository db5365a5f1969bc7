import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { integer } from "@plimsoll/venues/wire";
import * as z from "zod";

/** A Solidity uint: decimal text in the journal, bigint in memory. */
export const unsigned = integer.refine((value) => value >= 0n, "not a uint: it is below 0");
export const small = z.number().int().nonnegative();
/** Each id once, in order: figures are summed in this order, and ties between reserves are decided by it. */
export const ascending = (reserves: readonly { readonly id: number }[]): boolean =>
  reserves.every(({ id }, i) => i === 0 || id > reserves[i - 1]!.id);

/** A reader of our own memory or our own JSON. */
export const reader =
  <V>(schema: z.ZodType<V>, what: string) =>
  (raw: unknown): Result<V, Why> => {
    const parsed = schema.safeParse(raw);
    if (parsed.success) return ok(parsed.data);
    return fail(
      why(`aave-v3/${what}-unreadable`, {
        value: z.prettifyError(parsed.error),
        next: `write the ${what} again from a snapshot of the pool`,
      }),
    );
  };
