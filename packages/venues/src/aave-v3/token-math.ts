import { RAY, mulDivCeil, mulDivFloor, rayDiv, rayMul } from "./wad-ray-math.ts";

type Convert = (amount: bigint, index: bigint) => bigint;

/** Between an amount of the asset and the scaled tokens that stand for it at an index. */
export interface TokenMath {
  readonly supplyOf: Convert;
  readonly debtOf: Convert;
  readonly scaledToMintSupply: Convert;
  /** Also what a transfer of aTokens takes. */
  readonly scaledToBurnSupply: Convert;
  readonly scaledToMintDebt: Convert;
  readonly scaledToBurnDebt: Convert;
}

const up: Convert = (amount, index) => mulDivCeil(amount, RAY, index);
const down: Convert = (amount, index) => mulDivFloor(amount, RAY, index);

/** Always in the pool's favour. @source aave-v3-origin 3.6.0, TokenMath.sol (this rounding since v3.5) */
export const inPoolsFavour: TokenMath = {
  supplyOf: (scaled, index) => mulDivFloor(scaled, index, RAY),
  debtOf: (scaled, index) => mulDivCeil(scaled, index, RAY),
  scaledToMintSupply: down,
  scaledToBurnSupply: up,
  scaledToMintDebt: up,
  scaledToBurnDebt: down,
};

/** To the nearest, whoever gains. @source core-v3 1.19.3, ScaledBalanceTokenBase.sol */
export const toNearest: TokenMath = {
  supplyOf: rayMul,
  debtOf: rayMul,
  scaledToMintSupply: rayDiv,
  scaledToBurnSupply: rayDiv,
  scaledToMintDebt: rayDiv,
  scaledToBurnDebt: rayDiv,
};
