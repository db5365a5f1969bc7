import { type FormBuilder, sampleCurve } from "@plimsoll/core/margin";
import type { Account } from "./accounts.ts";
import { reach } from "./form-settling.ts";
import { coinPair, indexKey } from "./instrument.ts";
import { type MatrixGroup, deltaShock, groupAt, matrixOf } from "./margin-matrix.ts";
import { OPTION_SCALE } from "./margin-standard.ts";
import type { CoinMatrix } from "./totals.ts";

/** Of what is required today. */
const sampleError = 5e-3;

/**
 * Adds what the scenarios of one coin require.
 * @returns the error of the samples and of the rounding, in dollars.
 */
export function addMatrix(
  form: FormBuilder,
  account: Account,
  { group, matrix }: CoinMatrix,
  line: "maintenance" | "initial",
): number {
  const factor = line === "maintenance" ? group.rules.maintenanceFactor : 1;
  const rounding = 10 ** -OPTION_SCALE * (group.unit === "coin" ? reach * group.index : 1);
  if (followsOneIndex(account, group)) return rounding + addSamples(form, group, matrix.margin, factor);
  addFutures(form, group, factor);
  return rounding + addDeltaShock(form, group, factor);
}

/** Why a coin's scenarios cannot be said as a form: they move several indices at once, which only futures do in straight lines. */
export function noForm(account: Account, { group }: CoinMatrix): string | undefined {
  if (followsOneIndex(account, group)) return undefined;
  const { legs, rules, coin } = group;
  const where = `the scenarios of ${coin} move several indices together`;
  if (legs.some((leg) => leg.option !== undefined || leg.fixed !== 0)) return `${where}, and there are options in them`;
  if (rules.extendedFactor > 1) return `${where}, and the extended table weighs more than the main one`;
  return undefined;
}

/** A cross pool has linear contracts on other indices than the coin's own. */
const followsOneIndex = ({ is }: Account, { legs }: MatrixGroup): boolean =>
  is === "segregated" || legs.every(({ style }) => style === "inverse");

/** One index: the worst scenario changes from price to price, so it is sampled. */
function addSamples(form: FormBuilder, group: MatrixGroup, today: number, factor: number): number {
  const need = (price: number) => factor * matrixOf(groupAt(group, price)).margin * (group.unit === "coin" ? price : 1);
  const through = [group.index / reach, group.index, group.index * reach];
  const worth = today * (group.unit === "coin" ? group.index : 1);
  const curve = sampleCurve(need, through, sampleError * factor * worth);
  form.need.curve(form.price(indexKey(group.pair)), curve);
  return curve.error;
}

/**
 * Futures gain and lose in proportion to the move: the worst is `range * |coins I + sum of sizes at their marks|`, at one end of the
 * main table. Inverse contracts count through what they were entered at: their dollars stand still.
 */
function addFutures(form: FormBuilder, { pair, coins, rules, legs }: MatrixGroup, factor: number): void {
  const range = factor * rules.priceRange;
  const pool = form.pool({
    into: "need",
    measure: "value",
    from: Float64Array.of(-Infinity, 0),
    a: Float64Array.of(0, 0),
    b: Float64Array.of(-range, range),
    g: Float64Array.of(0, 0),
  });
  pool.line(form.price(indexKey(pair)), coins);
  for (const leg of legs) {
    const rate = factor * Math.max(Math.exp(rules.annualisedMoveRisk * leg.years) - 1, rules.minAnnualisedMove);
    if (leg.style === "inverse") form.need.add((rate * Math.abs(leg.size)) / leg.slope);
    else {
      const index = form.factor([indexKey(leg.pair), 1], [indexKey(coinPair(leg.currency)), 1]);
      pool.line(index, leg.size * leg.slope);
      form.need.line(index, rate * Math.abs(leg.size));
    }
  }
}

/** The delta of futures follows the coin's own index alone: that of inverse ones falls with it, that of linear ones stands. */
function addDeltaShock(form: FormBuilder, group: MatrixGroup, factor: number): number {
  const shock = (price: number) => factor * deltaShock(groupAt(group, price));
  const through = [group.index / reach, group.index, group.index * reach];
  const most = Math.max(...through.map(shock));
  const curve = sampleCurve(shock, through, sampleError * most);
  form.need.curve(form.price(indexKey(group.pair)), curve);
  return curve.error;
}
