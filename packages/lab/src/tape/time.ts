import { type Ms, ms } from "@plimsoll/core/units";

const units = [
  ["s", 1e11, 1000n],
  ["ms", 1e14, 1n],
  ["us", 1e17, -1000n],
  ["ns", Infinity, -1_000_000n],
] as const;
export type TimeUnit = (typeof units)[number][0];

/** A timestamp's unit by its size, row by row: archives switch from one file to the next. */
export function timeOf(text: string): { readonly at: Ms; readonly unit: TimeUnit } | undefined {
  if (!/^\d{9,20}$/.test(text)) return undefined;
  const digits = BigInt(text);
  const [unit, , factor] = units.find(([, below]) => Number(digits) < below) ?? units[3];
  return { at: ms(Number(factor > 0n ? digits * factor : digits / -factor)), unit };
}
