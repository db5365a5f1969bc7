// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";
import {IPriceOracle} from "./interfaces/IAave.sol";
import {IPriceSource} from "./interfaces/IPriceSource.sol";
import {Bounds} from "./Bounds.sol";

/// @title Two prices of a token, each fresh, and near enough to one another.
library References {
    /// @notice US dollars of one whole token, WAD.
    struct Prices {
        uint256 venue;
        uint256 second;
    }

    uint256 internal constant BASE_TO_WAD = 1e10;

    /// @notice Both prices, or which rule of the policy they break.
    function read(IPriceOracle oracle, IGuardian.Asset memory pinned) internal view returns (Prices memory prices) {
        address source = oracle.getSourceOfAsset(pinned.asset);
        bool moved = pinned.source != address(0) && source != pinned.source;
        if (moved || source == pinned.second) revert IGuardian.SourceChanged(pinned.asset, source);
        checkAge(pinned.asset, pinned.heartbeat == address(0) ? source : pinned.heartbeat, pinned.sourceMaxAge);
        checkAge(pinned.asset, pinned.second, pinned.secondMaxAge);
        prices.venue = oracle.getAssetPrice(pinned.asset) * BASE_TO_WAD;
        prices.second = readSecond(pinned.asset, pinned.second);
        uint256 smaller = Bounds.least(prices.venue, prices.second);
        uint256 larger = prices.venue + prices.second - smaller;
        if ((larger - smaller) * Bounds.BPS > smaller * pinned.maxDisagreement) {
            revert IGuardian.PricesDisagree(pinned.asset, prices.venue, prices.second);
        }
    }

    function checkAge(address asset, address source, uint256 maxAge) private view {
        uint256 updatedAt = ask(asset, source, IPriceSource.latestTimestamp.selector);
        if (updatedAt > block.timestamp || block.timestamp - updatedAt > maxAge) {
            revert IGuardian.StalePrice(asset, source, updatedAt);
        }
    }

    function readSecond(address asset, address source) private view returns (uint256) {
        uint256 price = ask(asset, source, IPriceSource.latestAnswer.selector);
        uint256 decimals = ask(asset, source, IPriceSource.decimals.selector);
        if (price == 0 || price > uint256(type(int256).max) || decimals > 18) revert IGuardian.NoPrice(asset, source);
        return price * 10 ** (18 - decimals);
    }

    /// @dev One word of the answer is read, however long it is.
    function ask(address asset, address source, bytes4 question) private view returns (uint256 answer) {
        bool done;
        assembly ("memory-safe") {
            mstore(0, question)
            done := staticcall(gas(), source, 0, 4, 0, 32)
            done := and(done, gt(returndatasize(), 31))
            answer := mload(0)
        }
        if (!done) revert IGuardian.NoPrice(asset, source);
    }
}
