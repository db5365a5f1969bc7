// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {Bounds} from "./Bounds.sol";
import {References} from "./References.sol";

/// @title One collateral to be sold, and its bound.
library Lots {
    /// @dev A price is a fraction, debt units for a collateral unit.
    struct Price {
        uint256 debt;
        uint256 collateral;
    }

    /// @param index of the collateral in the policy.
    /// @param threshold basis points of its value that count for health.
    /// @param cost basis points that selling it may cost.
    /// @param base the venue's price of a whole token, WAD.
    /// @param unit one whole token.
    struct Lot {
        uint256 index;
        address asset;
        address aToken;
        uint256 threshold;
        uint256 cost;
        uint256 base;
        uint256 unit;
        Price venue;
        Price second;
        uint256 amount;
    }

    /// @notice Health at which selling stops to help: (1 + cost) x threshold, WAD.
    function limit(Lot memory lot) internal pure returns (uint256) {
        return lot.threshold * (Bounds.BPS + lot.cost) * References.BASE_TO_WAD;
    }

    /// @notice Least that `amount` has to bring, in debt units: its value at the dearer reference, less the bound.
    function floorOf(Lot memory lot, uint256 amount) internal pure returns (uint256) {
        uint256 venue = Bounds.up(amount * lot.venue.debt, lot.venue.collateral);
        uint256 second = Bounds.up(amount * lot.second.debt, lot.second.collateral);
        return Bounds.up((venue > second ? venue : second) * Bounds.BPS, Bounds.BPS + lot.cost);
    }

    /// @notice Most of it whose floor is not above `owed`.
    function most(Lot memory lot, uint256 owed) internal pure returns (uint256) {
        uint256 fair = (owed * (Bounds.BPS + lot.cost)) / Bounds.BPS;
        return Bounds.least(
            (fair * lot.venue.collateral) / lot.venue.debt, (fair * lot.second.collateral) / lot.second.debt
        );
    }
}
