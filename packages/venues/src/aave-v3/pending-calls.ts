import { type DecodeFunctionDataReturnType, type Hex, decodeFunctionData, parseAbi, toFunctionSelector } from "viem";

/**
 * What governance can call to change a market's terms. What concerns nobody until an account chooses it (a new reserve) is named
 * too, so that it is not taken for unknown.
 * @source aave-v3-origin 3.6.0, IPoolConfigurator.sol, IAaveOracle.sol
 */
const configAbi = parseAbi([
  "struct InitReserveInput { address aTokenImpl; address variableDebtTokenImpl; address underlyingAsset; string aTokenName; string aTokenSymbol; string variableDebtTokenName; string variableDebtTokenSymbol; bytes params; bytes interestRateData; }",
  "function initReserves(InitReserveInput[] input)",
  "function dropReserve(address asset)",
  "function configureReserveAsCollateral(address asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus)",
  "function setReserveBorrowing(address asset, bool enabled)",
  "function setReserveFlashLoaning(address asset, bool enabled)",
  "function setReserveActive(address asset, bool active)",
  "function setReserveFreeze(address asset, bool freeze)",
  "function setReserveLtvzero(address asset, bool ltvzero)",
  "function setBorrowableInIsolation(address asset, bool borrowable)",
  "function setReservePause(address asset, bool paused, uint40 gracePeriod)",
  "function setReservePause(address asset, bool paused)",
  "function disableLiquidationGracePeriod(address asset)",
  "function setReserveFactor(address asset, uint256 newReserveFactor)",
  "function setReserveInterestRateData(address asset, bytes rateData)",
  "function setPoolPause(bool paused, uint40 gracePeriod)",
  "function setPoolPause(bool paused)",
  "function setBorrowCap(address asset, uint256 newBorrowCap)",
  "function setSupplyCap(address asset, uint256 newSupplyCap)",
  "function setLiquidationProtocolFee(address asset, uint256 newFee)",
  "function setAssetBorrowableInEMode(address asset, uint8 categoryId, bool borrowable)",
  "function setAssetCollateralInEMode(address asset, uint8 categoryId, bool collateral)",
  "function setAssetLtvzeroInEMode(address asset, uint8 categoryId, bool ltvzero)",
  "function setEModeCategory(uint8 categoryId, uint16 ltv, uint16 liquidationThreshold, uint16 liquidationBonus, string label)",
  "function updateFlashloanPremium(uint128 newFlashloanPremium)",
  "function setDebtCeiling(address asset, uint256 newDebtCeiling)",
  "function setSiloedBorrowing(address asset, bool siloed)",
  "function setAssetSources(address[] assets, address[] sources)",
]);

export type ConfigCall = DecodeFunctionDataReturnType<typeof configAbi>;

/** A call as it stands in a queue. */
export interface QueuedCall {
  readonly target: Hex;
  readonly data: Hex;
}

/** A token's transfer or approval: money of the queue's own, which changes no market. */
export const movesMoney = (data: Hex): boolean => tokenSelectors.has(data.slice(0, 10));
const tokenSelectors = new Set<string>(
  ["transfer(address,uint256)", "approve(address,uint256)"].map((signature) =>
    toFunctionSelector(`function ${signature}`),
  ),
);

/** Reads calldata; undefined where it is none of the calls known here. */
export function readConfigCall(data: Hex): ConfigCall | undefined {
  try {
    return decodeFunctionData({ abi: configAbi, data });
  } catch {
    return undefined;
  }
}
