import type { Holding } from "@plimsoll/core/book";
import type { BoundEngine, Quote, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type AssetId,
  type Exact,
  ONE,
  type QuoteKey,
  type Result,
  type Why,
  ZERO,
  add,
  exact,
  fail,
  isZero,
  magnitude,
  multiply,
  ok,
  quoteKey,
  rescale,
  smaller,
  subtract,
  why,
} from "@plimsoll/core/units";
import { coinOf, familyOf } from "./levels.ts";

/** What an account would gain, in dollars, if one price rose by its whole value at today's slope: above 0 long, below 0 short. */
export interface Exposure {
  readonly quote: QuoteKey;
  readonly dollars: Exact;
  /** What one of the account's own unit is worth in dollars. */
  readonly unitInDollars: Exact;
}

/** A price is moved by a thousandth of itself to each side: what is not straight, such as a coin-margined position, errs by 1e-6. */
const PART = 1_000n;

/**
 * Exposures of one account to prices, by what its engine says of its equity a little under and a little over each: of no venue
 * anything is known here.
 * @returns only those that are not 0; a failure where the equity is not known or its unit has no price.
 */
export function exposuresOf(
  engine: BoundEngine,
  holding: Holding,
  account: AccountKey,
  scene: Scene<unknown>,
  quotes: readonly QuoteKey[],
): Result<readonly Exposure[], Why> {
  const { unit } = engine.assess(holding, account, scene);
  const unitInDollars = dollarsOf(unit, scene.quotes, holding.venue);
  if (!unitInDollars.ok) return unitInDollars;
  const exposures: Exposure[] = [];
  for (const quote of quotes) {
    const seen = scene.quotes.get(quote);
    if (seen === undefined) return fail(why("quote-missing", { quote }));
    const fine = seen.value.digits < PART ? rescale(seen.value, seen.value.scale + 3, "floor") : seen.value;
    const step = fine.digits / PART;
    const [over, under] = [fine.digits + step, fine.digits - step].map((digits) => {
      const moved: Quote = { ...seen, value: exact(digits, fine.scale) };
      return engine.assess(holding, account, { ...scene, quotes: new Map([...scene.quotes, [quote, moved]]) }).equity;
    });
    if (over?.is !== "known") return fail(over?.is === undefined ? why("account-unreadable") : over.why);
    if (under?.is !== "known") return fail(under?.is === undefined ? why("account-unreadable") : under.why);
    const { digits, scale } = subtract(over.value, under.value);
    const value = exact((digits * fine.digits) / (2n * step), scale);
    if (!isZero(value))
      exposures.push({ quote, dollars: multiply(value, unitInDollars.value), unitInDollars: unitInDollars.value });
  }
  return ok(exposures);
}

const isPegged = ({ quote }: Exposure): boolean => familyOf(quote).name === "usd";

/** All that moves, long and short added; what is pegged to the dollar counts where it is owed against its like. */
export function grossOf(exposures: readonly Exposure[]): Exact {
  const sum = (some: readonly Exposure[]) => some.reduce((total, { dollars }) => add(total, magnitude(dollars)), ZERO);
  const pegged = exposures.filter(isPegged);
  const owed = pegged.filter(({ dollars }) => dollars.digits < 0n);
  const held = pegged.filter(({ dollars }) => dollars.digits > 0n);
  return add(sum(exposures.filter((one) => !isPegged(one))), smaller(sum(owed), sum(held)));
}

/** What one of a unit is worth in dollars: 1 for what is pegged, else a price of that coin, the venue's own first. */
export function dollarsOf(unit: AssetId, quotes: Scene<unknown>["quotes"], venue: string): Result<Exact, Why> {
  if (familyOf(quoteKey(`:${unit}:`)).name === "usd") return ok(ONE);
  const isOf = (key: QuoteKey) => coinOf(key) === unit.toUpperCase();
  const found = [...quotes].filter(([key, { kind }]) => kind !== "last" && kind !== "next-oracle" && isOf(key));
  const [best] = found.toSorted(([a], [b]) => {
    const away = (key: QuoteKey) => (key.startsWith(`${venue}:`) ? 0 : 1);
    return away(a) - away(b) || (a < b ? -1 : 1);
  });
  return best === undefined
    ? fail(why("unit-without-price", { unit, next: "add a price of it to the book" }))
    : ok(best[1].value);
}
