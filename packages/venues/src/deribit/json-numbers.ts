/** Exponents beyond this are no amounts of this venue; such a number stays as it is written, and the reader refuses it. */
const MOST_SHIFT = 40;

/** What JSON.parse hands to a reviver since ES2025, and the types do not know yet. */
type WithSource = (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

/**
 * Reads an answer with its numbers as the text that stands there: the venue writes amounts as JSON numbers, and these must not
 * become floats.
 * @throws SyntaxError where it is no JSON.
 */
export const parseAnswer = (text: string): unknown =>
  (JSON.parse as WithSource)(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined ? plainDigits(source) : value,
  );

/** "3.1639e-4" as "0.00031639". */
export function plainDigits(written: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(written);
  if (match === null) return written;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  const shift = Number(power);
  if (Math.abs(shift) > MOST_SHIFT) return written;
  const digits = `${whole}${fraction}`.padEnd(whole.length + shift, "0");
  const point = whole.length + shift;
  if (point >= digits.length) return `${sign}${digits}`;
  return point <= 0
    ? `${sign}0.${"0".repeat(-point)}${digits}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
