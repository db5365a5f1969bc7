// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {ISwapRoute} from "../interfaces/ISwapRoute.sol";

interface IMint {
    function mint(address to, uint256 value) external;
    function approve(address spender, uint256 value) external;
}

interface IFeed {
    function set(int256 price) external;
}

interface ILiquidator {
    function getUserAccountData(address user)
        external
        view
        returns (uint256, uint256, uint256, uint256, uint256, uint256 health);
    function liquidationCall(address collateral, address debt, address owner, uint256 cover, bool asAToken) external;
}

/// A route for test chains that moves the venue's price of what it sells, and liquidates the owner at the one it made.
contract Thief is ISwapRoute {
    ILiquidator private immutable pool;
    IFeed private immutable feed;
    address private immutable owner;

    constructor(address pool_, address feed_, address owner_) {
        (pool, feed, owner) = (ILiquidator(pool_), IFeed(feed_), owner_);
    }

    /// @param data price to set, units of debt to cover, units to pay.
    function swap(address tokenIn, address tokenOut, uint256, uint256, bytes calldata data) external {
        (int256 price, uint256 cover, uint256 pay) = abi.decode(data, (int256, uint256, uint256));
        feed.set(price);
        IMint(tokenOut).mint(address(this), cover);
        IMint(tokenOut).approve(address(pool), cover);
        (,,,,, uint256 health) = pool.getUserAccountData(owner);
        if (cover != 0 && health < 1e18) pool.liquidationCall(tokenIn, tokenOut, owner, cover, false);
        IMint(tokenOut).mint(msg.sender, pay);
    }
}
