// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// A price source that answers what it was last told, with the functions lending markets read.
contract PriceFeed {
    uint8 public constant decimals = 8;
    int256 public latestAnswer;
    uint256 public latestTimestamp;

    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    constructor(int256 answer) {
        set(answer);
    }

    function set(int256 answer) public {
        latestAnswer = answer;
        latestTimestamp = block.timestamp;
        emit AnswerUpdated(answer, block.number, block.timestamp);
    }
}
