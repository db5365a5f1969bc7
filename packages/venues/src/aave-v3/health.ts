import { BPS, MAX_UINT256, WAD, percentMul, wadDiv } from "./wad-ray-math.ts";

/** Sums over an account's collateral and debt, base units; `average` is the truncated average threshold, bps. */
export interface HealthSums {
  readonly collateral: bigint;
  readonly debt: bigint;
  /** Sum of collateral value times its share in bps. */
  readonly weighted: bigint;
  readonly average: bigint;
}

/**
 * Health factor of an account, to the last wei.
 * @returns health as a WAD; `"no-debt"` where the contract answers uint256's maximum.
 * @source aave-v3-origin 3.6.0, GenericLogic.calculateUserAccountData: the weighted sum is divided by debt with wadDiv
 *   (half up), then by 100_00 (down). Another order changes the last digits.
 */
export const healthFromSum = ({ weighted, debt }: HealthSums): bigint | "no-debt" =>
  debt === 0n ? "no-debt" : wadDiv(weighted, debt) / BPS;

/**
 * The same where the contract goes on from the average threshold that it has already cut to whole basis points.
 * @source core-v3 1.19.3, GenericLogic.calculateUserAccountData
 */
export const healthFromAverage = ({ collateral, average, debt }: HealthSums): bigint | "no-debt" =>
  debt === 0n ? "no-debt" : wadDiv(percentMul(collateral, average), debt);

/** What stands against the debt, base units times bps: not yet divided by anything. */
export const haveFromSum = ({ weighted }: HealthSums): bigint => weighted;
export const haveFromAverage = ({ collateral, average }: HealthSums): bigint => percentMul(collateral, average) * BPS;

/** Liquidation starts strictly below one. */
export const isLiquidatable = (health: bigint | "no-debt"): boolean => health !== "no-debt" && health < WAD;

/** Health as the contract's uint256. */
export const healthUint = (health: bigint | "no-debt"): bigint => (health === "no-debt" ? MAX_UINT256 : health);
