import { type Exact, text } from "@plimsoll/core/units";

/** One thing wrong in a guard: where, the value, what is wrong with it, and what to write instead. */
export interface Problem {
  readonly field: string;
  readonly value: string;
  readonly wrong: string;
  readonly next: string;
}

/** No problem where `right`, else this one. */
export const unless = (
  right: boolean,
  field: string,
  value: string | number | Exact | undefined,
  wrong: string,
  next: string,
): readonly Problem[] =>
  right ? [] : [{ field, value: typeof value === "object" ? text(value) : `${value}`, wrong, next }];

/** Whether a number can be a count or a duration of at least `least`. */
export const isWhole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
