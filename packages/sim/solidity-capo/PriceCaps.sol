// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// Our own adapters for test chains, not those of a lending market: the published formulas of price caps behind the function names by
// which a reader of the real ones asks.

interface IFeed {
    function latestAnswer() external view returns (int256);
}

/// The price of a base asset times a ratio that may grow so much a second.
contract RatioCap {
    address public immutable BASE_TO_USD_AGGREGATOR;
    uint8 public constant RATIO_DECIMALS = 18;
    uint8 public constant decimals = 8;
    uint256 public getSnapshotRatio;
    uint256 public getSnapshotTimestamp;
    uint256 public getMaxRatioGrowthPerSecond;
    uint256 public getMaxYearlyGrowthRatePercent;
    int256 public getRatio;

    constructor(address base, uint256 ratio, uint256 since, uint256 yearly) {
        BASE_TO_USD_AGGREGATOR = base;
        set(int256(ratio));
        (getSnapshotRatio, getSnapshotTimestamp, getMaxYearlyGrowthRatePercent) = (ratio, since, yearly);
        getMaxRatioGrowthPerSecond = (ratio * yearly) / 10_000 / 365 days;
    }

    function set(int256 ratio) public {
        getRatio = ratio;
    }

    function mostNow() private view returns (int256) {
        return int256(getSnapshotRatio + getMaxRatioGrowthPerSecond * (block.timestamp - getSnapshotTimestamp));
    }

    function isCapped() external view returns (bool) {
        return getRatio > mostNow();
    }

    function latestAnswer() external view returns (int256) {
        int256 ratio = getRatio < mostNow() ? getRatio : mostNow();
        return (IFeed(BASE_TO_USD_AGGREGATOR).latestAnswer() * ratio) / int256(10 ** RATIO_DECIMALS);
    }
}

/// A price that is never above a fixed one.
contract StableCap {
    address public immutable ASSET_TO_USD_AGGREGATOR;
    uint8 public constant decimals = 8;
    int256 public getPriceCap;

    constructor(address feed, int256 most) {
        (ASSET_TO_USD_AGGREGATOR, getPriceCap) = (feed, most);
    }

    function isCapped() external view returns (bool) {
        return IFeed(ASSET_TO_USD_AGGREGATOR).latestAnswer() > getPriceCap;
    }

    function latestAnswer() external view returns (int256) {
        int256 price = IFeed(ASSET_TO_USD_AGGREGATOR).latestAnswer();
        return price > getPriceCap ? getPriceCap : price;
    }
}

/// An adapter of which nothing can be asked but its answer.
contract OpaqueAdapter {
    IFeed private immutable feed;

    constructor(IFeed source) {
        feed = source;
    }

    function latestAnswer() external view returns (int256) {
        return feed.latestAnswer();
    }
}
