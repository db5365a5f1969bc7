import { averageVariance, blackPrice } from "@plimsoll/core/math";
import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, add, fail, multiply, ok, toNumber, why } from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import type { Position } from "./holding.ts";
import { type Instrument, indexKey, readInstrument, volKey } from "./instrument.ts";
import { quoteOf } from "./quote.ts";
import { type MarkLine, markLineOf } from "./settlement-average.ts";
import type { DeribitTerms, FutureRules, MatrixRules, OptionRules } from "./terms.ts";

const yearMs = 365 * 86_400_000;

interface Frame extends MarkLine {
  readonly position: Position;
  readonly instrument: Instrument;
  readonly index: Exact;
  /** `fixed + slope * index`: the future's own mark, or the price an option follows. */
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
  /** Mark vol. */
  readonly vol: number;
  readonly expiryMs: number;
}
/** A position beside what prices and charges it. */
export type Priced = PricedFuture | PricedOption;

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
  const line = markLineOf(instrument, scene);
  if (!line.ok) return line;
  const { pairs } = scene.terms.body;
  const rules = Object.hasOwn(pairs, instrument.pair) ? pairs[instrument.pair]! : {};
  const frame = {
    position,
    instrument,
    ...line.value,
    index: index.value,
    mark: add(line.value.fixed, multiply(line.value.slope, index.value)),
    years: Math.max(0, (instrument.expiry ?? scene.now) - scene.now) / yearMs,
    ...(rules.matrix !== undefined && { matrix: rules.matrix }),
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

/** Where the price that an instrument follows stands now. */
export function markOfInstrument(instrument: Instrument, scene: Scene<DeribitTerms>): Result<Exact, Why> {
  const index = quoteOf(indexKey(instrument.pair), "index", scene);
  if (!index.ok) return index;
  const line = markLineOf(instrument, scene);
  return line.ok ? ok(add(line.value.fixed, multiply(line.value.slope, index.value))) : line;
}

const noRules = ({ name, pair }: Instrument): Result<never, Why> =>
  fail(
    why("deribit/no-rules", {
      instrument: name,
      pair,
      next: "add the margin rules of this kind of instrument to the terms of its pair",
    }),
  );

/** An option as one on the index itself: it is worth `slope` of these. */
export interface OptionOnIndex {
  readonly type: "call" | "put";
  readonly strike: number;
  readonly years: number;
  readonly vol: number;
}

/**
 * `max(fixed + slope I - K, 0)` is `slope` times an option on I with strike `(K - fixed) / slope`.
 * @param vol a mark vol; where readings of an average are left it becomes the vol with which their mean varies.
 * @returns undefined once nothing follows the index any more.
 */
export function onIndex(option: PricedOption, vol = option.vol): OptionOnIndex | undefined {
  const { type, strike, years, readings } = option;
  const slope = toNumber(option.slope);
  if (slope === 0 || years === 0) return undefined;
  return {
    type,
    strike: (strike - toNumber(option.fixed)) / slope,
    years,
    vol: readings === undefined ? vol : Math.sqrt(averageVariance(vol, readings) / years),
  };
}

/** Price of one contract in its quote currency: dollars, or a dollar coin. */
export const worthOf = (option: PricedOption): number => worthAtIndex(option)(toNumber(option.index));

/** The same as a function of the index; what does not depend on it is worked out once. */
export function worthAtIndex(option: PricedOption): (index: number) => number {
  const [fixed, slope] = [toNumber(option.fixed), toNumber(option.slope)];
  const plain = onIndex(option);
  if (plain !== undefined) return (forward) => slope * blackPrice({ ...plain, forward });
  return (index) => {
    const apart = fixed + slope * index - option.strike;
    return Math.max(0, option.type === "call" ? apart : -apart);
  };
}
