import type { Why } from "@plimsoll/core/units";

/** One thing looked at: good, worth knowing, or broken, with the number that decided it and what to do. */
export interface Finding {
  readonly is: "good" | "note" | "broken";
  readonly what: string;
  readonly detail: string;
  readonly next?: string;
}

export const broken = (what: string, { code, facts: { detail = code, next = "" } }: Why): Finding => ({
  is: "broken",
  what,
  detail,
  next,
});
