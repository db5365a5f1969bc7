import { type Exact, ZERO, ms } from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";

/** A figure of the venue's: plain decimal text. */
export const figure = decimal(18);

/** A figure that the venue leaves empty where it has none: absent, never 0. */
export const figureOrNone = z
  .union([z.literal("").transform((): undefined => undefined), figure])
  .optional()
  .transform((value): Exact | undefined => value);

/** An amount for which "" stands for nothing. @source Bybit API documentation: `mmDeduction`, `totalOrderIM` */
export const amountOrZero = figureOrNone.transform((value) => value ?? ZERO);

/** A moment as text or number; 0 and "" are none. */
export const moment = z
  .union([z.string(), z.number()])
  .transform(Number)
  .transform((at) => (Number.isInteger(at) && at > 0 ? ms(at) : undefined));

/** What every answer is wrapped in; another code than 0 is the venue's refusal and carries no data. */
export const answer = <S extends z.ZodType>(result: S) => z.object({ retCode: z.literal(0), result });
