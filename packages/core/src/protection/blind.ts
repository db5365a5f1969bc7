import type { Quote, Scene } from "@plimsoll/core/margin";
import { coinOf } from "@plimsoll/core/risk";
import {
  type Exact,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  add,
  compare,
  dec,
  fail,
  ms,
  multiply,
  ok,
  why,
} from "@plimsoll/core/units";

/** What other venues say of a price that its own venue no longer tells. */
export interface StandIn {
  readonly key: QuoteKey;
  readonly low: Exact;
  readonly median: Exact;
  readonly high: Exact;
  readonly from: readonly QuoteKey[];
  /** Time of the oldest of them. */
  readonly asOf: Ms;
}

/**
 * Stands in for the silent prices of one venue by those of the same coin at others; what has an end, and an oracle, is another thing.
 * @param isYoung whether a price of another venue may be relied on now.
 * @returns a failure where no other venue prices one of them.
 */
export function standIns(
  silent: readonly QuoteKey[],
  quotes: ReadonlyMap<QuoteKey, Quote>,
  isYoung: (key: QuoteKey, quote: Quote) => boolean,
): Result<readonly StandIn[], Why> {
  const found: StandIn[] = [];
  for (const key of silent) {
    const [venue, coin] = [venueOf(key), coinOf(key)];
    const isSame = (other: QuoteKey) => coin !== undefined && venueOf(other) !== venue && coinOf(other) === coin;
    const same = [...quotes].filter(([other, quote]) => isYoung(other, quote) && isSame(other));
    if (same.length === 0)
      return fail(why("blind/no-other-price", { quote: key, next: "connect another venue that trades it" }));
    const sorted = same.map(([, { value }]) => value).toSorted(compare);
    found.push({
      ...{ key, low: sorted[0]!, median: middleOf(sorted), high: sorted.at(-1)! },
      from: same.map(([other]) => other),
      asOf: ms(Math.min(...same.map(([, { asOf }]) => asOf))),
    });
  }
  return ok(found);
}

const venueOf = (key: QuoteKey): string => key.split(":")[0]!;

const HALF = dec("0.5");
function middleOf(sorted: readonly Exact[]): Exact {
  const [left, right] = [sorted[Math.ceil(sorted.length / 2) - 1]!, sorted[Math.floor(sorted.length / 2)]!];
  return multiply(add(left, right), HALF);
}

/** More silent prices than these are not tried in all combinations: all low, all high, all in the middle. */
const MOST_CORNERS = 4;

/** The scenes that the stand-ins leave open: each price at its lowest and highest, and all of them in the middle. */
export function openScenes(scene: Scene<unknown>, prices: readonly StandIn[]): readonly Scene<unknown>[] {
  const at = (pick: (price: StandIn, index: number) => Exact): Scene<unknown> => {
    const moved = prices.flatMap((price, index): readonly (readonly [QuoteKey, Quote])[] => {
      const quote = scene.quotes.get(price.key);
      return quote === undefined ? [] : [[price.key, { ...quote, value: pick(price, index), asOf: price.asOf }]];
    });
    return { ...scene, quotes: new Map([...scene.quotes, ...moved]) };
  };
  const middle = at(({ median }) => median);
  if (prices.length > MOST_CORNERS) return [middle, at(({ low }) => low), at(({ high }) => high)];
  const corners = Array.from({ length: 2 ** prices.length }, (_, corner) =>
    at(({ low, high }, index) => ((corner >> index) & 1 ? high : low)),
  );
  return [middle, ...corners];
}
