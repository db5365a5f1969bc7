// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// @title What the guardian asks of an Aave v3 market.
interface IPoolAddressesProvider {
    /// @notice The market's pool, which governance may replace behind the same address.
    function getPool() external view returns (address);
    /// @notice The oracle that the pool reads.
    function getPriceOracle() external view returns (address);
}

interface IPriceOracle {
    /// @notice In the base currency: US dollars, 8 decimals.
    function getAssetPrice(address asset) external view returns (uint256);
    /// @notice Where the oracle reads an asset's price.
    function getSourceOfAsset(address asset) external view returns (address);
}

interface IPool {
    /// @notice A reserve, in the form that every revision since 3.0 answers with.
    struct ReserveData {
        uint256 configuration;
        uint128 liquidityIndex;
        uint128 currentLiquidityRate;
        uint128 variableBorrowIndex;
        uint128 currentVariableBorrowRate;
        uint128 currentStableBorrowRate;
        uint40 lastUpdateTimestamp;
        uint16 id;
        address aToken;
        address stableDebtToken;
        address variableDebtToken;
        address interestRateStrategy;
        uint128 accruedToTreasury;
        uint128 unbacked;
        uint128 isolationModeTotalDebt;
    }

    /// @notice What an e-mode category makes of its collateral, basis points; the bonus is stored as 10,500 for 5 %.
    struct CollateralConfig {
        uint16 ltv;
        uint16 liquidationThreshold;
        uint16 liquidationBonus;
    }

    /// @notice Rises with every upgrade of the pool.
    function POOL_REVISION() external view returns (uint256);
    /// @notice Basis points, rounded up on the whole loan.
    function FLASHLOAN_PREMIUM_TOTAL() external view returns (uint128);
    /// @notice Configuration and tokens of a reserve; zero where the asset is not listed.
    function getReserveData(address asset) external view returns (ReserveData memory);
    /// @notice What of a reserve is not lent out.
    function getVirtualUnderlyingBalance(address asset) external view returns (uint128);
    /// @notice Two bits a reserve: borrows, counts as collateral.
    function getUserConfiguration(address user) external view returns (uint256);
    /// @notice The account's e-mode category, zero for none.
    function getUserEMode(address user) external view returns (uint256);
    /// @notice LTV, threshold and bonus inside a category.
    function getEModeCategoryCollateralConfig(uint8 id) external view returns (CollateralConfig memory);
    /// @notice Reserves that are collateral inside a category, by bit.
    function getEModeCategoryCollateralBitmap(uint8 id) external view returns (uint128);
    /// @notice Reserves whose LTV is zero inside a category, by bit.
    function getEModeCategoryLtvzeroBitmap(uint8 id) external view returns (uint128);
    /// @notice Values in base currency, health in WAD; the largest number without debt.
    function getUserAccountData(address user)
        external
        view
        returns (
            uint256 collateral,
            uint256 debt,
            uint256 availableBorrows,
            uint256 liquidationThreshold,
            uint256 ltv,
            uint256 health
        );
    /// @notice Takes `amount` from the caller, or the debt if that is less. Answers with what was taken.
    function repay(address asset, uint256 amount, uint256 mode, address onBehalfOf) external returns (uint256);
    /// @notice Burns the caller's aTokens. Answers with what was sent.
    function withdraw(address asset, uint256 amount, address to) external returns (uint256);
    /// @notice Lends, calls `executeOperation(asset, amount, premium, initiator, data)`, takes amount and premium back.
    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes calldata data, uint16 referral)
        external;
}
