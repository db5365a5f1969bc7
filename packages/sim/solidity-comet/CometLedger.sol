// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IToken {
    function balanceOf(address owner) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

interface IFeed {
    function latestAnswer() external view returns (int256);
}

/// Our own market for test chains, not Compound's contract and no proof of it: the published integer formulas of Compound v3 with the
/// arithmetic of an EVM, behind the function names by which a reader of the real one asks.
contract CometLedger {
    struct AssetInfo {
        uint8 offset;
        address asset;
        address priceFeed;
        uint64 scale;
        uint64 borrowCollateralFactor;
        uint64 liquidateCollateralFactor;
        uint64 liquidationFactor;
        uint128 supplyCap;
    }
    struct TotalsBasic {
        uint64 baseSupplyIndex;
        uint64 baseBorrowIndex;
        uint64 trackingSupplyIndex;
        uint64 trackingBorrowIndex;
        uint104 totalSupplyBase;
        uint104 totalBorrowBase;
        uint40 lastAccrualTime;
        uint8 pauseFlags;
    }
    struct Curve {
        uint256 kink;
        uint256 base;
        uint256 slopeLow;
        uint256 slopeHigh;
    }
    struct Setup {
        address baseToken;
        address baseTokenPriceFeed;
        uint256 baseScale;
        uint256 storeFrontPriceFactor;
        uint256 targetReserves;
        uint256 baseBorrowMin;
        Curve supplyCurve;
        Curve borrowCurve;
    }

    event Supply(address indexed from, address indexed dst, uint256 amount);
    event Withdraw(address indexed src, address indexed to, uint256 amount);
    event SupplyCollateral(address indexed from, address indexed dst, address indexed asset, uint256 amount);
    event WithdrawCollateral(address indexed src, address indexed to, address indexed asset, uint256 amount);

    error Paused();
    error Unauthorized();
    error BadAsset();
    error SupplyCapExceeded();
    error BorrowTooSmall();
    error NotCollateralized();
    error NotLiquidatable();

    address public immutable baseToken;
    address public immutable baseTokenPriceFeed;
    uint256 public immutable baseScale;
    uint256 public immutable storeFrontPriceFactor;
    uint256 public immutable targetReserves;
    uint256 public immutable baseBorrowMin;
    Curve private supplyCurve;
    Curve private borrowCurve;

    AssetInfo[] private assets;
    TotalsBasic private totals;
    mapping(address => int256) private principalOf;
    mapping(address => mapping(address => uint128)) private held;
    mapping(address => uint128) private heldByAll;
    mapping(address => mapping(address => bool)) public isAllowed;

    constructor(Setup memory setup, AssetInfo[] memory listed) {
        (baseToken, baseTokenPriceFeed, baseScale) = (setup.baseToken, setup.baseTokenPriceFeed, setup.baseScale);
        (storeFrontPriceFactor, targetReserves) = (setup.storeFrontPriceFactor, setup.targetReserves);
        baseBorrowMin = setup.baseBorrowMin;
        (supplyCurve, borrowCurve) = (setup.supplyCurve, setup.borrowCurve);
        for (uint256 i; i < listed.length; i++) assets.push(listed[i]);
        (totals.baseSupplyIndex, totals.baseBorrowIndex) = (1e15, 1e15);
        totals.lastAccrualTime = uint40(block.timestamp);
    }

    // What a reader asks.

    function numAssets() external view returns (uint8) {
        return uint8(assets.length);
    }

    function getAssetInfo(uint8 i) external view returns (AssetInfo memory) {
        return assets[i];
    }

    function totalsBasic() external view returns (TotalsBasic memory) {
        return totals;
    }

    function totalsCollateral(address asset) external view returns (uint128 totalSupplyAsset, uint128 reserved) {
        return (heldByAll[asset], 0);
    }

    function userBasic(address user)
        external
        view
        returns (int104 principal, uint64 trackingIndex, uint64 trackingAccrued, uint16 assetsIn, uint8 reserved)
    {
        principal = int104(principalOf[user]);
        for (uint256 i; i < assets.length; i++) {
            if (held[user][assets[i].asset] == 0) continue;
            if (i < 16) assetsIn |= uint16(1 << i);
            else reserved |= uint8(1 << (i - 16));
        }
    }

    function userCollateral(address user, address asset) external view returns (uint128 balance, uint128 reserved) {
        return (held[user][asset], 0);
    }

    function supplyKink() external view returns (uint256) {
        return supplyCurve.kink;
    }

    function supplyPerSecondInterestRateBase() external view returns (uint256) {
        return supplyCurve.base;
    }

    function supplyPerSecondInterestRateSlopeLow() external view returns (uint256) {
        return supplyCurve.slopeLow;
    }

    function supplyPerSecondInterestRateSlopeHigh() external view returns (uint256) {
        return supplyCurve.slopeHigh;
    }

    function borrowKink() external view returns (uint256) {
        return borrowCurve.kink;
    }

    function borrowPerSecondInterestRateBase() external view returns (uint256) {
        return borrowCurve.base;
    }

    function borrowPerSecondInterestRateSlopeLow() external view returns (uint256) {
        return borrowCurve.slopeLow;
    }

    function borrowPerSecondInterestRateSlopeHigh() external view returns (uint256) {
        return borrowCurve.slopeHigh;
    }

    function isSupplyPaused() external view returns (bool) {
        return flag(0);
    }

    function isTransferPaused() external view returns (bool) {
        return flag(1);
    }

    function isWithdrawPaused() external view returns (bool) {
        return flag(2);
    }

    function isAbsorbPaused() external view returns (bool) {
        return flag(3);
    }

    function isBuyPaused() external view returns (bool) {
        return flag(4);
    }

    function getPrice(address feed) public view returns (uint256) {
        int256 answer = IFeed(feed).latestAnswer();
        require(answer > 0, "BadPrice");
        return uint256(answer);
    }

    function borrowBalanceOf(address user) public view returns (uint256) {
        int256 principal = principalOf[user];
        (, uint256 index) = indicesNow();
        return principal < 0 ? (uint256(-principal) * index) / 1e15 : 0;
    }

    function balanceOf(address user) external view returns (uint256) {
        int256 principal = principalOf[user];
        (uint256 index,) = indicesNow();
        return principal > 0 ? (uint256(principal) * index) / 1e15 : 0;
    }

    function getReserves() external view returns (int256) {
        (uint256 supply, uint256 borrow) = indicesNow();
        uint256 lent = (totals.totalSupplyBase * supply) / 1e15;
        uint256 owed = (totals.totalBorrowBase * borrow) / 1e15;
        return int256(IToken(baseToken).balanceOf(address(this))) - int256(lent) + int256(owed);
    }

    function isLiquidatable(address user) public view returns (bool) {
        return principalOf[user] < 0 && liquidity(user, false) < 0;
    }

    function isBorrowCollateralized(address user) public view returns (bool) {
        return principalOf[user] >= 0 || liquidity(user, true) >= 0;
    }

    function quoteCollateral(address asset, uint256 baseAmount) external view returns (uint256) {
        AssetInfo memory info = find(asset);
        uint256 discount = (storeFrontPriceFactor * (1e18 - info.liquidationFactor)) / 1e18;
        uint256 price = (getPrice(info.priceFeed) * (1e18 - discount)) / 1e18;
        return (getPrice(baseTokenPriceFeed) * baseAmount * info.scale) / price / baseScale;
    }

    // What accounts do.

    function allow(address manager, bool isAllowed_) external {
        isAllowed[msg.sender][manager] = isAllowed_;
    }

    function pause(uint8 flags) external {
        totals.pauseFlags = flags;
    }

    function accrueAccount(address) external {
        accrue();
    }

    function supplyTo(address to, address asset, uint256 amount) external {
        if (flag(0)) revert Paused();
        if (asset == baseToken) {
            if (amount == type(uint256).max) amount = borrowBalanceOf(to);
            IToken(asset).transferFrom(msg.sender, address(this), amount);
            accrue();
            setBalance(to, balance(to) + int256(amount));
            emit Supply(msg.sender, to, amount);
            return;
        }
        AssetInfo memory info = find(asset);
        IToken(asset).transferFrom(msg.sender, address(this), amount);
        heldByAll[asset] += uint128(amount);
        if (heldByAll[asset] > info.supplyCap) revert SupplyCapExceeded();
        held[to][asset] += uint128(amount);
        emit SupplyCollateral(msg.sender, to, asset, amount);
    }

    function withdrawTo(address to, address asset, uint256 amount) external {
        withdrawFrom(msg.sender, to, asset, amount);
    }

    function withdrawFrom(address from, address to, address asset, uint256 amount) public {
        if (flag(2)) revert Paused();
        if (msg.sender != from && !isAllowed[from][msg.sender]) revert Unauthorized();
        if (asset == baseToken) {
            accrue();
            if (amount == type(uint256).max) amount = balance(from) > 0 ? uint256(balance(from)) : 0;
            int256 left = balance(from) - int256(amount);
            setBalance(from, left);
            if (left < 0 && uint256(-left) < baseBorrowMin) revert BorrowTooSmall();
        } else {
            find(asset);
            heldByAll[asset] -= uint128(amount);
            held[from][asset] -= uint128(amount);
        }
        if (!isBorrowCollateralized(from)) revert NotCollateralized();
        IToken(asset).transfer(to, amount);
        if (asset == baseToken) emit Withdraw(from, to, amount);
        else emit WithdrawCollateral(from, to, asset, amount);
    }

    function absorb(address, address[] calldata accounts) external {
        if (flag(3)) revert Paused();
        accrue();
        for (uint256 i; i < accounts.length; i++) absorbOne(accounts[i]);
    }

    function absorbOne(address user) private {
        if (!isLiquidatable(user)) revert NotLiquidatable();
        uint256 credited;
        for (uint256 i; i < assets.length; i++) {
            AssetInfo storage info = assets[i];
            uint128 taken = held[user][info.asset];
            held[user][info.asset] = 0;
            heldByAll[info.asset] -= taken;
            credited += (((taken * getPrice(info.priceFeed)) / info.scale) * info.liquidationFactor) / 1e18;
        }
        int256 after_ = balance(user) + int256((credited * baseScale) / getPrice(baseTokenPriceFeed));
        setBalance(user, after_ < 0 ? int256(0) : after_);
    }

    // The ledger.

    function flag(uint8 bit) private view returns (bool) {
        return totals.pauseFlags & (uint8(1) << bit) != 0;
    }

    function find(address asset) private view returns (AssetInfo memory) {
        for (uint256 i; i < assets.length; i++) if (assets[i].asset == asset) return assets[i];
        revert BadAsset();
    }

    function rate(Curve storage curve, uint256 used) private view returns (uint256) {
        uint256 low = used < curve.kink ? used : curve.kink;
        return curve.base + (curve.slopeLow * low) / 1e18 + (curve.slopeHigh * (used - low)) / 1e18;
    }

    function indicesNow() private view returns (uint256 supply, uint256 borrow) {
        (supply, borrow) = (totals.baseSupplyIndex, totals.baseBorrowIndex);
        uint256 lent = (totals.totalSupplyBase * supply) / 1e15;
        uint256 used = lent == 0 ? 0 : ((totals.totalBorrowBase * borrow) / 1e15) * 1e18 / lent;
        uint256 past = block.timestamp - totals.lastAccrualTime;
        supply += (supply * (rate(supplyCurve, used) * past)) / 1e18;
        borrow += (borrow * (rate(borrowCurve, used) * past)) / 1e18;
    }

    function accrue() private {
        (uint256 supply, uint256 borrow) = indicesNow();
        (totals.baseSupplyIndex, totals.baseBorrowIndex) = (uint64(supply), uint64(borrow));
        totals.lastAccrualTime = uint40(block.timestamp);
    }

    function balance(address user) private view returns (int256) {
        int256 principal = principalOf[user];
        uint256 index = principal < 0 ? totals.baseBorrowIndex : totals.baseSupplyIndex;
        return (principal * int256(index)) / 1e15;
    }

    function setBalance(address user, int256 to) private {
        int256 before = principalOf[user];
        if (before > 0) totals.totalSupplyBase -= uint104(uint256(before));
        else totals.totalBorrowBase -= uint104(uint256(-before));
        uint256 index = to < 0 ? totals.baseBorrowIndex : totals.baseSupplyIndex;
        int256 next = to < 0
            ? -int256((uint256(-to) * 1e15 + index - 1) / index)
            : int256((uint256(to) * 1e15) / index);
        principalOf[user] = next;
        if (next > 0) totals.totalSupplyBase += uint104(uint256(next));
        else totals.totalBorrowBase += uint104(uint256(-next));
    }

    function liquidity(address user, bool forBorrowing) private view returns (int256 sum) {
        sum = (balance(user) * int256(getPrice(baseTokenPriceFeed))) / int256(baseScale);
        for (uint256 i; i < assets.length; i++) {
            AssetInfo storage info = assets[i];
            uint256 amount = held[user][info.asset];
            if (amount == 0) continue;
            uint256 factor = forBorrowing ? info.borrowCollateralFactor : info.liquidateCollateralFactor;
            sum += int256((((amount * getPrice(info.priceFeed)) / info.scale) * factor) / 1e18);
        }
    }
}
