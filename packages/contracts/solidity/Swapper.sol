// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";
import {ISwapRoute} from "./interfaces/ISwapRoute.sol";
import {ISwapper} from "./interfaces/ISwapper.sol";
import {IToken} from "./interfaces/IToken.sol";
import {Tokens} from "./Tokens.sol";

/// @title Runs the swaps that an executor chose, where there is nothing to take: no allowance, no storage, no balance that counts.
/// @dev What lies here before a swap lies here after it: amounts are differences, so a gift neither helps nor hinders.
contract Swapper is ISwapper {
    /// @dev Bytes of a failed route's reason that are passed on.
    uint256 private constant REASON = 256;

    address private immutable guardian = msg.sender;

    /// @inheritdoc ISwapper
    function swap(Order calldata order) external returns (uint256 brought, uint256 unused) {
        if (msg.sender != guardian) revert IGuardian.NotGuardian(msg.sender);
        Tokens.send(order.tokenIn, order.route, order.amountIn);
        uint256 keptIn = IToken(order.tokenIn).balanceOf(address(this));
        uint256 keptOut = IToken(order.tokenOut).balanceOf(address(this));
        run(order);
        unused = IToken(order.tokenIn).balanceOf(address(this)) - keptIn;
        brought = IToken(order.tokenOut).balanceOf(address(this)) - keptOut;
        Tokens.send(order.tokenIn, msg.sender, unused);
        Tokens.send(order.tokenOut, msg.sender, brought);
    }

    /// @dev Written out: a route may answer or refuse with megabytes, of which at most the beginning of a refusal is copied.
    function run(Order calldata order) private {
        if (order.route.code.length == 0) revert IGuardian.RouteFailed("no code");
        bytes memory data = abi.encodeCall(
            ISwapRoute.swap, (order.tokenIn, order.tokenOut, order.amountIn, order.minOut, order.data)
        );
        address route = order.route;
        bool done;
        assembly ("memory-safe") {
            done := call(gas(), route, 0, add(data, 32), mload(data), 0, 0)
        }
        if (done) return;
        bytes memory reason;
        assembly ("memory-safe") {
            let size := returndatasize()
            if gt(size, REASON) { size := REASON }
            reason := mload(0x40)
            mstore(reason, size)
            returndatacopy(add(reason, 32), 0, size)
            mstore(0x40, add(reason, 320))
        }
        revert IGuardian.RouteFailed(reason);
    }
}
