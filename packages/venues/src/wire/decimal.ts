import { type Exact, exact, parseExact } from "@plimsoll/core/units";
import * as z from "zod";

/** Decimal text to Exact, never through Number; more than `maxScale` decimals are refused, not cut. */
export const decimal = (maxScale = 36) =>
  z.string().transform((text, context): Exact => {
    const read = parseExact(text);
    if (read.ok && read.value.scale <= maxScale) return read.value;
    context.addIssue({
      code: "custom",
      message: read.ok
        ? `"${text}" has more than ${maxScale} decimals`
        : `"${text}" is not a decimal: write plain digits, for example 1234.56`,
    });
    return z.NEVER;
  });

/** Integer text to bigint; a bigint passes as it is. */
export const integer = z.union([
  z.bigint(),
  z
    .string()
    .regex(/^-?\d+$/, "not an integer: write plain digits")
    .transform(BigInt),
]);

/** A count or a time that a venue writes as a JSON number or as plain digits; what a coercion would make of other things is refused. */
export const wholeNumber = z.union([
  z.number().int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/, "not a whole number: write plain digits")
    .transform(Number),
]);

/** An Exact as our own journal writes it: `{"digits":"123","scale":2}`. */
export const exactJson = z
  .object({ digits: integer, scale: z.number().int().min(0).max(60) })
  .transform(({ digits, scale }): Exact => exact(digits, scale));
