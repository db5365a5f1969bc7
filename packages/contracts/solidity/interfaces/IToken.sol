// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// @title The part of ERC-20 that is read; what moves tokens goes through the library Tokens, except that of the market's own tokens,
/// whose reasons are worth hearing.
interface IToken {
    /// @notice Units that an account holds.
    function balanceOf(address owner) external view returns (uint256);
    /// @notice Units that a spender may take.
    function allowance(address owner, address spender) external view returns (uint256);
    /// @notice Moves what was allowed to the caller.
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}
