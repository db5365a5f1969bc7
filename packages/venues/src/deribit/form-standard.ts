import { type FormBuilder, type Scene, type SumBuilder, slopedBend } from "@plimsoll/core/margin";
import { type QuoteKey, invariant, isNegative, toNumber } from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import { addSampled, dollarsOf, isSampled, requirementInDollars } from "./form-settling.ts";
import type { Wallet } from "./holding.ts";
import { indexKey } from "./instrument.ts";
import type { Priced, PricedFuture, PricedOption } from "./priced.ts";
import type { DeribitTerms } from "./terms.ts";

// I is the pair's index, b the slope of the mark: b I, or in the window before delivery f + b I. An option on b I with strike K is
// worth b times one on I with strike K / b.

type Line = "maintenance" | "initial";

/** Where a wallet's balance goes for initial margin: through its haircut, which a negative balance does not have. */
export function addBalance(
  form: FormBuilder,
  { is }: Account,
  { currency }: Wallet,
  scene: Scene<DeribitTerms>,
): SumBuilder {
  if (is === "segregated") return form.have;
  const cut = scene.terms.body.haircuts[currency];
  invariant(cut !== undefined, "compile refuses a currency without a haircut");
  return form.pool(slopedBend({ into: "have", from: [-Infinity, 0], slopes: [1, 1 - toNumber(cut)] }));
}

/** Adds profit of a future or value of an option; `coin` turns the wallet's currency into the form's unit. */
export function addValue(form: FormBuilder, have: SumBuilder, each: Priced, coin: QuoteKey | undefined): void {
  const [size, basis] = [toNumber(each.position.size), toNumber(each.slope)];
  const index = indexKey(each.instrument.pair);
  if (isSampled(each)) return addSampled(form, have, each, dollarsOf(each));
  if (each.is === "option") {
    invariant(each.instrument.style === "inverse" || coin === undefined, "compile refuses linear options in a pool");
    have.curve(form.price(index), black(each, each.instrument.style === "inverse" ? size : size * basis));
    return;
  }
  const entry = toNumber(each.position.entry);
  if (each.instrument.style === "inverse") {
    have.line(form.price(index), size / entry).add(-size / basis);
    return;
  }
  const paid = toNumber(each.fixed) - entry;
  have.line(productOf(form, index, coin), size * basis).line(productOf(form, undefined, coin), size * paid);
}

const productOf = (form: FormBuilder, index: QuoteKey | undefined, coin: QuoteKey | undefined): number =>
  form.factor(...[index, coin].flatMap((key) => (key === undefined ? [] : [[key, 1] as const])));

/** Adds what a position requires under standard margin. */
export function addRequirement(form: FormBuilder, each: Priced, line: Line, coin: QuoteKey | undefined): void {
  if (isSampled(each)) addSampled(form, form.need, each, requirementInDollars(each, line));
  else if (each.is === "future") addFuture(form, each, line, coin);
  else if (isNegative(each.position.size)) addOption(form, each, line);
}

/** `(rate + slope Q) Q I`: with Q = N / (b I) of an inverse future `rate N/b + slope (N/b)^2 / I`. */
function addFuture(
  form: FormBuilder,
  { position, instrument, slope: basis, rules }: PricedFuture,
  line: Line,
  coin: QuoteKey | undefined,
): void {
  const [rate, slope] = [toNumber(rules[line]), toNumber(rules.slope)];
  const size = Math.abs(toNumber(position.size));
  const index = indexKey(instrument.pair);
  if (instrument.style === "linear") {
    form.need.line(productOf(form, index, coin), (rate + slope * size) * size);
    return;
  }
  const notional = size / toNumber(basis);
  form.need.curve(form.price(index), {
    kind: "pieces",
    knots: Float64Array.of(0),
    a: Float64Array.of(rate * notional),
    b: Float64Array.of(0),
    r: Float64Array.of(slope * notional * notional),
  });
}

const black = ({ type, strike, slope, vol, expiryMs }: PricedOption, quantity: number) =>
  ({ kind: "black", quantity, type, strike: strike / toNumber(slope), expiryMs, vol }) as const;

/** Mark plus a share of the coin; both in the form's unit: the coin itself is worth the index. */
function addOption(form: FormBuilder, each: PricedOption, line: Line): void {
  const { type, strike, position, instrument, rules } = each;
  const index = form.price(indexKey(instrument.pair));
  const basis = toNumber(each.slope);
  // a linear contract's coin is charged at its mark
  const contracts = Math.abs(toNumber(position.size)) * (instrument.style === "inverse" ? 1 : basis);
  form.need.curve(index, black(each, contracts));
  const maintenance = toNumber(rules.maintenance);
  const [share, floor] = [toNumber(rules.initial), toNumber(rules.initialFloor)];
  if (line === "initial") form.need.curve(index, initialCurve(type, strike / basis, contracts, share, floor));
  if (type === "call") {
    if (line === "maintenance") form.need.line(index, maintenance * contracts);
    return;
  }
  // a put: from where the mark is worth `turn` coins its share counts instead of the coin's
  const turn = line === "maintenance" ? 1 : share / maintenance;
  form
    .pool({
      into: "need",
      by: index,
      measure: "quantity",
      from: Float64Array.of(-Infinity, contracts * turn),
      a: Float64Array.of(0, 0),
      b: Float64Array.of(0, maintenance),
      g: Float64Array.of(
        line === "maintenance" ? maintenance * contracts : 0,
        line === "maintenance" ? 0 : -share * contracts,
      ),
    })
    .curve(index, black(each, contracts));
}

/** `max(share - away, floor)` coins a contract times the index, away the distance out of the money over the mark. */
function initialCurve(type: "call" | "put", strike: number, contracts: number, share: number, floor: number) {
  const reach = share - floor;
  const shape =
    type === "call"
      ? { knots: [0, strike / (1 + reach), strike], a: [0, -strike, 0], b: [floor, share + 1, share] }
      : { knots: [0, strike, strike / (1 - reach)], a: [0, strike, 0], b: [share, share - 1, floor] };
  return {
    kind: "pieces",
    knots: Float64Array.from(shape.knots),
    a: Float64Array.from(shape.a, (value) => value * contracts),
    b: Float64Array.from(shape.b, (value) => value * contracts),
  } as const;
}
