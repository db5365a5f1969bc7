import type { Resting, StopTrigger } from "@plimsoll/core/book";
import { type Exact, dec } from "@plimsoll/core/units";
import * as z from "zod";
import { exactJson } from "./decimal.ts";
import { positive } from "./effect-fields.ts";
import { aboveZero, name, sizeAboveZero } from "./written-fields.ts";

const sides = z.enum(["buy", "sell"]);
const kind = z.enum(["mark", "index", "oracle", "last"]);
const when = z.enum(["at-or-below", "at-or-above"]);

const fields = { order: name, instrument: name, side: sides, reduceOnly: z.boolean() };

/** An order that lies at a venue, as our own journal writes it. */
export const restingJson = z
  .object({
    ...fields,
    reference: name.optional(),
    size: z.union([z.literal("all"), exactJson]),
    trigger: z.object({ kind, when, at: positive }).optional(),
    limit: positive.optional(),
  })
  .transform((row): Resting => restingFrom(row));

/** What is absent stays absent. */
export const restingFrom = ({
  reference,
  trigger,
  limit,
  ...rest
}: Omit<Resting, "reference" | "trigger" | "limit"> & {
  readonly reference?: string | undefined;
  readonly trigger?: StopTrigger | undefined;
  readonly limit?: Exact | undefined;
}): Resting => ({
  ...rest,
  ...(reference !== undefined && { reference }),
  ...(trigger !== undefined && { trigger }),
  ...(limit !== undefined && { limit }),
});

/**
 * Orders that lie at the venue and can only reduce, as a person writes them. Left out, it is not known whether any lie there; an empty
 * list says that none do.
 */
export const writtenResting = z
  .array(
    z.strictObject({
      /** The instrument, as the positions name it. */
      instrument: name,
      side: sides,
      size: z.union([z.literal("all"), sizeAboveZero]),
      trigger: z.strictObject({ price: aboveZero(), when, kind: kind.default("mark") }).optional(),
      limit: aboveZero().optional(),
    }),
  )
  .optional();

/** The orders of a written account, each named by its place in the list. */
export const restingWritten = (written: z.output<typeof writtenResting>): readonly Resting[] | undefined =>
  written?.map(({ instrument, side, size, trigger, limit }, index) =>
    restingFrom({
      order: `written:${index + 1}`,
      instrument,
      side,
      size: size === "all" ? size : dec(size),
      reduceOnly: true,
      trigger: trigger === undefined ? undefined : { kind: trigger.kind, when: trigger.when, at: dec(trigger.price) },
      limit: limit === undefined ? undefined : dec(limit),
    }),
  );
