/**
 * A well mixed 32-bit integer from a seed and a path of names: the same question always has the same answer,
 * whatever was asked before it.
 * @source FNV-1a over the text, then the finalizer of MurmurHash3 (public domain).
 */
export function draw(seed: bigint, ...path: readonly (string | number)[]): number {
  let state = 0x811c9dc5;
  for (const character of `${seed}/${path.join("/")}`)
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** Whole number in [0, below). */
export const drawBelow = (below: number, seed: bigint, ...path: readonly (string | number)[]): number =>
  Math.floor((draw(seed, ...path) / 2 ** 32) * below);

/** True with a chance of `ppm` in a million. */
export const happens = (ppm: number, seed: bigint, ...path: readonly (string | number)[]): boolean =>
  drawBelow(1_000_000, seed, ...path) < ppm;
