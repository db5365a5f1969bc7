import type { Why } from "@plimsoll/core/units";

/** A reason in one clause: its code and facts. */
export const saying = ({ code, facts }: Why): string =>
  [code, ...Object.entries(facts).map(([name, value]) => `${name} ${value}`)].join(", ");
