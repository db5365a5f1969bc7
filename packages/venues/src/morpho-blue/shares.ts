import { mulDiv } from "@plimsoll/core/units";
import { VIRTUAL_ASSETS, VIRTUAL_SHARES } from "./constants.ts";

/** Assets and shares of one side of a market, supply or borrow. */
export interface Side {
  readonly assets: bigint;
  readonly shares: bigint;
}

/**
 * Between shares and the assets that they stand for; one virtual asset and a million virtual shares are always in the pool.
 * @source morpho-blue 1.0.0, SharesMathLib.sol
 */
export const toSharesDown = (assets: bigint, side: Side): bigint =>
  mulDiv(assets, side.shares + VIRTUAL_SHARES, side.assets + VIRTUAL_ASSETS, "down");
export const toSharesUp = (assets: bigint, side: Side): bigint =>
  mulDiv(assets, side.shares + VIRTUAL_SHARES, side.assets + VIRTUAL_ASSETS, "up");
export const toAssetsDown = (shares: bigint, side: Side): bigint =>
  mulDiv(shares, side.assets + VIRTUAL_ASSETS, side.shares + VIRTUAL_SHARES, "down");
export const toAssetsUp = (shares: bigint, side: Side): bigint =>
  mulDiv(shares, side.assets + VIRTUAL_ASSETS, side.shares + VIRTUAL_SHARES, "up");
