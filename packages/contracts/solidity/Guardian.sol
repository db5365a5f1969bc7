// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";
import {IPool} from "./interfaces/IAave.sol";
import {ISurveyor} from "./interfaces/ISurveyor.sol";
import {IToken} from "./interfaces/IToken.sol";
import {Flash} from "./Flash.sol";
import {Policies} from "./Policies.sol";
import {Sales} from "./Sales.sol";
import {Surveyor} from "./Surveyor.sol";
import {Tokens} from "./Tokens.sol";

/// @title The guardian of one Aave v3 market.
/// @notice Unaudited. Nobody owns it and nothing of it can be changed; tokens sent here by mistake stay here.
/// @dev It calls the market it was made for, Morpho, its own surveyor and swapper and the tokens of the market, each with words of its
/// own. The price sources and signers that owners name are only ever read.
contract Guardian is Policies, Sales {
    /// @inheritdoc IGuardian
    address public immutable PROVIDER;

    constructor(address provider, address morpho) Policies(new Surveyor(provider, morpho)) Flash(morpho) {
        PROVIDER = provider;
    }

    /// @inheritdoc IGuardian
    function execute(Policy calldata policy, address debt, uint256 repay, Sale[] calldata sales)
        external
        returns (Outcome memory outcome)
    {
        bytes32 id;
        (id, outcome) = rescue(policy, debt, repay, sales, false);
        emit Rescued(id, policy.owner, msg.sender, debt, outcome);
    }

    /// @inheritdoc IGuardian
    function close(Policy calldata policy, address debt, uint256 repay, Sale[] calldata sales)
        external
        returns (Outcome memory outcome)
    {
        bytes32 id;
        (id, outcome) = rescue(policy, debt, repay, sales, true);
        emit Closed(id, policy.owner, msg.sender, debt, outcome);
    }

    /// @inheritdoc IGuardian
    function repayFromReserve(Policy calldata policy, address debt, uint256 repay)
        external
        locked
        returns (Outcome memory outcome)
    {
        (bytes32 id, State memory state) = admit(policy);
        ISurveyor.Survey memory found = SURVEYOR.surveyReserve(policy, usedOf(state), debt, repay);
        record(policy.owner, id, state, found.repayValue, found.bountyValue);
        uint256 start = IToken(debt).balanceOf(address(this));
        Tokens.pull(debt, policy.owner, found.repay + found.bounty);
        exact(debt, address(this), start + found.repay + found.bounty);
        pay(IPool(found.pool), policy.owner, debt, found.repay);
        Tokens.send(debt, msg.sender, found.bounty);
        outcome.source = Source.None;
        finish(policy, found, outcome);
        if (isInBand(policy, debt, found, outcome)) stamp(policy.owner, id);
        emit ReserveSpent(id, policy.owner, msg.sender, debt, outcome);
    }

    /// @inheritdoc IGuardian
    function quote(Policy calldata policy, address debt, uint256 repay) external view returns (Quote memory) {
        (, State memory state) = admit(policy);
        return SURVEYOR.quote(policy, usedOf(state), debt, repay);
    }

    function rescue(Policy calldata policy, address debt, uint256 repay, Sale[] calldata sales, bool closing)
        private
        locked
        returns (bytes32 id, Outcome memory outcome)
    {
        State memory state;
        (id, state) = admit(policy);
        ISurveyor.Survey memory found =
            SURVEYOR.surveySale(policy, usedOf(state), debt, repay, amountsOf(sales), closing);
        record(policy.owner, id, state, found.repayValue, found.bountyValue);
        run(policy, debt, found, sales, outcome);
        finish(policy, found, outcome);
        bool whole = closing ? isClosed(policy, debt, found, outcome) : isInBand(policy, debt, found, outcome);
        if (whole) stamp(policy.owner, id);
    }

    function run(
        Policy calldata policy,
        address debt,
        ISurveyor.Survey memory found,
        Sale[] calldata sales,
        Outcome memory outcome
    ) private {
        Job memory job;
        (job.pool, job.owner, job.debt) = (IPool(found.pool), policy.owner, debt);
        (job.repay, job.premium, job.lots, job.sales) = (found.repay, found.premium, found.lots, sales);
        job.owed = found.repay + found.premium + found.bounty;
        job.start = IToken(debt).balanceOf(address(this));
        if (found.source == Source.None) sellAndRepay(job);
        else borrow(found.source, found.pool, debt, found.repay, abi.encode(job));
        (outcome.source, outcome.premium) = (found.source, found.premium);
        outcome.returned = IToken(debt).balanceOf(address(this)) - job.start - found.bounty;
        outcome.sold = takeSold(sales.length);
        Tokens.send(debt, msg.sender, found.bounty);
        Tokens.send(debt, policy.owner, outcome.returned);
    }

    function finish(Policy calldata policy, ISurveyor.Survey memory found, Outcome memory outcome) private view {
        (outcome.healthBefore, outcome.repaid, outcome.bounty) = (found.health, found.repay, found.bounty);
        (,,,,, outcome.healthAfter) = IPool(found.pool).getUserAccountData(policy.owner);
        if (outcome.healthAfter <= found.health) revert HealthNotRisen(found.health, outcome.healthAfter);
    }

    /// @dev Not above the band; and in it, or the cap used in full, unless the call could do no more.
    function isInBand(Policy calldata policy, address debt, ISurveyor.Survey memory found, Outcome memory outcome)
        private
        view
        returns (bool)
    {
        uint256 health = outcome.healthAfter;
        if (health > policy.health.targetHigh) revert AboveBand(health, policy.health.targetHigh);
        if (health >= policy.health.targetLow || found.repay == found.cap) return true;
        bool couldMore = !found.drained && !couldDoNoMore(policy, debt, found);
        if (couldMore) revert BelowBand(health, policy.health.targetLow);
        return false;
    }

    /// @dev All of the debt, or the cap used in full, unless the call could do no more. The last speck of a small debt is allowed, and
    /// keeps nobody off the large one: it starts no cool-down.
    function isClosed(Policy calldata policy, address debt, ISurveyor.Survey memory found, Outcome memory outcome)
        private
        view
        returns (bool)
    {
        if (found.repay == found.cap) return true;
        if (found.repay == found.owes) return SURVEYOR.isLargest(policy, debt, found.repayValue);
        if (!couldDoNoMore(policy, debt, found)) revert BelowBand(outcome.healthAfter, type(uint256).max);
        return false;
    }

    /// @dev The allowed collateral is exhausted, or the largest of the policy's debts is gone.
    function couldDoNoMore(Policy calldata policy, address debt, ISurveyor.Survey memory found)
        private
        view
        returns (bool)
    {
        if (found.repay == found.owes && SURVEYOR.isLargest(policy, debt, found.repayValue)) return true;
        return found.lots.length != 0 && SURVEYOR.isExhausted(policy, found.health, found.repayValue);
    }

    function usedOf(State memory state) private pure returns (ISurveyor.Used memory) {
        return ISurveyor.Used(state.spent, state.bounty, state.lastCall);
    }

    function amountsOf(Sale[] calldata sales) private pure returns (uint256[] memory amounts) {
        amounts = new uint256[](sales.length);
        for (uint256 i; i < sales.length; i++) amounts[i] = sales[i].amount;
    }
}
