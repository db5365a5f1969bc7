import { type Exact, text, trim } from "@plimsoll/core/units";

/**
 * A JSON number with exactly these digits, without zeros at its end: this venue writes amounts as numbers, and a float would print
 * others.
 */
export const jsonExact = (value: Exact): unknown =>
  (JSON as unknown as { rawJSON(digits: string): unknown }).rawJSON(text(trim(value)));
