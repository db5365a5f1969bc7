// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// @title Where swaps run.
interface ISwapper {
    /// @notice One swap of an amount that was sent here just before.
    struct Order {
        address tokenIn;
        address tokenOut;
        uint256 amountIn;
        uint256 minOut;
        address route;
        bytes data;
    }

    /// @notice Hands the amount to the route and sends the guardian what it brought and what it gave back.
    /// @return brought units of `tokenOut`.
    /// @return unused units of `tokenIn`.
    function swap(Order calldata order) external returns (uint256 brought, uint256 unused);
}
