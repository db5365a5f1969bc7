// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// The stablecoin: anybody may make and burn it.
contract LiquityStable {
    string public constant symbol = "BOLD";
    uint8 public constant decimals = 18;
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    function burn(address from, uint256 value) external {
        balanceOf[from] -= value;
    }
}

interface IToken {
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

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
    event TroveOperation(
        uint256 indexed troveId,
        uint8 operation,
        uint256 annualInterestRate,
        uint256 debtIncreaseFromRedist,
        uint256 debtIncreaseFromUpfrontFee,
        int256 debtChangeFromOperation,
        uint256 collIncreaseFromRedist,
        int256 collChangeFromOperation
    );

    error NotOwnerNorAddManager();
    error NotOwnerNorRemoveManager();
    error IsShutDown();
    error TroveNotActive();
    error ICRBelowMCR();
    error ICRBelowMCRPlusBCR();
    error TCRBelowCCR();

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
    uint256 public getEntireBranchColl = 900e18;
    uint256 public getEntireBranchDebt = 800_000e18;
    uint256 public constant getTotalBoldDeposits = 70_000e18;

    address public immutable collToken;
    address public immutable boldToken;
    address public immutable WETH;
    uint256 public shutdownTime;
    mapping(uint256 => Trove) public Troves;
    mapping(uint256 => Snapshot) public rewardSnapshots;
    mapping(uint256 => address) public ownerOf;
    mapping(uint256 => address) public addManagerOf;
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

    function setOwner(uint256 id, address owner, address addManager) external {
        (ownerOf[id], addManagerOf[id]) = (owner, addManager);
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

    function borrowerOperations() external view returns (address) {
        return address(this);
    }

    function troveNFT() external view returns (address) {
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

    // What owners do.

    function addColl(uint256 id, uint256 amount) external {
        mayAdd(id);
        adjust(id, int256(amount), 0);
        IToken(collToken).transferFrom(msg.sender, address(this), amount);
    }

    function withdrawColl(uint256 id, uint256 amount) external {
        mayRemove(id);
        adjust(id, -int256(amount), 0);
        IToken(collToken).transfer(ownerOf[id], amount);
    }

    /// More than leaves the least debt is cut to that.
    function repayBold(uint256 id, uint256 amount) external {
        mayAdd(id);
        uint256 debt = getLatestTroveData(id).entireDebt;
        uint256 most = debt > 2000e18 ? debt - 2000e18 : 0;
        if (amount > most) amount = most;
        adjust(id, 0, -int256(amount));
        LiquityStable(boldToken).burn(msg.sender, amount);
    }

    function closeTrove(uint256 id) external {
        mayRemove(id);
        LatestTroveData memory latest = getLatestTroveData(id);
        Trove storage trove = Troves[id];
        (int256 coll, int256 debt) = (-int256(latest.entireColl), -int256(latest.entireDebt));
        count(coll, debt);
        if (shutdownTime == 0 && branchRatio() < CCR) revert TCRBelowCCR();
        if (trove.interestBatchManager != address(0)) touchBatch(id, latest, debt, 0);
        emit TroveOperation(id, 1, 0, latest.redistBoldDebtGain, 0, debt, latest.redistCollGain, coll);
        LiquityStable(boldToken).burn(msg.sender, latest.entireDebt);
        IToken(collToken).transfer(ownerOf[id], latest.entireColl + 375e14);
        delete Troves[id];
        Troves[id].status = 2;
    }

    function mayAdd(uint256 id) private view {
        address manager = addManagerOf[id];
        if (msg.sender != ownerOf[id] && manager != address(0) && msg.sender != manager) revert NotOwnerNorAddManager();
    }

    function mayRemove(uint256 id) private view {
        if (msg.sender != ownerOf[id]) revert NotOwnerNorRemoveManager();
    }

    function branchRatio() private view returns (uint256) {
        return (getEntireBranchColl * price) / getEntireBranchDebt;
    }

    function count(int256 coll, int256 debt) private {
        getEntireBranchColl = uint256(int256(getEntireBranchColl) + coll);
        getEntireBranchDebt = uint256(int256(getEntireBranchDebt) + debt);
    }

    function adjust(uint256 id, int256 coll, int256 debt) private {
        if (shutdownTime != 0) revert IsShutDown();
        Trove storage trove = Troves[id];
        if (trove.status != 1) revert TroveNotActive();
        LatestTroveData memory latest = getLatestTroveData(id);
        uint256 left = uint256(int256(latest.entireDebt) + debt);
        trove.coll = uint256(int256(latest.entireColl) + coll);
        bool batched = trove.interestBatchManager != address(0);
        uint256 ratio = (trove.coll * price) / left;
        if (!batched && ratio < MCR) revert ICRBelowMCR();
        if (batched && ratio < MCR + BCR) revert ICRBelowMCRPlusBCR();
        count(coll, debt);
        if (branchRatio() < CCR) revert TCRBelowCCR();
        if (batched) touchBatch(id, latest, debt, left);
        else (trove.debt, trove.lastDebtUpdateTime) = (left, uint64(block.timestamp));
        rewardSnapshots[id] = sums;
        emit TroveOperation(
            id, 2, latest.annualInterestRate, latest.redistBoldDebtGain, 0, debt, latest.redistCollGain, coll
        );
    }

    function touchBatch(uint256 id, LatestTroveData memory trove, int256 debt, uint256 left) private {
        Batch storage batch = batches[Troves[id].interestBatchManager];
        LatestBatchData memory latest = getLatestBatchData(Troves[id].interestBatchManager);
        uint256 whole = latest.recordedDebt + latest.accruedInterest + latest.accruedManagementFee;
        int256 net = int256(trove.redistBoldDebtGain) + debt;
        uint256 own = Troves[id].batchDebtShares;
        uint256 after_ = own;
        if (net > 0) after_ += (batch.shares * uint256(net)) / whole;
        if (net < 0) after_ = left == 0 ? 0 : own - (batch.shares * uint256(-net)) / whole;
        Troves[id].batchDebtShares = after_;
        (batch.shares, batch.debt, batch.since) = (batch.shares + after_ - own, uint256(int256(whole) + net), block.timestamp);
    }
}
