// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// @title A way to turn one token into another.
/// @notice Whoever executes a policy chooses the route and its data. Nothing is trusted to it but the amount that it was sent: the
/// guardian measures what came back.
interface ISwapRoute {
    /// @notice Sells `amountIn` of `tokenIn`, which this contract was sent just before the call, and sends what it brought, and any
    /// `tokenIn` that it did not need, to the caller.
    /// @param tokenIn what is sold.
    /// @param tokenOut what is wanted.
    /// @param amountIn exactly what was sent, in units of `tokenIn`.
    /// @param minOut the guardian refuses less than this for the whole amount, in units of `tokenOut`; in proportion for a part.
    /// @param data the executor's own words to the route: a path, a pool, a signed quote.
    function swap(address tokenIn, address tokenOut, uint256 amountIn, uint256 minOut, bytes calldata data) external;
}
