import type { Aggregate } from "@plimsoll/venues/chain";
import { parseAbi } from "viem";

/** What is read, and the accrual that is tried inside a call that changes nothing. @source compound-finance/comet, CometMainInterface, CometExtInterface; ERC-20 */
export const readAbi = parseAbi([
  "struct AssetInfo { uint8 offset; address asset; address priceFeed; uint64 scale; uint64 borrowCollateralFactor; uint64 liquidateCollateralFactor; uint64 liquidationFactor; uint128 supplyCap; }",
  "struct TotalsBasic { uint64 baseSupplyIndex; uint64 baseBorrowIndex; uint64 trackingSupplyIndex; uint64 trackingBorrowIndex; uint104 totalSupplyBase; uint104 totalBorrowBase; uint40 lastAccrualTime; uint8 pauseFlags; }",
  "function baseToken() view returns (address)",
  "function baseTokenPriceFeed() view returns (address)",
  "function numAssets() view returns (uint8)",
  "function getAssetInfo(uint8 i) view returns (AssetInfo)",
  "function totalsBasic() view returns (TotalsBasic)",
  "function totalsCollateral(address asset) view returns (uint128 totalSupplyAsset, uint128 reserved)",
  "function userBasic(address user) view returns (int104 principal, uint64 baseTrackingIndex, uint64 baseTrackingAccrued, uint16 assetsIn, uint8 reserved)",
  "function userCollateral(address user, address asset) view returns (uint128 balance, uint128 reserved)",
  "function getPrice(address priceFeed) view returns (uint256)",
  "function supplyKink() view returns (uint256)",
  "function supplyPerSecondInterestRateBase() view returns (uint256)",
  "function supplyPerSecondInterestRateSlopeLow() view returns (uint256)",
  "function supplyPerSecondInterestRateSlopeHigh() view returns (uint256)",
  "function borrowKink() view returns (uint256)",
  "function borrowPerSecondInterestRateBase() view returns (uint256)",
  "function borrowPerSecondInterestRateSlopeLow() view returns (uint256)",
  "function borrowPerSecondInterestRateSlopeHigh() view returns (uint256)",
  "function storeFrontPriceFactor() view returns (uint256)",
  "function targetReserves() view returns (uint256)",
  "function baseBorrowMin() view returns (uint256)",
  "function isSupplyPaused() view returns (bool)",
  "function isTransferPaused() view returns (bool)",
  "function isWithdrawPaused() view returns (bool)",
  "function isAbsorbPaused() view returns (bool)",
  "function isBuyPaused() view returns (bool)",
  "function isAllowed(address owner, address manager) view returns (bool)",
  "function isLiquidatable(address user) view returns (bool)",
  "function borrowBalanceOf(address user) view returns (uint256)",
  "function getReserves() view returns (int256)",
  "function accrueAccount(address user)",
  "function balanceOf(address owner) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
]);

/** Calls on a market and its tokens, gathered for one block. */
export type Batch = Aggregate<typeof readAbi>;

/** What is sent, and the events and errors that say what it did. @source compound-finance/comet, CometMainInterface, CometCore; Supply and Withdraw are of the base asset */
export const actAbi = parseAbi([
  "function supplyTo(address dst, address asset, uint256 amount)",
  "function withdrawTo(address to, address asset, uint256 amount)",
  "event Supply(address indexed from, address indexed dst, uint256 amount)",
  "event Withdraw(address indexed src, address indexed to, uint256 amount)",
  "event SupplyCollateral(address indexed from, address indexed dst, address indexed asset, uint256 amount)",
  "event WithdrawCollateral(address indexed src, address indexed to, address indexed asset, uint256 amount)",
  "error Paused()",
  "error BadAsset()",
  "error BadPrice()",
  "error SupplyCapExceeded()",
  "error BorrowTooSmall()",
  "error NotCollateralized()",
  "error InsufficientReserves()",
  "error TransferInFailed()",
  "error TransferOutFailed()",
  "error Error(string reason)",
  "error Panic(uint256 code)",
]);
