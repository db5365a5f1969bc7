// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// A price source for test chains that answers whatever it was told.
contract OddSource {
    uint8 public decimals;
    int256 public latestAnswer;
    uint256 public latestTimestamp;

    function set(uint8 decimals_, int256 answer, uint256 timestamp) external {
        (decimals, latestAnswer, latestTimestamp) = (decimals_, answer, timestamp);
    }
}
