/**
 * The user's configuration bitmap: two bits for each reserve, the low one "borrows it", the high one "uses it as collateral".
 * @source aave-v3-origin 3.6.0, UserConfiguration.sol
 */
const bits = (id: number): bigint => BigInt(id) * 2n;
const set = (config: bigint, bit: bigint, on: boolean): bigint => (on ? config | (1n << bit) : config & ~(1n << bit));

export const borrows = (config: bigint, id: number): boolean => ((config >> bits(id)) & 1n) === 1n;
export const usesAsCollateral = (config: bigint, id: number): boolean => ((config >> (bits(id) + 1n)) & 1n) === 1n;
export const withBorrowing = (config: bigint, id: number, on: boolean): bigint => set(config, bits(id), on);
export const withCollateral = (config: bigint, id: number, on: boolean): bigint => set(config, bits(id) + 1n, on);

/** Whether an account's figures depend on a reserve: a bit in the user's configuration. */
export const isFlagged = (position: { readonly isCollateral: boolean; readonly isBorrowed: boolean }): boolean =>
  position.isCollateral || position.isBorrowed;

/** 128 times the bits "01". */
const BORROWING_MASK = (2n ** 256n - 1n) / 3n;
export const borrowsAny = (config: bigint): boolean => (config & BORROWING_MASK) !== 0n;

/** Ids of all reserves used as collateral, ascending. */
export function collateralIds(config: bigint): readonly number[] {
  const ids: number[] = [];
  for (let id = 0; config >> bits(id) !== 0n; id++) if (usesAsCollateral(config, id)) ids.push(id);
  return ids;
}
/** Whether reserve `id` is in a bitmap of an e-mode category. */
export const inBitmap = (bitmap: bigint, id: number): boolean => ((bitmap >> BigInt(id)) & 1n) === 1n;
