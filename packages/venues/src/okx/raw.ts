import { type Exact, ms } from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";

/** A figure of the venue's: plain decimal text. */
export const figure = decimal(36);

/** A figure that the venue leaves empty, or out, where it has none: absent, never 0. */
export const figureOrNone = z
  .union([z.literal("").transform((): undefined => undefined), figure])
  .optional()
  .transform((value): Exact | undefined => value);

/** A moment in milliseconds, as text. */
export const venueTime = z
  .string()
  .regex(/^\d{10,14}$/, "not a time in milliseconds")
  .transform((text) => ms(Number(text)));

export const side = z.enum(["net", "long", "short"]);

/** The rows of an answer; another code than "0" is the venue's refusal and carries none. */
export const answerOf = <S extends z.ZodType>(row: S) =>
  z.object({ code: z.literal("0"), data: z.array(row) }).transform(({ data }) => data);
