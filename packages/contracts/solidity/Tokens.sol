// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";

/// @title Moving tokens, with and without a returned boolean.
/// @dev Calls are written out because some tokens answer nothing, and because no more than one word of an answer is ever copied.
library Tokens {
    /// @notice Sends own tokens. Nothing happens for an amount of zero.
    function send(address token, address to, uint256 amount) internal {
        if (amount != 0) call(token, abi.encodeWithSignature("transfer(address,uint256)", to, amount));
    }

    /// @notice Takes tokens of somebody who allowed it.
    function pull(address token, address from, uint256 amount) internal {
        call(token, abi.encodeWithSignature("transferFrom(address,address,uint256)", from, address(this), amount));
    }

    /// @notice Allows exactly `amount`; a token that refuses to change an allowance that is not zero (USDT) is set to zero first.
    function allow(address token, address spender, uint256 amount) internal {
        bytes memory approval = abi.encodeWithSignature("approve(address,uint256)", spender, amount);
        if (attempt(token, approval)) return;
        call(token, abi.encodeWithSignature("approve(address,uint256)", spender, 0));
        call(token, approval);
    }

    function call(address token, bytes memory data) private {
        if (!attempt(token, data)) revert IGuardian.TokenFailed(token);
    }

    function attempt(address token, bytes memory data) private returns (bool done) {
        uint256 answered;
        uint256 answer;
        assembly ("memory-safe") {
            done := call(gas(), token, 0, add(data, 32), mload(data), 0, 32)
            answered := returndatasize()
            answer := mload(0)
        }
        if (done) done = answered == 0 ? token.code.length != 0 : answered >= 32 && answer == 1;
    }
}
