// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.27;

import {ISwapRoute} from "../interfaces/ISwapRoute.sol";
import {Tokens} from "../Tokens.sol";

interface IOracle {
    function getAssetPrice(address asset) external view returns (uint256);
}

interface IMetadata {
    function decimals() external view returns (uint8);
}

/// A venue for test chains that sells from its own stock at an oracle's price, so much worse as it is told.
contract OracleVenue is ISwapRoute {
    uint256 private constant BPS = 10_000;
    IOracle public immutable oracle;
    /// What a seller gives more than the oracle's price, bps; may be negative.
    int256 public slippage;

    error SoldTooLittle(uint256 needed);

    constructor(IOracle oracle_) {
        oracle = oracle_;
    }

    function setSlippage(int256 bps) external {
        slippage = bps;
    }

    function quote(address sell, address buy, uint256 amountOut) public view returns (uint256 amountIn) {
        uint256 value = amountOut * oracle.getAssetPrice(buy) * 10 ** IMetadata(sell).decimals();
        uint256 divisor = oracle.getAssetPrice(sell) * 10 ** IMetadata(buy).decimals() * BPS;
        return (value * uint256(int256(BPS) + slippage) + divisor - 1) / divisor;
    }

    function swap(address sell, address buy, uint256 amountIn, uint256 amountOut) external {
        uint256 needed = quote(sell, buy, amountOut);
        if (amountIn < needed) revert SoldTooLittle(needed);
        Tokens.send(buy, msg.sender, amountOut);
    }
}
