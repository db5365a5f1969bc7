// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.27;

/// @title Calls of tokens that may answer nothing where the standard says a truth value.
library Tokens {
    /// @notice The token did not move what it was told to.
    error TokenRefused(address token);

    /// @notice Sends from the calling contract.
    function send(address token, address to, uint256 amount) internal {
        call(token, abi.encodeWithSignature("transfer(address,uint256)", to, amount));
    }

    /// @dev An address without code would answer any call with success. Of an answer one word is read, however long it is.
    function call(address token, bytes memory data) internal {
        bool done;
        assembly ("memory-safe") {
            mstore(0, 0)
            done := call(gas(), token, 0, add(data, 0x20), mload(data), 0, 0x20)
            done := and(done, or(and(iszero(returndatasize()), gt(extcodesize(token), 0)), eq(mload(0), 1)))
        }
        if (!done) revert TokenRefused(token);
    }
}
