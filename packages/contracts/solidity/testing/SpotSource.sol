// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

interface IBalance {
    function balanceOf(address owner) external view returns (uint256);
}

/// What a second reference should not be: the present price of one pool, of an 18-decimals token in a 6-decimals dollar.
contract SpotSource {
    uint8 public constant decimals = 8;
    IBalance private immutable asset;
    IBalance private immutable dollar;
    address private immutable pool;

    constructor(IBalance asset_, IBalance dollar_, address pool_) {
        (asset, dollar, pool) = (asset_, dollar_, pool_);
    }

    function latestAnswer() external view returns (int256) {
        return int256((dollar.balanceOf(pool) * 1e20) / asset.balanceOf(pool));
    }

    function latestTimestamp() external view returns (uint256) {
        return block.timestamp;
    }
}
