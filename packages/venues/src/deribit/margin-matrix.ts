import { blackDelta, blackPrice } from "@plimsoll/core/math";
import { toNumber } from "@plimsoll/core/units";
import type { Priced, PricedOption } from "./priced.ts";
import type { MatrixRules } from "./terms.ts";

// Portfolio margin of one inverse pair, in coin, as a function of its index alone: bases, vols and the clock stand still.
// Source: Deribit, portfolio margin; the main table, the future's profit and both factors reproduce recorded answers of
// `private/pme/simulate`, the rest is secondary. README.md rules 8 to 13.

/** One position as the matrix reads it: plain doubles, shocked vols worked out once. */
export interface MatrixLeg {
  readonly underlying: string;
  readonly years: number;
  /** Dollars of a future at its mark over the index, contracts of an option. */
  readonly size: number;
  readonly option?: {
    readonly type: "call" | "put";
    /** In terms of the index: strike over basis. */
    readonly strike: number;
    readonly years: number;
    readonly vols: Readonly<Record<VolShock, number>>;
  };
}
type VolShock = "same" | "up" | "down";

/** The scenario matrix and what is made of it. */
export interface Matrix {
  /** Profits of the main table, by move from the deepest fall up, each with vols as they are, up and down. */
  readonly main: readonly number[];
  readonly extended: readonly number[];
  readonly worst: number;
  readonly roll: number;
  /** Total delta in coin; above the threshold the venue adds a shock whose form is not confirmed. */
  readonly delta: number;
  readonly beyondThreshold: boolean;
  readonly margin: number;
}

/** The legs of a pair's positions. An option on basis times index is worth as many coins as one on the index, strike over basis. */
export const matrixLegs = (positions: readonly Priced[], rules: MatrixRules): readonly MatrixLeg[] =>
  positions.map((each) => {
    const { instrument, position, years } = each;
    const [size, basis] = [toNumber(position.size), toNumber(each.basis)];
    const frame = { underlying: instrument.underlying, years };
    if (each.is === "future") return { ...frame, size: size / basis };
    const vol = (shock: VolShock) => shockedVol(each, rules, shock);
    const vols = { same: each.vol, up: vol("up"), down: vol("down") };
    return { ...frame, size, option: { type: each.type, strike: each.strike / basis, years, vols } };
  });

/** The matrix of a pair's legs with the index at `index`. */
export function matrixAt(legs: readonly MatrixLeg[], rules: MatrixRules, index: number): Matrix {
  const now = sum(legs.map((leg) => coinsWorth(leg, index, "same")));
  const profit = (move: number, shock: VolShock) =>
    sum(legs.map((leg) => coinsWorth(leg, index * (1 + move), shock))) - now;
  const main = movesOf(rules).flatMap((move) => [profit(move, "same"), profit(move, "up"), profit(move, "down")]);
  const extended = rules.extendedMoves.map((move) => dampened(profit(move, "up"), move, rules, index));
  const worst = Math.max(0, ...[...main, ...extended].map((each) => -each));
  const deltas = legs.map((leg) => deltaOf(leg, index));
  const delta = sum(deltas);
  const roll = rollShock(legs, deltas, rules);
  const beyondThreshold = Math.abs(delta) * index >= rules.deltaShockThreshold;
  return { main, extended, worst, roll, delta, beyondThreshold, margin: worst + roll };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** `2 buckets + 1` equal steps from -range to +range. */
export const movesOf = ({ buckets, priceRange }: MatrixRules): readonly number[] =>
  Array.from({ length: 2 * buckets + 1 }, (_, k) => ((k - buckets) / buckets) * priceRange);

/** Coins that a leg is worth with the index at `index`, its clock standing still; of a future up to a constant. */
function coinsWorth({ size, option }: MatrixLeg, index: number, shock: VolShock): number {
  if (option === undefined) return -size / index;
  return (size * blackPrice({ ...option, forward: index, vol: option.vols[shock] })) / index;
}

/** Vols move more the shorter the life: by (30 / days) to a power; a rise ends at least at the venue's floor. */
export function shockedVol(
  { vol, years }: Pick<PricedOption, "vol" | "years">,
  rules: MatrixRules,
  shock: VolShock,
): number {
  if (shock === "same") return vol;
  const days = Math.max(years * 365, rules.daysLeast);
  const weight = (30 / days) ** (days < 30 ? rules.shortPower : rules.longPower);
  if (shock === "up") return Math.max(vol * (1 + rules.volUp * weight), rules.volUpLeast);
  return Math.max(vol * (1 - rules.volDown * weight), 0);
}

/** An entry of the extended table: scaled to the edge of the main one, then moved toward 0 by the dampener. */
function dampened(profit: number, move: number, rules: MatrixRules, index: number): number {
  const { priceRange, extendedFactor, extendedDampener } = rules;
  const edge = 1 + Math.sign(move) * priceRange;
  const scaled = (profit * extendedFactor * (priceRange / Math.abs(move)) * (1 + move)) / edge;
  const damp = ((Math.abs(move) / priceRange - 1) * extendedDampener) / (edge * index);
  return scaled - Math.sign(scaled) * Math.min(Math.abs(scaled), damp);
}

const deltaOf = ({ size, option }: MatrixLeg, index: number): number =>
  option === undefined ? size / index : size * blackDelta({ ...option, forward: index, vol: option.vols.same });

/** Each expiry is charged on its own delta, whatever the others are: a calendar spread pays on both legs. */
function rollShock(legs: readonly MatrixLeg[], deltas: readonly number[], rules: MatrixRules): number {
  const byExpiry = new Map<string, { delta: number; years: number }>();
  for (const [i, { underlying, years }] of legs.entries()) {
    const before = byExpiry.get(underlying)?.delta ?? 0;
    byExpiry.set(underlying, { delta: before + deltas[i]!, years });
  }
  return sum(
    [...byExpiry.values()].map(
      ({ delta, years }) =>
        Math.abs(delta) * Math.max(Math.exp(rules.annualisedMoveRisk * years) - 1, rules.minAnnualisedMove),
    ),
  );
}
