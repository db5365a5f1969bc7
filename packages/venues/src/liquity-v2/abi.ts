import type { Aggregate } from "@plimsoll/venues/chain";
import { parseAbi } from "viem";

/** A branch's registry, trove manager, pools, price feed and helpers: no name answers differently in two of them. @source liquity/bold, contracts/src/Interfaces and Types */
export const branchAbi = parseAbi([
  "struct LatestTroveData { uint256 entireDebt; uint256 entireColl; uint256 redistBoldDebtGain; uint256 redistCollGain; uint256 accruedInterest; uint256 recordedDebt; uint256 annualInterestRate; uint256 weightedRecordedDebt; uint256 accruedBatchManagementFee; uint256 lastInterestRateAdjTime; }",
  "struct LatestBatchData { uint256 totalDebtShares; uint256 entireDebtWithoutRedistribution; uint256 entireCollWithoutRedistribution; uint256 accruedInterest; uint256 recordedDebt; uint256 annualInterestRate; uint256 weightedRecordedDebt; uint256 annualManagementFee; uint256 accruedManagementFee; uint256 weightedRecordedBatchManagementFee; uint256 lastDebtUpdateTime; uint256 lastInterestRateAdjTime; }",
  "struct DebtPerInterestRate { address interestBatchManager; uint256 interestRate; uint256 debt; }",
  "function troveManager() view returns (address)",
  "function collToken() view returns (address)",
  "function boldToken() view returns (address)",
  "function WETH() view returns (address)",
  "function stabilityPool() view returns (address)",
  "function priceFeed() view returns (address)",
  "function collSurplusPool() view returns (address)",
  "function multiTroveGetter() view returns (address)",
  "function collateralRegistry() view returns (address)",
  "function MCR() view returns (uint256)",
  "function CCR() view returns (uint256)",
  "function SCR() view returns (uint256)",
  "function BCR() view returns (uint256)",
  "function LIQUIDATION_PENALTY_SP() view returns (uint256)",
  "function LIQUIDATION_PENALTY_REDISTRIBUTION() view returns (uint256)",
  "function getTroveManager(uint256 index) view returns (address)",
  "function Troves(uint256 id) view returns (uint256 debt, uint256 coll, uint256 stake, uint8 status, uint64 arrayIndex, uint64 lastDebtUpdateTime, uint64 lastInterestRateAdjTime, uint256 annualInterestRate, address interestBatchManager, uint256 batchDebtShares)",
  "function rewardSnapshots(uint256 id) view returns (uint256 coll, uint256 boldDebt)",
  "function getLatestTroveData(uint256 id) view returns (LatestTroveData)",
  "function getLatestBatchData(address manager) view returns (LatestBatchData)",
  "function getCurrentICR(uint256 id, uint256 price) view returns (uint256)",
  "function getEntireBranchColl() view returns (uint256)",
  "function getEntireBranchDebt() view returns (uint256)",
  "function shutdownTime() view returns (uint256)",
  "function getTotalBoldDeposits() view returns (uint256)",
  "function getCollateral(address account) view returns (uint256)",
  "function fetchPrice() returns (uint256 price, bool newOracleFailureDetected)",
  "function getDebtPerInterestRateAscending(uint256 index, uint256 start, uint256 most) view returns (DebtPerInterestRate[] data, uint256 current)",
  "function balanceOf(address owner) view returns (uint256)",
]);

/** What an actor asks: where operations are sent, and whose the trove is. @source liquity/bold, AddressesRegistry, TroveNFT; ERC-20 */
export const deskAbi = parseAbi([
  "function borrowerOperations() view returns (address)",
  "function troveNFT() view returns (address)",
  "function ownerOf(uint256 id) view returns (address)",
  "function allowance(address owner, address spender) view returns (uint256)",
]);
/** What is sent, and the event and errors that say what it did. @source liquity/bold, BorrowerOperations, AddRemoveManagers, ITroveEvents */
export const actAbi = parseAbi([
  "function addColl(uint256 troveId, uint256 amount)",
  "function withdrawColl(uint256 troveId, uint256 amount)",
  "function repayBold(uint256 troveId, uint256 amount)",
  "function closeTrove(uint256 troveId)",
  "event TroveOperation(uint256 indexed troveId, uint8 operation, uint256 annualInterestRate, uint256 debtIncreaseFromRedist, uint256 debtIncreaseFromUpfrontFee, int256 debtChangeFromOperation, uint256 collIncreaseFromRedist, int256 collChangeFromOperation)",
  "error NotOwnerNorAddManager()",
  "error NotOwnerNorRemoveManager()",
  "error IsShutDown()",
  "error TroveNotActive()",
  "error TroveNotOpen()",
  "error ZeroAdjustment()",
  "error CollWithdrawalTooHigh()",
  "error NotEnoughBoldBalance()",
  "error ICRBelowMCR()",
  "error ICRBelowMCRPlusBCR()",
  "error TCRBelowCCR()",
  "error RepaymentNotMatchingCollWithdrawal()",
  "error NewOracleFailureDetected()",
  "error OnlyOneTroveLeft()",
  "error Error(string reason)",
  "error Panic(uint256 code)",
]);

/** Calls on one branch, gathered for one block. */
export type Calls = Aggregate<typeof branchAbi>;
