import type { Aggregate } from "@plimsoll/venues/chain";
import { parseAbi } from "viem";

/** The functions of the pools and their neighbours that are read. @source aave-v3-origin 3.6.0, interfaces folder, and its docs/3.7; core-v3 1.19.3 */
export const readAbi = parseAbi([
  "struct ReserveData { uint256 configuration; uint128 liquidityIndex; uint128 currentLiquidityRate; uint128 variableBorrowIndex; uint128 currentVariableBorrowRate; uint128 currentStableBorrowRate; uint40 lastUpdateTimestamp; uint16 id; address aTokenAddress; address stableDebtTokenAddress; address variableDebtTokenAddress; address interestRateStrategyAddress; uint128 accruedToTreasury; uint128 unbacked; uint128 isolationModeTotalDebt; }",
  "struct CollateralConfig { uint16 ltv; uint16 liquidationThreshold; uint16 liquidationBonus; }",
  "struct RateData { uint16 optimalUsageRatio; uint32 baseVariableBorrowRate; uint32 variableRateSlope1; uint32 variableRateSlope2; }",
  "struct EModeCategory { uint16 ltv; uint16 liquidationThreshold; uint16 liquidationBonus; address priceSource; string label; }",
  "function getPool() view returns (address)",
  "function getPriceOracle() view returns (address)",
  "function getPriceOracleSentinel() view returns (address)",
  "function POOL_REVISION() view returns (uint256)",
  "function FLASHLOAN_PREMIUM_TOTAL() view returns (uint128)",
  "function RESERVE_INTEREST_RATE_STRATEGY() view returns (address)",
  "function getReservesList() view returns (address[])",
  "function getReserveData(address asset) view returns (ReserveData)",
  "function getVirtualUnderlyingBalance(address asset) view returns (uint128)",
  "function getReserveDeficit(address asset) view returns (uint256)",
  "function getLiquidationGracePeriod(address asset) view returns (uint40)",
  "function getUserConfiguration(address user) view returns (uint256)",
  "function getUserEMode(address user) view returns (uint256)",
  "function getUserAccountData(address user) view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)",
  "function getEModeCategoryCollateralConfig(uint8 id) view returns (CollateralConfig)",
  "function getEModeCategoryLabel(uint8 id) view returns (string)",
  "function getEModeCategoryCollateralBitmap(uint8 id) view returns (uint128)",
  "function getEModeCategoryBorrowableBitmap(uint8 id) view returns (uint128)",
  "function getEModeCategoryLtvzeroBitmap(uint8 id) view returns (uint128)",
  "function getIsEModeCategoryIsolated(uint8 id) view returns (bool)",
  "function getEModeCategoryData(uint8 id) view returns (EModeCategory)",
  "function OPTIMAL_USAGE_RATIO() view returns (uint256)",
  "function getBaseVariableBorrowRate() view returns (uint256)",
  "function getVariableRateSlope1() view returns (uint256)",
  "function getVariableRateSlope2() view returns (uint256)",
  "function totalSupply() view returns (uint256)",
  "function getInterestRateDataBps(address reserve) view returns (RateData)",
  "function getAssetPrice(address asset) view returns (uint256)",
  "function BASE_CURRENCY() view returns (address)",
  "function BASE_CURRENCY_UNIT() view returns (uint256)",
  "function isBorrowAllowed() view returns (bool)",
  "function isLiquidationAllowed() view returns (bool)",
  "function scaledBalanceOf(address user) view returns (uint256)",
  "function scaledTotalSupply() view returns (uint256)",
  "function symbol() view returns (string)",
  "function balanceOf(address owner) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
]);

/** What one snapshot asks. */
export type Batch = Aggregate<typeof readAbi>;

/** What is sent, and the events that say what it did. */
export const actAbi = parseAbi([
  "function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)",
  "function repay(address asset, uint256 amount, uint256 interestRateMode, address onBehalfOf) returns (uint256)",
  "event Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)",
  "event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount, bool useATokens)",
  "error ReserveInactive()",
  "error ReservePaused()",
  "error ReserveFrozen()",
  "error SupplyCapExceeded()",
  "error InvalidAmount()",
  "error InvalidBurnAmount()",
  "error NoDebtOfSelectedType()",
  "error Error(string reason)",
  "error Panic(uint256 code)",
]);
