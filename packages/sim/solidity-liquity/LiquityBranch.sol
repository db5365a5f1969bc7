// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// Our own branch for test chains, not Liquity's contracts and no proof of them: the published integer formulas with the arithmetic of an
/// EVM, behind the names by which a reader of its registry, trove manager, pools, price feed and helpers asks. Anybody can set anything.
contract LiquityBranch {
    struct Trove {
        uint256 debt;
        uint256 coll;
        uint256 stake;
        uint8 status;
        uint64 arrayIndex;
        uint64 lastDebtUpdateTime;
        uint64 lastInterestRateAdjTime;
        uint256 annualInterestRate;
        address interestBatchManager;
        uint256 batchDebtShares;
    }
    struct Snapshot {
        uint256 coll;
        uint256 boldDebt;
    }
    struct Batch {
        uint256 debt;
        uint256 since;
        uint256 rate;
        uint256 fee;
        uint256 shares;
    }
    struct LatestTroveData {
        uint256 entireDebt;
        uint256 entireColl;
        uint256 redistBoldDebtGain;
        uint256 redistCollGain;
        uint256 accruedInterest;
        uint256 recordedDebt;
        uint256 annualInterestRate;
        uint256 weightedRecordedDebt;
        uint256 accruedBatchManagementFee;
        uint256 lastInterestRateAdjTime;
    }
    struct LatestBatchData {
        uint256 totalDebtShares;
        uint256 entireDebtWithoutRedistribution;
        uint256 entireCollWithoutRedistribution;
        uint256 accruedInterest;
        uint256 recordedDebt;
        uint256 annualInterestRate;
        uint256 weightedRecordedDebt;
        uint256 annualManagementFee;
        uint256 accruedManagementFee;
        uint256 weightedRecordedBatchManagementFee;
        uint256 lastDebtUpdateTime;
        uint256 lastInterestRateAdjTime;
    }
    struct DebtPerInterestRate {
        address interestBatchManager;
        uint256 interestRate;
        uint256 debt;
    }

    uint256 public constant MCR = 11e17;
    uint256 public constant CCR = 15e17;
    uint256 public constant SCR = 11e17;
    uint256 public constant BCR = 1e17;
    uint256 public constant LIQUIDATION_PENALTY_SP = 5e16;
    uint256 public constant LIQUIDATION_PENALTY_REDISTRIBUTION = 1e17;
    uint256 public constant getEntireBranchColl = 900e18;
    uint256 public constant getEntireBranchDebt = 800_000e18;
    uint256 public constant getTotalBoldDeposits = 70_000e18;

    address public immutable collToken;
    address public immutable boldToken;
    address public immutable WETH;
    uint256 public shutdownTime;
    mapping(uint256 => Trove) public Troves;
    mapping(uint256 => Snapshot) public rewardSnapshots;
    mapping(address => uint256) public getCollateral;
    mapping(address => Batch) private batches;
    Snapshot private sums;
    uint256 private price;
    bool private failed;
    uint256[] private queue;

    constructor(address coll, address bold) {
        (collToken, boldToken, WETH) = (coll, bold, coll);
    }

    function setTrove(uint256 id, Trove calldata trove, Snapshot calldata taken) external {
        Troves[id] = trove;
        Troves[id].lastDebtUpdateTime = uint64(block.timestamp);
        rewardSnapshots[id] = taken;
    }

    function setBatch(address manager, Batch calldata batch) external {
        batches[manager] = batch;
        batches[manager].since = block.timestamp;
    }

    function setQueue(uint256[] calldata ids) external {
        queue = ids;
    }

    function setBranch(Snapshot calldata sums_, uint256 price_, bool failed_, uint256 shutdown) external {
        (sums, price, failed, shutdownTime) = (sums_, price_, failed_, shutdown);
    }

    function setSurplus(address owner, uint256 amount) external {
        getCollateral[owner] = amount;
    }

    function troveManager() external view returns (address) {
        return address(this);
    }

    function stabilityPool() external view returns (address) {
        return address(this);
    }

    function priceFeed() external view returns (address) {
        return address(this);
    }

    function collSurplusPool() external view returns (address) {
        return address(this);
    }

    function multiTroveGetter() external view returns (address) {
        return address(this);
    }

    function collateralRegistry() external view returns (address) {
        return address(this);
    }

    function getTroveManager(uint256 index) external view returns (address) {
        require(index < 4, "Invalid index");
        return index == 2 ? address(this) : address(0);
    }

    /// A failed oracle shuts the branch down in the same call.
    function fetchPrice() external returns (uint256, bool) {
        require(price > 0, "no answer");
        if (failed) shutdownTime = block.timestamp;
        return (price, failed);
    }

    function period(uint256 since) private view returns (uint256) {
        uint256 end = shutdownTime == 0 ? block.timestamp : shutdownTime;
        return end > since ? end - since : 0;
    }

    function getLatestBatchData(address manager) public view returns (LatestBatchData memory latest) {
        Batch memory batch = batches[manager];
        latest.totalDebtShares = batch.shares;
        latest.recordedDebt = batch.debt;
        (latest.annualInterestRate, latest.annualManagementFee) = (batch.rate, batch.fee);
        latest.accruedInterest = (batch.debt * batch.rate * period(batch.since)) / 365 days / 1e18;
        latest.accruedManagementFee = (batch.debt * batch.fee * period(batch.since)) / 365 days / 1e18;
        latest.lastDebtUpdateTime = batch.since;
    }

    function getLatestTroveData(uint256 id) public view returns (LatestTroveData memory latest) {
        Trove memory trove = Troves[id];
        latest.redistBoldDebtGain = (trove.stake * (sums.boldDebt - rewardSnapshots[id].boldDebt)) / 1e18;
        latest.redistCollGain = (trove.stake * (sums.coll - rewardSnapshots[id].coll)) / 1e18;
        if (trove.interestBatchManager == address(0)) {
            (latest.recordedDebt, latest.annualInterestRate) = (trove.debt, trove.annualInterestRate);
            latest.accruedInterest =
                (trove.debt * trove.annualInterestRate * period(trove.lastDebtUpdateTime)) / 365 days / 1e18;
        } else {
            LatestBatchData memory batch = getLatestBatchData(trove.interestBatchManager);
            uint256 shares = trove.batchDebtShares;
            latest.recordedDebt = (batch.recordedDebt * shares) / batch.totalDebtShares;
            latest.accruedInterest = (batch.accruedInterest * shares) / batch.totalDebtShares;
            latest.accruedBatchManagementFee = (batch.accruedManagementFee * shares) / batch.totalDebtShares;
            latest.annualInterestRate = batch.annualInterestRate;
        }
        latest.entireDebt = latest.recordedDebt + latest.redistBoldDebtGain + latest.accruedInterest
            + latest.accruedBatchManagementFee;
        latest.entireColl = trove.coll + latest.redistCollGain;
    }

    function getCurrentICR(uint256 id, uint256 at) external view returns (uint256) {
        LatestTroveData memory latest = getLatestTroveData(id);
        return latest.entireDebt == 0 ? type(uint256).max : (latest.entireColl * at) / latest.entireDebt;
    }

    function getDebtPerInterestRateAscending(uint256 index, uint256, uint256 most)
        external
        view
        returns (DebtPerInterestRate[] memory data, uint256 current)
    {
        require(index == 2, "Invalid collateral index");
        data = new DebtPerInterestRate[](most);
        for (uint256 i = 0; i < most; i++) {
            if (i >= queue.length) return (data, 0);
            if (queue[i] == type(uint256).max) return (data, 77); // cut short
            LatestTroveData memory latest = getLatestTroveData(queue[i]);
            data[i] = DebtPerInterestRate(address(0), latest.annualInterestRate, latest.entireDebt);
        }
        current = most < queue.length ? queue[most] : 0;
    }
}
