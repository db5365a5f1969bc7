// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {ISwapRoute} from "../interfaces/ISwapRoute.sol";
import {Tokens} from "../Tokens.sol";

/// The functions of a factory and its pairs of two tokens that keep the product of their reserves.
interface IPairFactory {
    function getPair(address one, address other) external view returns (address);
}

interface IPair {
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 since);
    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata data) external;
}

/// @title Sells through the pair that a factory keeps for two tokens, without a router between.
/// @notice No storage and no owner: factory and fee are fixed when the route is deployed. Nothing stays with it after a call.
contract PairRoute is ISwapRoute {
    /// @notice Who knows the pairs.
    IPairFactory public immutable FACTORY;
    /// @notice What of 1,000 units sold counts after the fee of each pair: 997 where it is 0.3 %.
    uint256 public immutable COUNTED;

    /// @notice The factory keeps no pair of these tokens.
    error NoPair();
    /// @notice The whole amount brings `amountOut`, less than `minOut`.
    error BringsTooLittle(uint256 amountOut, uint256 minOut);

    /// @param factory whose pairs are used.
    /// @param counted what of 1,000 units sold counts after the fee of its pairs.
    constructor(IPairFactory factory, uint256 counted) {
        (FACTORY, COUNTED) = (factory, counted);
    }

    /// @notice What the pair holds now: enough to know beforehand what any sale brings.
    function reservesOf(address tokenIn, address tokenOut) external view returns (uint256 reserveIn, uint256 reserveOut) {
        (, reserveIn, reserveOut) = pairOf(tokenIn, tokenOut);
    }

    /// @inheritdoc ISwapRoute
    /// @param data empty: everything is sold; one word: so much of `tokenOut` is wanted, and what that does not take goes back.
    function swap(address tokenIn, address tokenOut, uint256 amountIn, uint256 minOut, bytes calldata data) external {
        (IPair pair, uint256 reserveIn, uint256 reserveOut) = pairOf(tokenIn, tokenOut);
        uint256 amountOut = brings(amountIn, reserveIn, reserveOut);
        if (amountOut < minOut) revert BringsTooLittle(amountOut, minOut);
        uint256 sold = amountIn;
        if (data.length != 0) {
            uint256 wanted = abi.decode(data, (uint256));
            if (wanted < amountOut) (amountOut, sold) = (wanted, takes(wanted, reserveIn, reserveOut));
        }
        Tokens.send(tokenIn, address(pair), sold);
        if (sold < amountIn) Tokens.send(tokenIn, msg.sender, amountIn - sold);
        (uint256 out0, uint256 out1) = tokenIn < tokenOut ? (uint256(0), amountOut) : (amountOut, uint256(0));
        pair.swap(out0, out1, msg.sender, "");
    }

    /// @dev A pair keeps the token of the lower address first.
    function pairOf(address tokenIn, address tokenOut) private view returns (IPair pair, uint256 reserveIn, uint256 reserveOut) {
        pair = IPair(FACTORY.getPair(tokenIn, tokenOut));
        if (address(pair) == address(0)) revert NoPair();
        (uint256 reserve0, uint256 reserve1, ) = pair.getReserves();
        (reserveIn, reserveOut) = tokenIn < tokenOut ? (reserve0, reserve1) : (reserve1, reserve0);
    }

    /// @dev The pair demands (reserveIn * 1000 + amountIn * counted) * (reserveOut - out) >= reserveIn * 1000 * reserveOut:
    /// the most that this allows, rounded down.
    function brings(uint256 amountIn, uint256 reserveIn, uint256 reserveOut) private view returns (uint256) {
        uint256 counted = amountIn * COUNTED;
        return counted * reserveOut / (reserveIn * 1000 + counted);
    }

    /// @dev The least that the same allows for an amount below the reserve, rounded up.
    function takes(uint256 amountOut, uint256 reserveIn, uint256 reserveOut) private view returns (uint256) {
        uint256 divisor = (reserveOut - amountOut) * COUNTED;
        return (reserveIn * amountOut * 1000 + divisor - 1) / divisor;
    }
}
