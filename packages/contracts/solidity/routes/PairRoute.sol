// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.27;

import {ISwapRoute} from "../interfaces/ISwapRoute.sol";
import {Tokens} from "../Tokens.sol";

/// The functions of a factory and its pairs of two tokens with the product of reserves kept constant.
interface IPairFactory {
    function getPair(address one, address other) external view returns (address);
}

interface IPair {
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 since);
    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata data) external;
}

/// @title Exchanges through the pair that a factory keeps for two tokens, without a router between.
/// @notice No storage and no owner: the factory and its fee are fixed when the route is deployed.
contract PairRoute is ISwapRoute {
    /// @notice Who knows the pairs.
    IPairFactory public immutable factory;
    /// @notice What of 1,000 units sold counts: 997 where the fee is 0.3 %.
    uint256 public immutable counted;

    /// @notice The factory keeps no pair for these tokens.
    error NoPair();
    /// @notice The pair holds no more than `reserve` of the wanted token.
    error TooDeep(uint256 reserve);

    /// @param factory_ whose pairs are used
    /// @param counted_ what of 1,000 units sold counts, after the fee of every pair of this factory
    constructor(IPairFactory factory_, uint256 counted_) {
        (factory, counted) = (factory_, counted_);
    }

    /// @inheritdoc ISwapRoute
    /// @dev The least whole amount that keeps the product: (reserveIn * 1000 + x * counted) * (reserveOut - out) >= product.
    function quote(address sell, address buy, uint256 amountOut) external view returns (uint256 amountIn) {
        (uint256 reserveIn, uint256 reserveOut) = reserves(pairOf(sell, buy), sell, buy);
        if (amountOut >= reserveOut) revert TooDeep(reserveOut);
        uint256 divisor = (reserveOut - amountOut) * counted;
        return (reserveIn * amountOut * 1000 + divisor - 1) / divisor;
    }

    /// @inheritdoc ISwapRoute
    /// @dev The pair itself refuses where the product would fall.
    function swap(address sell, address buy, uint256 amountIn, uint256 amountOut) external {
        IPair pair = pairOf(sell, buy);
        Tokens.send(sell, address(pair), amountIn);
        (uint256 out0, uint256 out1) = sell < buy ? (uint256(0), amountOut) : (amountOut, uint256(0));
        pair.swap(out0, out1, msg.sender, "");
    }

    function pairOf(address sell, address buy) private view returns (IPair pair) {
        pair = IPair(factory.getPair(sell, buy));
        if (address(pair) == address(0)) revert NoPair();
    }

    /// @dev A pair keeps the token of the lower address first.
    function reserves(IPair pair, address sell, address buy) private view returns (uint256, uint256) {
        (uint112 reserve0, uint112 reserve1, ) = pair.getReserves();
        return sell < buy ? (reserve0, reserve1) : (reserve1, reserve0);
    }
}
