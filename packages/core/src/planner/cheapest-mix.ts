/**
 * What one remedy gains and costs over its amount: straight lines between knots, of which the first is amount 0. Gains grow ever
 * slower and costs ever faster; where they do not, the answer is still a lower bound of what reaching the need costs.
 */
export interface RemedyCurve {
  readonly knots: readonly number[];
  readonly gain: readonly number[];
  readonly cost: readonly number[];
  /** The purse that its amount is taken from; absent where it takes nothing. */
  readonly purse?: string;
}

export interface Mix {
  /** One amount for each curve. */
  readonly amounts: readonly number[];
  readonly cost: number;
}

interface Segment {
  readonly of: number;
  readonly length: number;
  readonly gain: number;
  readonly cost: number;
}

/**
 * The cheapest amounts whose gains add up to `need` within the purses: gains and costs are separable and piecewise linear, so the
 * segments with the least cost for their gain are the optimum; a purse that would be overdrawn gets a price, the lowest that holds.
 * @returns undefined where all together do not reach it.
 * @source the fractional knapsack of Dantzig 1957; the price of a shared purse: Lagrange relaxation, exact for a linear programme.
 */
export function cheapestMix(
  curves: readonly RemedyCurve[],
  need: number,
  purses: ReadonlyMap<string, number>,
): Mix | undefined {
  const prices = new Map<string, number>();
  let mix = fill(curves, need, prices);
  for (const [purse, holds] of purses) {
    if (mix === undefined) return undefined;
    if (drawn(curves, mix, purse) <= holds * (1 + 1e-12)) continue;
    mix = priced(curves, need, prices, purse, holds);
  }
  return mix;
}

/** The mix at the lowest price of a purse at which it is not overdrawn: between the two mixes around that price. */
function priced(
  curves: readonly RemedyCurve[],
  need: number,
  prices: Map<string, number>,
  purse: string,
  holds: number,
): Mix | undefined {
  const at = (price: number) => fill(curves, need, prices.set(purse, price))!;
  const segments = segmentsOf(curves);
  const perUnit = (what: "gain" | "cost") => segments.map((segment) => segment[what] / segment.length);
  const steepest = Math.max(...perUnit("gain")) / Math.min(...perUnit("gain"));
  // at this price what a unit of the purse gains is all that counts
  let high = 1e9 * (1 + Math.max(...perUnit("cost"))) * steepest;
  let low = high * 1e-18;
  let [over, under] = [at(0), at(high)];
  if (drawn(curves, under, purse) > holds * (1 + 1e-12)) return undefined;
  while (high > low * (1 + 1e-12)) {
    const middle = Math.sqrt(low * high);
    const mix = at(middle);
    if (drawn(curves, mix, purse) > holds) [low, over] = [middle, mix];
    else [high, under] = [middle, mix];
  }
  prices.set(purse, high);
  const [more, less] = [drawn(curves, over, purse), drawn(curves, under, purse)];
  const share = more > less ? (more - holds) / (more - less) : 1;
  const between = (a: number, b: number) => a + share * (b - a);
  const amounts = over.amounts.map((amount, index) => between(amount, under.amounts[index]!));
  return { amounts, cost: between(over.cost, under.cost) };
}

/** Takes segments in the order of what a unit of gain costs, the purse's price included; ties go to the curve named first. */
function fill(curves: readonly RemedyCurve[], need: number, prices: ReadonlyMap<string, number>): Mix | undefined {
  const priceOf = ({ of, length }: Segment) => length * (prices.get(curves[of]!.purse ?? "") ?? 0);
  const ranked = segmentsOf(curves)
    .map((segment) => ({ segment, rate: (segment.cost + priceOf(segment)) / segment.gain }))
    .toSorted((a, b) => a.rate - b.rate || a.segment.of - b.segment.of);
  const amounts = curves.map(() => 0);
  let [missing, cost] = [need, 0];
  for (const { segment } of ranked) {
    if (missing <= 0) break;
    const share = Math.min(1, missing / segment.gain);
    amounts[segment.of]! += share * segment.length;
    cost += share * segment.cost;
    missing -= share * segment.gain;
  }
  return missing > need * 1e-12 ? undefined : { amounts, cost };
}

const segmentsOf = (curves: readonly RemedyCurve[]): readonly Segment[] =>
  curves.flatMap(({ knots, gain, cost }, of) =>
    knots
      .slice(1)
      .map((knot, index) => ({
        of,
        length: knot - knots[index]!,
        gain: gain[index + 1]! - gain[index]!,
        cost: Math.max(0, cost[index + 1]! - cost[index]!),
      }))
      .filter((segment) => segment.length > 0 && segment.gain > 0),
  );

const drawn = (curves: readonly RemedyCurve[], { amounts }: Mix, purse: string): number =>
  amounts.reduce((sum, amount, index) => (curves[index]!.purse === purse ? sum + amount : sum), 0);
