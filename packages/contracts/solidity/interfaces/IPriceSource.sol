// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// @title A price in US dollars, with its time.
/// @notice The functions under which Chainlink's price feeds answer a lending market. Any second reference (another feed, a pool's
/// time-weighted average behind an adapter) is pinned in this form.
interface IPriceSource {
    /// @notice Decimals of the answer.
    function decimals() external view returns (uint8);

    /// @notice The price; nothing at or below zero is a price.
    function latestAnswer() external view returns (int256);

    /// @notice Seconds since 1970 at which the answer was made.
    function latestTimestamp() external view returns (uint256);
}
