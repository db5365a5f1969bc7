/** One of the things compared: `run` does `units` of work and answers a number that depends on all of it. */
export interface Contender {
  readonly name: string;
  readonly units: number;
  readonly run: () => number | Promise<number>;
  /** Brings everything back to where a round begins; not timed. */
  readonly ready?: () => Promise<void>;
}

/** Microseconds since some moment. */
export type Clock = () => number;

/** What a contender took, in microseconds per unit, round by round. The answers keep the work from being optimised away. */
export interface Timed {
  readonly name: string;
  readonly micros: readonly number[];
  readonly answers: readonly number[];
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Times contenders by turns, A B A B ..., so that whatever else the machine does falls on all of them alike.
 * The rounds of `warmUp` are run and not counted.
 */
export async function interleave(
  contenders: readonly Contender[],
  { rounds, warmUp, clock }: { readonly rounds: number; readonly warmUp: number; readonly clock: Clock },
): Promise<readonly Timed[]> {
  const timed = contenders.map(({ name }) => ({ name, micros: [] as number[], answers: [] as number[] }));
  for (let round = -warmUp; round < rounds; round++) {
    for (const [i, { run, units, ready }] of contenders.entries()) {
      await ready?.();
      const from = clock();
      const answer = await run();
      const took = clock() - from;
      if (round < 0) continue;
      timed[i]!.micros.push(took / units);
      timed[i]!.answers.push(answer);
    }
  }
  return timed;
}

/** Median, least and greatest. @throws on an empty list. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error("invariant broken: no rounds were timed");
  return { median: (low + high) / 2, min: sorted[0]!, max: sorted.at(-1)! };
}

/** How many times as fast `one` is as `other`, by the rounds in which both ran one after the other. */
export const ratioOf = (one: Timed, other: Timed): Spread =>
  spreadOf(one.micros.map((micros, round) => other.micros[round]! / micros));
