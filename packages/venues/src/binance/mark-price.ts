import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  add,
  compare,
  exact,
  fail,
  ms,
  multiply,
  ok,
  quotient,
  subtract,
  why,
} from "@plimsoll/core/units";

// The mark price of a perpetual, from what the venue shows of its parts: to explain a mark, or to make one where it is replayed.

/** Mark prices carry 8 decimals. */
const MARK_SCALE = 8;

/** Since then the basis of price 2 is averaged over 30 seconds, before over a minute. @source Binance announcement of September 2025 */
const SHORTER_SINCE = ms(1758182460000); // 2025-09-18 08:01 UTC

/** How long before a moment the basis of price 2 is averaged. */
export const basisWindowMs = (at: Ms): number => (at >= SHORTER_SINCE ? 30_000 : 60_000);

/**
 * Price 1: the index grown by the funding that is still to come until the next settlement, index * (1 + rate * left / interval).
 * @source Binance FAQ on mark prices; README.md rule 26.
 */
export const priceOne = (index: Exact, fundingRate: Exact, untilFundingMs: number, everyMs: Ms): Exact =>
  add(
    index,
    quotient(
      multiply(multiply(index, fundingRate), exact(BigInt(untilFundingMs))),
      exact(BigInt(everyMs)),
      MARK_SCALE,
      "down",
    ),
  );

/** The book's best prices beside the index of the same moment. */
export interface BasisSample {
  readonly at: Ms;
  readonly bid: Exact;
  readonly ask: Exact;
  readonly index: Exact;
}

/**
 * Price 2: the index and the average basis, (bid + ask) / 2 - index, of the samples inside the window before a moment.
 * @returns a failure where no sample lies in the window.
 */
export function priceTwo(index: Exact, samples: readonly BasisSample[], at: Ms): Result<Exact, Why> {
  const windowMs = basisWindowMs(at);
  const inside = samples.filter((each) => each.at > at - windowMs && each.at <= at);
  if (inside.length === 0)
    return fail(
      why("binance/no-basis", { windowMs: `${windowMs}`, next: "collect book and index prices of that time" }),
    );
  const doubled = inside.map(({ bid, ask, index: then }) => subtract(add(bid, ask), add(then, then))).reduce(add);
  return ok(add(index, quotient(doubled, exact(BigInt(2 * inside.length)), MARK_SCALE, "down")));
}

/** The mark price: the middle one of price 1, price 2 and the last price of the contract. */
export function markPrice(one: Exact, two: Exact, contract: Exact): Exact {
  const [, middle] = [one, two, contract].toSorted(compare);
  return middle!;
}
