import { type MarginForm, type Scene, jointMove, readQuotes } from "@plimsoll/core/margin";
import type { QuoteKey } from "@plimsoll/core/units";
import { familyOf } from "./levels.ts";

/**
 * What stands in for measured covariances: every price moves in a day by this much times its family's multiplier, prices that
 * are not pegged go together. Said wherever a figure rests on it.
 */
export const ASSUMED_MOVES = { daily: 0.04, correlation: 0.7 } as const;

/** The most likely joint move that takes an account, under `ASSUMED_MOVES`. */
export interface LikelyMove {
  /** In standard deviations of one day. */
  readonly sigmas: number;
  readonly prices: readonly { readonly quote: QuoteKey; readonly now: number; readonly to: number }[];
  /** False: the search ended on a kink, `sigmas` is an upper bound. */
  readonly settled: boolean;
}

/** The most likely way of all prices together to the account's line; "none" where none was found, undefined where a price is missing. */
export function likelyMove(form: MarginForm, scene: Scene<unknown>): LikelyMove | "none" | undefined {
  const values = readQuotes(form, scene);
  if (!values.ok) return undefined;
  const move = jointMove(form, values.value, assumedCovariance(form.quotes));
  if (move === "none") return "none";
  const prices = form.quotes.map((quote, index) => ({ quote, now: values.value[index]!, to: move.quotes[index]! }));
  return { sigmas: move.distance, prices, settled: move.settled };
}

function assumedCovariance(quotes: readonly QuoteKey[]): number[][] {
  const families = quotes.map(familyOf);
  const vols = families.map(({ multiplier }) => ASSUMED_MOVES.daily * multiplier);
  const correlation = (i: number, j: number): number => {
    if (i === j) return 1;
    const pegged = families[i]!.name === "usd" || families[j]!.name === "usd";
    // prices of one family are one price up to what parts them on their venues
    return pegged ? 0 : families[i]!.name === families[j]!.name ? 0.99 : ASSUMED_MOVES.correlation;
  };
  return quotes.map((_, i) => quotes.map((__, j) => vols[i]! * vols[j]! * correlation(i, j)));
}
