import { blackDelta, blackPrice } from "@plimsoll/core/math";
import { toNumber } from "@plimsoll/core/units";
import { type OptionOnIndex, type Priced, type PricedOption, onIndex } from "./priced.ts";
import type { MatrixRules } from "./terms.ts";

/** One position as the matrix reads it: plain doubles, shocked vols worked out once. */
export interface MatrixLeg {
  readonly name: string;
  readonly underlying: string;
  readonly style: "inverse" | "linear";
  readonly pair: string;
  /** What it is margined and settled in. */
  readonly currency: string;
  readonly years: number;
  /** Of its pair. */
  readonly index: number;
  /** Account units for one unit of what a linear contract is settled in. */
  readonly unit: number;
  /** Dollars of an inverse future, coins of a linear one, contracts of an option. */
  readonly size: number;
  /** The mark is `fixed + slope * index`. */
  readonly fixed: number;
  readonly slope: number;
  /** Share of its price that is still to be made: 1 until the window before delivery. */
  readonly open: number;
  /** Absent of a future; of an option without time left its payoff remains. */
  readonly option?: {
    readonly type: "call" | "put";
    readonly strike: number;
    readonly onIndex?: Readonly<Record<VolShock, OptionOnIndex>>;
  };
}
export type VolShock = "same" | "up" | "down";

/** @param unit account units for one of the position's margin currency; 1 where the account is kept in it. */
export function matrixLeg(priced: Priced, rules: MatrixRules, unit: number): MatrixLeg {
  const { instrument, position, years } = priced;
  const leg = {
    name: instrument.name,
    underlying: instrument.underlying,
    style: instrument.style,
    pair: instrument.pair,
    currency: instrument.currency,
    years,
    index: toNumber(priced.index),
    unit,
    size: toNumber(position.size),
    fixed: toNumber(priced.fixed),
    slope: toNumber(priced.slope),
    open: priced.readings === undefined ? 1 : toNumber(priced.slope),
  };
  if (priced.is === "future") return leg;
  const shocked = (shock: VolShock) => onIndex(priced, shockedVol(priced, rules, shock));
  const [same, up, down] = [shocked("same"), shocked("up"), shocked("down")];
  const alive = same !== undefined && up !== undefined && down !== undefined;
  const { type, strike } = priced;
  return { ...leg, option: { type, strike, ...(alive && { onIndex: { same, up, down } }) } };
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

/** What a leg is worth with its index at `index`, in its margin currency, its clock standing still; of a future up to a constant. */
export function worthAt(leg: MatrixLeg, index: number, shock: VolShock): number {
  const { style, size, option } = leg;
  const mark = leg.fixed + leg.slope * index;
  if (option === undefined) return style === "inverse" ? -size / mark : size * mark;
  const price = contractAt(leg, option, index, shock);
  return style === "inverse" ? (size * price) / mark : size * price;
}

function contractAt(
  { fixed, slope }: MatrixLeg,
  option: NonNullable<MatrixLeg["option"]>,
  index: number,
  shock: VolShock,
): number {
  if (option.onIndex !== undefined) return slope * blackPrice({ ...option.onIndex[shock], forward: index });
  const apart = fixed + slope * index - option.strike;
  return Math.max(0, option.type === "call" ? apart : -apart);
}

/** What a leg gains when its index moves: coins of an inverse one, the account's unit of a linear one. */
export function legProfit(leg: MatrixLeg, move: number, shock: VolShock): number {
  const change = worthAt(leg, leg.index * (1 + move), shock) - worthAt(leg, leg.index, "same");
  return leg.style === "inverse" ? change : leg.unit * change;
}

/** Coins of Black delta; of what settles only the part of its average that is still open. */
export function deltaOf({ style, size, fixed, slope, index, open, option }: MatrixLeg): number {
  if (option === undefined) return open * (style === "inverse" ? size / (fixed + slope * index) : size);
  return option.onIndex === undefined ? 0 : open * size * blackDelta({ ...option.onIndex.same, forward: index });
}

/** What counts in the account's delta total: an inverse option less its price in coin, which decays as its delta does. */
export const netDeltaOf = (leg: MatrixLeg): number =>
  leg.style === "inverse" && leg.option !== undefined
    ? deltaOf(leg) - leg.open * worthAt(leg, leg.index, "same")
    : deltaOf(leg);
