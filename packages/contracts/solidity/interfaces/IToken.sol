// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// @title The part of ERC-20 that is read; what moves tokens goes through the library Tokens, except that of the market's own tokens,
/// whose reasons are worth hearing.
interface IToken {
    function balanceOf(address owner) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}
