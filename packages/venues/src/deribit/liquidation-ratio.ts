import type { Quote, Scene } from "@plimsoll/core/margin";
import { type Exact, compare, fromNumber, multiply, rescale } from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import { deliveryKey, indexKey } from "./instrument.ts";
import type { DeribitTerms } from "./terms.ts";
import { totalsOf } from "./totals.ts";

/** The venue prints 8 decimals or more. */
const RATIO_SCALE = 8;
const STEPS = 40;
/** How far from the venue's figure ours is looked for. */
const AROUND = 1.25;

/**
 * The share of a pair's index now at which an account's margin balance meets its maintenance margin; everything else stands.
 * @param guess where it is looked for, above 0.
 * @returns "none" where there is no such share near the guess.
 */
export function liquidationRatio(
  account: Account,
  pair: string,
  guess: number,
  scene: Scene<DeribitTerms>,
): Exact | "none" {
  const crossedAt = (ratio: number): boolean | undefined => {
    const totals = totalsOf(account, movedTo(ratio, pair, scene));
    return totals.ok ? compare(totals.value.balance, totals.value.maintenance) <= 0 : undefined;
  };
  let [low, high] = [guess / AROUND, guess * AROUND];
  const [below, above] = [crossedAt(low), crossedAt(high)];
  if (below === undefined || above === undefined || below === above) return "none";
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (crossedAt(middle) === below) low = middle;
    else high = middle;
  }
  return rescale(fromNumber((low + high) / 2), RATIO_SCALE, "half-up");
}

/** The scene with one index, and the marks that follow it, elsewhere. */
function movedTo(ratio: number, pair: string, scene: Scene<DeribitTerms>): Scene<DeribitTerms> {
  const share = fromNumber(ratio);
  const moved = [indexKey(pair), deliveryKey(pair)].flatMap((key) => {
    const quote = scene.quotes.get(key);
    return quote === undefined
      ? []
      : [[key, { ...quote, value: multiply(quote.value, share) } satisfies Quote] as const];
  });
  return { ...scene, quotes: new Map([...scene.quotes, ...moved]) };
}
