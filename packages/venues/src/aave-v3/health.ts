import { BPS, MAX_UINT256, WAD, wadDiv } from "./wad-ray-math.ts";

/**
 * Health factor of an account, to the last wei.
 * @param weighted sum of collateral value times liquidation threshold (base units times bps).
 * @param debt value in base units.
 * @returns health as a WAD; `"no-debt"` where the contract answers uint256's maximum.
 * @source aave-v3-origin 3.6.0, GenericLogic.calculateUserAccountData: the weighted sum is divided by debt with wadDiv
 *   (half up), then by 100_00 (down). Another order changes the last digits.
 */
export function healthFactor(weighted: bigint, debt: bigint): bigint | "no-debt" {
  return debt === 0n ? "no-debt" : wadDiv(weighted, debt) / BPS;
}

/** Liquidation starts strictly below one. */
export const isLiquidatable = (health: bigint | "no-debt"): boolean => health !== "no-debt" && health < WAD;

/** Health as the contract's uint256. */
export const healthUint = (health: bigint | "no-debt"): bigint => (health === "no-debt" ? MAX_UINT256 : health);
