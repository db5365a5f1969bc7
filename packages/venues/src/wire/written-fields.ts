import type { BookEvent } from "@plimsoll/core/book";
import { type Exact, type Ms, type PriceKind, type QuoteKey, dec, ms } from "@plimsoll/core/units";
import * as z from "zod";

// Fields that people write in book files, the same for every venue: amounts are decimal text, never numbers.

const digits = "write plain digits, for example 1234.56";

/** Decimal text of 0 or more. */
export const amount = z.string(digits).regex(/^\d+(\.\d+)?$/, digits);
/** Decimal text that may be below 0. */
export const signedAmount = z.string(digits).regex(/^-?\d+(\.\d+)?$/, digits);
/** Decimal text above 0; `note` is added to the error. */
export const aboveZero = (note = "") =>
  z.string(digits).regex(/^(?!0+(\.0+)?$)\d+(\.\d+)?$/, `${digits}, above 0${note === "" ? "" : `; ${note}`}`);
/** A size, which its side signs. */
export const sizeAboveZero = aboveZero("the side says long or short");
/** A share from 0 to 1. */
export const share = z.string(digits).regex(/^(0(\.\d+)?|1)$/, "a share from 0 to 1");
/** A whole number; a file gives it as its source text. */
export const whole = (min: number, max: number) => {
  const note = `write a whole number from ${min} to ${max}`;
  const number = z.int(note).min(min, note).max(max, note);
  const written = z.string(note).regex(/^\d{1,3}$/, note);
  return z.union([number, written.transform(Number).pipe(number)], note);
};
export const name = z.string().min(1);
export const moment = z.iso.datetime({ offset: true }).optional();
/** A price with the asset that it is counted in, and its time where that is not now. */
export const writtenPrice = z.strictObject({ price: aboveZero(), unit: name, at: moment });

/** Adds to a written position's schema: an isolated position, and no other, states its margin in this field. */
export const statingMargin = <F extends string, S extends z.ZodType<WithMargin<F>>>(field: F, schema: S): S =>
  schema.refine((position) => (position.margin === "isolated") === (position[field] !== undefined), {
    path: [field],
    error: `an isolated position, and no other, states its ${field}`,
  });
type WithMargin<F extends string> = { readonly margin: "cross" | "isolated" } & {
  readonly [K in F]?: string | undefined;
};

/** The event of a written price; without a time of its own it is of `now`. */
export const priceEvent = (
  key: QuoteKey,
  kind: PriceKind,
  price: Exact | string,
  at: string | undefined,
  now: Ms,
): BookEvent => ({
  type: "price",
  key,
  price: typeof price === "string" ? dec(price) : price,
  kind,
  at: at === undefined ? now : ms(Date.parse(at)),
});

/** An entry of a table by its own key; a name that objects inherit is not one. */
export const entryOf = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
