import { type MatrixLeg, type VolShock, deltaOf, netDeltaOf, worthAt } from "./matrix-legs.ts";
import type { MatrixRules } from "./terms.ts";

// Portfolio margin of one coin as a function of its index alone: bases, vols and the clock stand still.
// Source: Deribit, portfolio margin; tables, roll minimum and both factors reproduce recorded answers of `private/pme/simulate`,
// the rest is secondary. README.md rules 8 to 13.

/** Everything of an account that follows one coin. */
export interface MatrixGroup {
  readonly coin: string;
  readonly rules: MatrixRules;
  readonly legs: readonly MatrixLeg[];
  /** The pair that the coin's own index is of, and that index. */
  readonly pair: string;
  readonly index: number;
  /** In what profits are counted: coins, or dollars (which a cross pool and a dollar coin are kept in). */
  readonly unit: "coin" | "dollars";
  /** Coins held that move in dollars with the index, besides what the inverse legs are worth; 0 in an account kept in coin. */
  readonly coins: number;
}

/** The scenario matrix and what is made of it, in the group's unit. */
export interface Matrix {
  /** Profits of the main table, by move from the deepest fall up, each with vols as they are, up and down. */
  readonly main: readonly number[];
  readonly extended: readonly number[];
  readonly worst: number;
  readonly roll: number;
  readonly deltaShock: number;
  /** Of the account, in coins: net of what inverse options are worth. */
  readonly delta: number;
  readonly margin: number;
  /** The scenario that decides; absent where nothing is lost in any. */
  readonly worstAt?: Scenario;
}
export interface Scenario {
  readonly move: number;
  readonly shock: VolShock;
}

/** The venue counts the worst case to 9 decimals, nearest: so its sums in recorded answers say. */
const WORST_DIGITS = 1e9;
const shocks = ["same", "up", "down"] as const;

/** A group with what each leg is worth before any move. */
type Valued = MatrixGroup & { readonly now: readonly number[] };

/** The matrix of a group with its index where it is. */
export function matrixOf(group: MatrixGroup): Matrix {
  const { rules, legs } = group;
  const valued: Valued = { ...group, now: legs.map((leg) => worthAt(leg, leg.index, "same")) };
  const mainAt = movesOf(rules).flatMap((move) => shocks.map((shock): Scenario => ({ move, shock })));
  const extendedAt = rules.extendedMoves.map((move): Scenario => ({ move, shock: "up" }));
  const main = mainAt.map((scenario) => profitIn(valued, scenario));
  const extended = extendedAt.map((scenario) => extendedProfit(valued, scenario));
  const all = [...main, ...extended];
  const least = Math.min(0, ...all);
  const worstAt = least < 0 ? [...mainAt, ...extendedAt][all.indexOf(least)] : undefined;
  const delta = deltaTotal(group);
  const worst = Math.round((0 - least) * WORST_DIGITS) / WORST_DIGITS;
  const [roll, shock] = [rollShock(group), deltaShock(group)];
  const margin = worst + roll + shock;
  return { main, extended, worst, roll, deltaShock: shock, delta, margin, ...(worstAt !== undefined && { worstAt }) };
}

/** The group with its coin's index elsewhere; for groups whose legs all follow that one index. */
export const groupAt = (group: MatrixGroup, index: number): MatrixGroup => ({
  ...group,
  index,
  legs: group.legs.map((leg) => ({ ...leg, index })),
});

/** `2 buckets + 1` equal steps from -range to +range. */
export const movesOf = ({ buckets, priceRange }: MatrixRules): readonly number[] =>
  Array.from({ length: 2 * buckets + 1 }, (_, k) => ((k - buckets) / buckets) * priceRange);

/** Profit of a scenario in the group's unit; coins are paid and held at the price they move to: `(coins + profit) I (1 + x) - coins I`. */
function profitIn({ legs, now, unit, coins, index }: Valued, { move, shock }: Scenario): number {
  let [held, inverse, linear] = [coins, 0, 0];
  for (const [i, leg] of legs.entries()) {
    const change = worthAt(leg, leg.index * (1 + move), shock) - now[i]!;
    if (leg.style === "linear") linear += leg.unit * change;
    else {
      inverse += change;
      held += now[i]!;
    }
  }
  return unit === "coin" ? inverse : linear + index * (held * move + inverse * (1 + move));
}

/**
 * An entry of the extended table: in dollars scaled to the edge of the main table, then moved towards 0 by the dampener; an account
 * kept in coin counts it in coins at that edge.
 */
function extendedProfit(group: Valued, scenario: Scenario): number {
  const { priceRange, extendedFactor, extendedDampener } = group.rules;
  const { move } = scenario;
  const profit = profitIn(group, scenario);
  const dollars = group.unit === "coin" ? profit * (1 + move) * group.index : profit;
  const scaled = dollars * extendedFactor * (priceRange / Math.abs(move));
  const damp = (Math.abs(move) / priceRange - 1) * extendedDampener;
  const left = scaled - Math.sign(scaled) * Math.min(Math.abs(scaled), damp);
  return group.unit === "coin" ? left / ((1 + Math.sign(move) * priceRange) * group.index) : left;
}

/** Each expiry is charged on its own delta, whatever the others are: a calendar spread pays on both legs. */
function rollShock({ legs, rules, unit }: MatrixGroup): number {
  const byExpiry = new Map<string, number>();
  for (const leg of legs) {
    const worth = unit === "coin" ? 1 : leg.index * (leg.style === "inverse" ? 1 : leg.unit);
    byExpiry.set(leg.underlying, (byExpiry.get(leg.underlying) ?? 0) + deltaOf(leg) * worth);
  }
  const rate = (underlying: string) => {
    const years = legs.find((leg) => leg.underlying === underlying)?.years ?? 0;
    return Math.max(Math.exp(rules.annualisedMoveRisk * years) - 1, rules.minAnnualisedMove);
  };
  return sum([...byExpiry].map(([underlying, delta]) => Math.abs(delta) * rate(underlying)));
}

/**
 * Beyond the threshold each further coin of delta costs a share of all of it, up to the venue's most.
 * @source parameters recorded; the form from one public copy and the size slope of futures. README.md rule 11.
 */
export function deltaShock(group: MatrixGroup): number {
  const { rules, index, unit } = group;
  const delta = Math.abs(deltaTotal(group));
  const beyond = Math.max(0, delta - rules.deltaShockThreshold / index);
  const coins = delta * Math.min(rules.deltaShockSlope * beyond, rules.deltaShockMost);
  return unit === "coin" ? coins : coins * index;
}

const deltaTotal = ({ legs }: MatrixGroup): number => sum(legs.map(netDeltaOf));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
