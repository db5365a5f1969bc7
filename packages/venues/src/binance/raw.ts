import { type Exact, exact, ms, parseExact, pow10 } from "@plimsoll/core/units";
import { unreadableBy, wholeNumber } from "@plimsoll/venues/wire";
import * as z from "zod";

const number = /^(-?\d+(?:\.\d+)?)(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * A number of the venue's, exact. Money is sent as text; bracket tables and counts as JSON numbers, whose shortest text is what
 * was sent for up to 15 digits; beyond that the client library hands over the text itself.
 */
export const venueNumber = z.union([z.string(), z.number()]).transform((raw, context): Exact => {
  const [, mantissa, exponent = "0"] = number.exec(String(raw)) ?? [];
  const read = mantissa === undefined ? undefined : parseExact(mantissa);
  if (read?.ok === true) return shifted(read.value, Number(exponent));
  context.addIssue({ code: "custom", message: `"${String(raw)}" is not a number` });
  return z.NEVER;
});

const shifted = ({ digits, scale }: Exact, exponent: number): Exact =>
  exponent >= scale ? exact(digits * pow10(exponent - scale)) : exact(digits, scale - exponent);

export const venueTime = wholeNumber.refine((at) => at > 0, "a time is above 0").transform(ms);
export const side = z.enum(["BOTH", "LONG", "SHORT"]);

/** Why outside data was refused: every path and what is wrong there. */
export const unreadable = unreadableBy("binance");
