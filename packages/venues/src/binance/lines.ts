import type { LineName } from "@plimsoll/core/margin";
import { type Exact, ONE } from "@plimsoll/core/units";
import type { BinanceTerms } from "./terms.ts";

/** A level of the margin balance: what it is compared with, how many times over, and what happens there. */
export interface LineRule {
  readonly name: LineName;
  readonly measure: "initial" | "maintenance";
  readonly times: Exact;
  readonly atZero: "safe" | "crossed";
  readonly meaning: string;
}

const futures: readonly LineRule[] = [
  {
    name: "initial",
    measure: "initial",
    times: ONE,
    atZero: "safe",
    meaning: "below it the venue refuses new risk and the removal of margin",
  },
  {
    name: "maintenance",
    measure: "maintenance",
    times: ONE,
    atZero: "crossed",
    meaning: "at margin ratio (maintenance / margin balance) 100 % the venue liquidates; health is its inverse",
  },
];

/** The lines of an account under these terms: of portfolio margin the levels of uniMMR, which equality reaches. */
export function linesUnder({ uniMmr }: BinanceTerms): readonly LineRule[] {
  if (uniMmr === undefined) return futures;
  const at = (name: LineName, times: Exact, meaning: string): LineRule => ({
    name,
    measure: "maintenance",
    times,
    atZero: "crossed",
    meaning,
  });
  return [
    at("warn", uniMmr.warn, "the venue asks for margin or smaller positions"),
    at("initial", uniMmr.reduceOnly, "the venue takes orders that reduce and no others"),
    at("maintenance", uniMmr.liquidation, "the venue liquidates; health is uniMMR over its level of liquidation"),
    at("bankruptcy", uniMmr.claim, "less than maintenance is left: the venue may claim the loss"),
  ];
}
