// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// @title The part of ERC-20 that is only read; what moves tokens goes through the library Tokens.
interface IToken {
    function balanceOf(address owner) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
}
