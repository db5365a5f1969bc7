import { divide, mulDiv } from "@plimsoll/core/units";

/** One with 18, 27 and 4 decimals. */
export const WAD = 10n ** 18n;
export const RAY = 10n ** 27n;
export const BPS = 10_000n;
/** `type(uint256).max`: health without debt, "everything" as an amount. */
export const MAX_UINT256 = 2n ** 256n - 1n;

/**
 * The pool's fixed-point arithmetic. Arguments are never negative, so "down" is the contract's plain division.
 * @source aave-v3-origin 3.6.0, WadRayMath.sol, PercentageMath.sol, MathUtils.mulDivCeil
 */
export const rayMul = (a: bigint, b: bigint): bigint => mulDiv(a, b, RAY, "half-up");
export const rayDiv = (a: bigint, b: bigint): bigint => mulDiv(a, RAY, b, "half-up");
export const wadDiv = (a: bigint, b: bigint): bigint => mulDiv(a, WAD, b, "half-up");
export const percentMul = (value: bigint, percentage: bigint): bigint => mulDiv(value, percentage, BPS, "half-up");
export const percentMulFloor = (value: bigint, percentage: bigint): bigint => mulDiv(value, percentage, BPS, "down");
export const percentMulCeil = (value: bigint, percentage: bigint): bigint => mulDiv(value, percentage, BPS, "up");
export const percentDiv = (value: bigint, percentage: bigint): bigint => mulDiv(value, BPS, percentage, "half-up");
export const percentDivFloor = (value: bigint, percentage: bigint): bigint => mulDiv(value, BPS, percentage, "down");
export const percentDivCeil = (value: bigint, percentage: bigint): bigint => mulDiv(value, BPS, percentage, "up");
export const mulDivFloor = (a: bigint, b: bigint, c: bigint): bigint => divide(a * b, c, "down");
export const mulDivCeil = (a: bigint, b: bigint, c: bigint): bigint => divide(a * b, c, "up");
