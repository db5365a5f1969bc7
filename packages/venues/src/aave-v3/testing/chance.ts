/** Seeded chance for walks: the same seed gives the same walk. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** Whole number in [0, below). */
  below(count: number): number;
  pick<T>(from: readonly T[]): T;
  /** Spread evenly over the logarithm. */
  between(low: number, high: number): number;
  happens(probability: number): boolean;
}

/** The generator is mulberry32: 32 bits of state, good enough to choose test moves. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number) => Math.floor(next() * count);
  return {
    next,
    below,
    pick: <T>(from: readonly T[]) => {
      const chosen = from[below(from.length)];
      if (chosen === undefined) throw new Error("invariant broken: nothing to pick from");
      return chosen;
    },
    between: (low, high) => low * (high / low) ** next(),
    happens: (probability) => next() < probability,
  };
}
