// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// A queue of governance calls that run after a delay, with the functions and events of the timelock most protocols use.
contract Timelock {
    uint256 private constant DONE = 1;
    address public immutable proposer;
    uint256 public immutable getMinDelay;
    /// When an operation can run, 1 once it ran, 0 where it is not queued.
    mapping(bytes32 => uint256) public getTimestamp;

    event CallScheduled(
        bytes32 indexed id,
        uint256 indexed index,
        address target,
        uint256 value,
        bytes data,
        bytes32 predecessor,
        uint256 delay
    );
    event CallExecuted(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data);
    event Cancelled(bytes32 indexed id);

    error NotProposer();
    error NotQueued();
    error NotReady();
    error CallFailed(uint256 index);

    constructor(address proposer_, uint256 minDelay) {
        proposer = proposer_;
        getMinDelay = minDelay;
    }

    modifier onlyProposer() {
        if (msg.sender != proposer) revert NotProposer();
        _;
    }

    function hashOperationBatch(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata payloads,
        bytes32 predecessor,
        bytes32 salt
    ) public pure returns (bytes32) {
        return keccak256(abi.encode(targets, values, payloads, predecessor, salt));
    }

    function scheduleBatch(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata payloads,
        bytes32 predecessor,
        bytes32 salt,
        uint256 delay
    ) external onlyProposer {
        bytes32 id = hashOperationBatch(targets, values, payloads, predecessor, salt);
        if (getTimestamp[id] != 0 || delay < getMinDelay) revert NotReady();
        getTimestamp[id] = block.timestamp + delay;
        for (uint256 i = 0; i < targets.length; i++)
            emit CallScheduled(id, i, targets[i], values[i], payloads[i], predecessor, delay);
    }

    function cancel(bytes32 id) external onlyProposer {
        if (getTimestamp[id] <= DONE) revert NotQueued();
        delete getTimestamp[id];
        emit Cancelled(id);
    }

    function executeBatch(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata payloads,
        bytes32 predecessor,
        bytes32 salt
    ) external payable {
        bytes32 id = hashOperationBatch(targets, values, payloads, predecessor, salt);
        if (getTimestamp[id] <= DONE) revert NotQueued();
        if (getTimestamp[id] > block.timestamp) revert NotReady();
        getTimestamp[id] = DONE;
        for (uint256 i = 0; i < targets.length; i++) {
            (bool success, ) = targets[i].call{value: values[i]}(payloads[i]);
            if (!success) revert CallFailed(i);
            emit CallExecuted(id, i, targets[i], values[i], payloads[i]);
        }
    }
}
