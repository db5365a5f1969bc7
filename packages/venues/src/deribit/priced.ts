import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type PriceKind,
  type QuoteKey,
  type Result,
  type Why,
  fail,
  multiply,
  ok,
  toNumber,
  why,
} from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import type { Position } from "./holding.ts";
import { type Instrument, basisKey, coinPair, indexKey, readInstrument, volKey } from "./instrument.ts";
import type { DeribitTerms, FutureRules, MatrixRules, OptionRules } from "./terms.ts";

const yearMs = 365 * 86_400_000;

interface Frame {
  readonly position: Position;
  readonly instrument: Instrument;
  readonly index: Exact;
  readonly basis: Exact;
  /** Index times basis: the future's own mark, or the price an option follows. */
  readonly mark: Exact;
  /** Until expiry, 0 from then on and of a perpetual. */
  readonly years: number;
  readonly matrix?: MatrixRules;
}
export interface PricedFuture extends Frame {
  readonly is: "future";
  readonly rules: FutureRules;
}
export interface PricedOption extends Frame {
  readonly is: "option";
  readonly rules: OptionRules;
  readonly type: "call" | "put";
  readonly strike: number;
  readonly vol: number;
  readonly expiryMs: number;
}
/** A position beside what prices and charges it. */
export type Priced = PricedFuture | PricedOption;

/** The scene's quote of one kind; another kind is not taken in its place. */
export function quoteOf(key: QuoteKey, kind: PriceKind, scene: Scene<DeribitTerms>): Result<Exact, Why> {
  const quote = scene.quotes.get(key);
  if (quote?.kind === kind) return ok(quote.value);
  return fail(
    why("deribit/no-quote", {
      quote: key,
      found: quote?.kind ?? "none",
      next: `wait for the ${kind} of this instrument`,
    }),
  );
}

/** Joins every position of an account with its rules and prices; fails on the first that lacks one. */
export function priceAll({ positions }: Account, scene: Scene<DeribitTerms>): Result<readonly Priced[], Why> {
  const priced: Priced[] = [];
  for (const position of positions) {
    const read = priceOne(position, scene);
    if (!read.ok) return read;
    priced.push(read.value);
  }
  return ok(priced);
}

function priceOne(position: Position, scene: Scene<DeribitTerms>): Result<Priced, Why> {
  const instrument = readInstrument(position.instrument);
  if (instrument === undefined) return fail(why("deribit/no-such-name", { instrument: position.instrument }));
  const index = quoteOf(indexKey(instrument.pair), "index", scene);
  if (!index.ok) return index;
  const basis = quoteOf(basisKey(instrument.underlying), "mark", scene);
  if (!basis.ok) return basis;
  const { pairs } = scene.terms.body;
  const rules = Object.hasOwn(pairs, instrument.pair) ? pairs[instrument.pair]! : {};
  const mark = multiply(index.value, basis.value);
  const years = Math.max(0, (instrument.expiry ?? scene.now) - scene.now) / yearMs;
  const frame = {
    position,
    instrument,
    index: index.value,
    basis: basis.value,
    mark,
    years,
    ...matrixOf(rules.matrix),
  };
  if (instrument.option === undefined)
    return rules.futures === undefined ? noRules(instrument) : ok({ ...frame, is: "future", rules: rules.futures });
  const vol = quoteOf(volKey(instrument.name), "mark", scene);
  if (!vol.ok) return vol;
  if (rules.options === undefined || instrument.expiry === undefined) return noRules(instrument);
  const { type, strike } = instrument.option;
  const option = { type, strike: toNumber(strike), vol: toNumber(vol.value), expiryMs: instrument.expiry };
  return ok({ ...frame, is: "option", rules: rules.options, ...option });
}

const matrixOf = (matrix: MatrixRules | undefined) => (matrix === undefined ? {} : { matrix });

const noRules = ({ name, pair }: Instrument): Result<never, Why> =>
  fail(
    why("deribit/no-rules", {
      instrument: name,
      pair,
      next: "add the margin rules of this kind of instrument to the terms of its pair",
    }),
  );

/** Dollars for one unit of a wallet's currency; 1 for a dollar itself. */
export const coinPriceOf = (currency: string, scene: Scene<DeribitTerms>): Result<Exact, Why> =>
  quoteOf(indexKey(coinPair(currency)), "index", scene);
