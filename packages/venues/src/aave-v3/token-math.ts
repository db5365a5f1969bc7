import { RAY, mulDivCeil, mulDivFloor } from "./wad-ray-math.ts";

/**
 * Between an amount of the asset and the scaled tokens that stand for it at an index: always rounded in the pool's favour.
 * @source aave-v3-origin 3.6.0, TokenMath.sol (this rounding since v3.5)
 */
export const supplyOf = (scaled: bigint, index: bigint): bigint => mulDivFloor(scaled, index, RAY);
export const debtOf = (scaled: bigint, index: bigint): bigint => mulDivCeil(scaled, index, RAY);
export const scaledToMintSupply = (amount: bigint, index: bigint): bigint => mulDivFloor(amount, RAY, index);
/** Also what a transfer of aTokens takes. */
export const scaledToBurnSupply = (amount: bigint, index: bigint): bigint => mulDivCeil(amount, RAY, index);
export const scaledToBurnDebt = (amount: bigint, index: bigint): bigint => mulDivFloor(amount, RAY, index);
