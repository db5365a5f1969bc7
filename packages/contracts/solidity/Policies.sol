// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";
import {ISurveyor} from "./interfaces/ISurveyor.sol";
import {PolicyHash} from "./PolicyHash.sol";
import {Signatures} from "./Signatures.sol";

/// @title Policies: armed and ended by their owners, and what is left of their caps.
abstract contract Policies is IGuardian {
    /// @dev Values in base currency. One slot.
    struct State {
        bool armed;
        uint40 windowStart;
        uint40 lastCall;
        uint88 spent;
        uint80 bounty;
    }

    /// @notice What decides; it only reads.
    ISurveyor public immutable SURVEYOR;
    /// @inheritdoc IGuardian
    mapping(address => uint256) public epochOf;
    /// @inheritdoc IGuardian
    mapping(address => mapping(uint256 => uint256)) public nonceWord;
    mapping(address => mapping(bytes32 => State)) private states;

    constructor(ISurveyor surveyor) {
        SURVEYOR = surveyor;
    }

    /// @inheritdoc IGuardian
    function arm(Policy calldata policy) external returns (bytes32) {
        if (msg.sender != policy.owner) revert NotOwner(policy.owner);
        return armNow(policy, PolicyHash.id(policy));
    }

    /// @inheritdoc IGuardian
    function armBySignature(Policy calldata policy, bytes calldata signature) external returns (bytes32) {
        bytes32 id = PolicyHash.id(policy);
        if (!Signatures.isValid(policy.owner, PolicyHash.digest(id), signature)) revert InvalidSignature();
        return armNow(policy, id);
    }

    /// @inheritdoc IGuardian
    function cancel(bytes32 id) external {
        State storage state = states[msg.sender][id];
        if (!state.armed) revert NotArmed(id);
        state.armed = false;
        emit Cancelled(id, msg.sender);
    }

    /// @inheritdoc IGuardian
    function cancelNonces(uint256 word, uint256 mask) external {
        nonceWord[msg.sender][word] |= mask;
        emit NoncesCancelled(msg.sender, word, mask);
    }

    /// @inheritdoc IGuardian
    function cancelAll() external {
        raiseEpoch(epochOf[msg.sender] + 1);
    }

    /// @inheritdoc IGuardian
    function raiseEpoch(uint256 epoch) public {
        uint256 current = epochOf[msg.sender];
        if (epoch <= current) revert EpochNotRaised(epoch, current);
        epochOf[msg.sender] = epoch;
        emit EpochRaised(msg.sender, epoch);
    }

    /// @inheritdoc IGuardian
    function stateOf(Policy calldata policy)
        external
        view
        returns (bool armed, uint256 spent, uint256 bounty, uint256 windowStart, uint256 lastCall)
    {
        State memory state = counters(policy, PolicyHash.id(policy));
        armed = state.armed && policy.terms.epoch == epochOf[policy.owner];
        return (armed, state.spent, state.bounty, state.windowStart, state.lastCall);
    }

    /// @inheritdoc IGuardian
    function idOf(Policy calldata policy) external pure returns (bytes32) {
        return PolicyHash.id(policy);
    }

    /// @inheritdoc IGuardian
    function domainSeparator() external view returns (bytes32) {
        return PolicyHash.domain();
    }

    /// @dev Whether the caller may use the policy now, whatever the market looks like.
    function admit(Policy calldata policy) internal view returns (bytes32 id, State memory state) {
        id = PolicyHash.id(policy);
        state = counters(policy, id);
        if (!state.armed) revert NotArmed(id);
        Terms calldata terms = policy.terms;
        if (terms.epoch != epochOf[policy.owner]) revert WrongEpoch(terms.epoch, epochOf[policy.owner]);
        if (block.timestamp >= terms.expiry) revert Expired(terms.expiry);
        if (!mayExecute(policy.executors)) revert NotExecutor(msg.sender);
    }

    /// @dev Before anything leaves: a call inside the call meets counters that know it.
    function record(address owner, bytes32 id, State memory state, uint256 value, uint256 bounty) internal {
        if (state.windowStart == 0) state.windowStart = uint40(block.timestamp);
        state.spent += uint88(value);
        state.bounty += uint80(bounty);
        states[owner][id] = state;
    }

    /// @dev From here the cool-down counts. A call that could do no more does not come here: whoever borrowed the collateral's liquidity
    /// away before it would otherwise keep the others off.
    function stamp(address owner, bytes32 id) internal {
        states[owner][id].lastCall = uint40(block.timestamp);
    }

    /// @dev Counters of the present period; a period that ended leaves none.
    function counters(Policy calldata policy, bytes32 id) private view returns (State memory state) {
        state = states[policy.owner][id];
        if (block.timestamp < state.windowStart + policy.caps.period) return state;
        (state.windowStart, state.spent, state.bounty) = (0, 0, 0);
    }

    function mayExecute(address[] calldata executors) private view returns (bool) {
        for (uint256 i; i < executors.length; i++) if (executors[i] == msg.sender) return true;
        return executors.length == 0;
    }

    function armNow(Policy calldata policy, bytes32 id) private returns (bytes32) {
        SURVEYOR.checkPolicy(policy);
        Terms calldata terms = policy.terms;
        uint256 epoch = epochOf[policy.owner];
        if (terms.epoch != epoch) revert WrongEpoch(terms.epoch, epoch);
        uint256 bit = 1 << (terms.nonce & 0xff);
        uint256 word = nonceWord[policy.owner][terms.nonce >> 8];
        if (word & bit != 0) revert NonceUsed(terms.nonce);
        nonceWord[policy.owner][terms.nonce >> 8] = word | bit;
        states[policy.owner][id].armed = true;
        emit Armed(id, policy.owner, policy);
        return id;
    }
}
