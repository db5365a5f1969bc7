// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";

/// @title The curves: what selling may cost and what the executor earns, by health.
library Bounds {
    uint256 internal constant WAD = 1e18;
    uint256 internal constant BPS = 10_000;

    /// @notice How far health has gone from trigger to urgent, WAD: 0 at the trigger and above, 1 at urgent and below.
    function danger(IGuardian.Health calldata pinned, uint256 health) internal pure returns (uint256) {
        if (health >= pinned.trigger) return 0;
        if (health <= pinned.urgent) return WAD;
        return ((pinned.trigger - health) * WAD) / (pinned.trigger - pinned.urgent);
    }

    /// @notice Largest cost of selling a collateral, basis points, rounded down.
    /// @param bonus the collateral's liquidation bonus, basis points.
    function cost(IGuardian.Cost calldata pinned, uint256 dangerNow, uint256 bonus) internal pure returns (uint256) {
        uint256 most = least((bonus * pinned.bonusShare) / BPS, pinned.ceiling);
        return between(least(pinned.atTrigger, most), most, dangerNow);
    }

    /// @notice Executor's share of what is repaid, basis points, rounded down.
    function bounty(IGuardian.Bounty calldata pinned, uint256 dangerNow) internal pure returns (uint256) {
        return between(pinned.atTrigger, pinned.atUrgent, dangerNow);
    }

    function least(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    /// @notice Quotient rounded up.
    function up(uint256 numerator, uint256 denominator) internal pure returns (uint256) {
        return (numerator + denominator - 1) / denominator;
    }

    function between(uint256 low, uint256 high, uint256 share) private pure returns (uint256) {
        return low + ((high - low) * share) / WAD;
    }
}
