const steps = [
  [1_000, "s"],
  [60_000, "min"],
  [3_600_000, "h"],
  [86_400_000, "d"],
] as const;

/** An age or a duration in its largest unit, rounded down: "now", "12 s", "3 min", "2 h", "5 d". */
export function ageText(ageMs: number): string {
  const step = steps.findLast(([size]) => ageMs >= size);
  return step === undefined ? "now" : `${Math.floor(ageMs / step[0])} ${step[1]}`;
}

/** Date and time in UTC to the second: "2025-10-10 21:14:05 UTC". */
export const momentText = (moment: { readonly iso: string }): string =>
  `${moment.iso.slice(0, 10)} ${moment.iso.slice(11, 19)} UTC`;

/** Time of day in UTC: "21:14:05". */
export const timeText = (moment: { readonly iso: string }): string => moment.iso.slice(11, 19);
