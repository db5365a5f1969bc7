import {
  type AccountKey,
  type Exact,
  type Figure,
  type Ms,
  type QuoteKey,
  assetId,
  below,
  compare,
  ms,
  quotient,
  subtract,
} from "@plimsoll/core/units";
import type { Assessment, Line, LineName, Scene } from "./contract.ts";

/** Health is printed and compared at this many decimals, rounded down. */
const HEALTH_SCALE = 18;

/** What a line compares: `atZero` says whether a surplus of exactly 0 is still safe there. */
export interface Measured {
  readonly name: LineName;
  readonly have: Exact;
  /** Above 0. */
  readonly need: Exact;
  readonly atZero: "safe" | "crossed";
  readonly meaning: string;
  readonly raises?: Line["raises"];
}

/** One line of an assessment from what the account has and what the line needs. */
export const lineOf = ({ name, have, need, atZero, meaning, raises }: Measured): Line => ({
  name,
  required: need,
  surplus: subtract(have, need),
  health: quotient(have, need, HEALTH_SCALE, "floor"),
  crossed: atZero === "safe" ? below(have, need) : compare(have, need) <= 0,
  strict: atZero === "safe",
  meaning,
  ...(raises !== undefined && { raises }),
});

/** The assessment of an account that has no figures, with the reason; `shows` names the figure that people look for. */
export const notAssessed = (account: AccountKey, unit: string, reason: Figure<Exact>, shows: string): Assessment => ({
  account,
  unit: assetId(unit),
  equity: reason,
  free: reason,
  lines: [],
  explain: { name: shows, value: reason.is },
});

/** When the oldest of these quotes was made; a quote that is missing, like a scene with none, counts as now. */
export const oldestOf = (keys: readonly QuoteKey[], { now, quotes }: Scene<unknown>): Ms =>
  ms(Math.min(now, ...keys.map((key) => quotes.get(key)?.asOf ?? now)));
