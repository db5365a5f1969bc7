// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {ISwapRoute} from "../interfaces/ISwapRoute.sol";
import {Tokens} from "../Tokens.sol";

interface IOracle {
    function getAssetPrice(address asset) external view returns (uint256);
}

interface IMetadata {
    function decimals() external view returns (uint8);
}

/// A venue for test chains that sells from its own stock at an oracle's price, so much worse as it is told; any depth is its stock.
contract OracleVenue is ISwapRoute {
    uint256 private constant BPS = 10_000;
    IOracle public immutable oracle;
    /// By how much it pays less than the oracle's price, bps; negative where it pays more.
    int256 public slippage;

    constructor(IOracle oracle_) {
        oracle = oracle_;
    }

    function setSlippage(int256 bps) external {
        slippage = bps;
    }

    function amountOutOf(address tokenIn, address tokenOut, uint256 amountIn) public view returns (uint256) {
        uint256 value = amountIn * oracle.getAssetPrice(tokenIn) * 10 ** IMetadata(tokenOut).decimals();
        uint256 paid = value * uint256(int256(BPS) - slippage);
        return paid / (oracle.getAssetPrice(tokenOut) * 10 ** IMetadata(tokenIn).decimals() * BPS);
    }

    /// Sells all of it, whatever is wanted.
    function swap(address tokenIn, address tokenOut, uint256 amountIn, uint256, bytes calldata) external {
        Tokens.send(tokenOut, msg.sender, amountOutOf(tokenIn, tokenOut, amountIn));
    }
}
