// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";
import {IPool} from "./interfaces/IAave.sol";
import {ISwapper} from "./interfaces/ISwapper.sol";
import {IToken} from "./interfaces/IToken.sol";
import {Bounds} from "./Bounds.sol";
import {Flash} from "./Flash.sol";
import {Lots} from "./Lots.sol";
import {References} from "./References.sol";
import {Swapper} from "./Swapper.sol";
import {Tokens} from "./Tokens.sol";

/// @title Repaying, and turning an owner's collateral into the debt asset inside the cost bound.
abstract contract Sales is Flash {
    using Lots for Lots.Lot;

    /// @dev Everything that the middle of a call needs; it goes through the lender and comes back.
    /// @param start balance of the debt asset before the call.
    struct Job {
        IPool pool;
        address owner;
        address debt;
        uint256 repay;
        uint256 premium;
        uint256 owed;
        uint256 start;
        Lots.Lot[] lots;
        Sale[] sales;
    }

    uint256 private constant VARIABLE_RATE = 2;
    /// @dev Of what could be withdrawn at a health of exactly 1, basis points that a loop takes: the pool rounds against it.
    uint256 private constant LOOP_SHARE = 9_900;

    /// @inheritdoc IGuardian
    address public immutable SWAPPER = address(new Swapper());

    /// @dev Runs inside the lender's callback: repay first, because collateral leaves only at a health of 1 and above.
    function repayAndSell(bytes calldata data) internal override {
        Job memory job = abi.decode(data, (Job));
        exact(job.debt, address(this), job.start + job.repay);
        pay(job.pool, job.owner, job.debt, job.repay);
        uint256 got;
        for (uint256 i; i < job.lots.length; i++) {
            if (job.lots[i].amount != 0) got += sell(job, job.lots[i], job.lots[i].amount);
        }
        if (got < job.owed) revert ProceedsTooLow(got, job.owed);
        Tokens.allow(job.debt, msg.sender, job.repay + job.premium);
    }

    /// @dev Without a lender: sell what health allows, repay, and again. The pool refuses to let nothing go, so each round moves something.
    function sellAndRepay(Job memory job) internal {
        uint256 got;
        uint256 due = job.repay;
        for (uint256 i; i < job.lots.length; i++) {
            Lots.Lot memory lot = job.lots[i];
            while (lot.amount != 0) {
                uint256 amount = Bounds.least(lot.amount, spare(job, lot));
                uint256 brought = sell(job, lot, amount);
                uint256 part = Bounds.least(brought, due);
                if (part != 0) pay(job.pool, job.owner, job.debt, part);
                (lot.amount, due, got) = (lot.amount - amount, due - part, got + brought);
            }
        }
        if (got < job.owed) revert ProceedsTooLow(got, job.owed);
    }

    /// @dev The pool takes exactly the amount, or nothing of this call stands.
    function pay(IPool pool, address owner, address debt, uint256 amount) internal {
        uint256 before = IToken(debt).balanceOf(address(this));
        Tokens.allow(debt, address(pool), amount);
        pool.repay(debt, amount, VARIABLE_RATE, owner);
        exact(debt, address(this), before - amount);
    }

    /// @dev A token that takes a fee, or changes balances by itself, is refused by what it does.
    function exact(address token, address holder, uint256 expected) internal view {
        uint256 got = IToken(token).balanceOf(holder);
        if (got != expected) revert InexactToken(token, expected, got);
    }

    /// @dev Units that may leave before health would reach 1.
    function spare(Job memory job, Lots.Lot memory lot) private view returns (uint256) {
        (, uint256 debt,,,, uint256 health) = job.pool.getUserAccountData(job.owner);
        if (lot.threshold == 0 || debt == 0) return type(uint256).max;
        if (health <= Bounds.WAD) return 0;
        uint256 value = (debt * (health - Bounds.WAD) * LOOP_SHARE) / Bounds.WAD / lot.threshold;
        return (value * References.BASE_TO_WAD * lot.unit) / lot.base;
    }

    function sell(Job memory job, Lots.Lot memory lot, uint256 amount) private returns (uint256 brought) {
        IToken(lot.aToken).transferFrom(job.owner, address(this), amount);
        uint256 unused;
        (brought, unused) = lot.asset == job.debt ? (take(job, amount), 0) : swap(job, lot, amount);
        uint256 used = unused < amount ? amount - unused : 0;
        uint256 floor = lot.floorOf(used);
        if (brought < floor) revert CostAboveBound(lot.asset, brought, floor);
        noteSold(lot.index, used);
    }

    /// @dev The collateral is the debt asset itself.
    function take(Job memory job, uint256 amount) private returns (uint256) {
        uint256 before = IToken(job.debt).balanceOf(address(this));
        job.pool.withdraw(job.debt, amount, address(this));
        exact(job.debt, address(this), before + amount);
        return amount;
    }

    function swap(Job memory job, Lots.Lot memory lot, uint256 amount)
        private
        returns (uint256 brought, uint256 unused)
    {
        uint256 there = IToken(lot.asset).balanceOf(SWAPPER);
        job.pool.withdraw(lot.asset, amount, SWAPPER);
        exact(lot.asset, SWAPPER, there + amount);
        uint256 assetHere = IToken(lot.asset).balanceOf(address(this));
        uint256 debtHere = IToken(job.debt).balanceOf(address(this));
        Sale memory sale = job.sales[lot.index];
        (uint256 collateral, uint256 debt) = totals(job);
        (brought, unused) = ISwapper(SWAPPER).swap(
            ISwapper.Order(lot.asset, job.debt, amount, lot.floorOf(amount), sale.route, sale.data)
        );
        (uint256 collateralAfter, uint256 debtAfter) = totals(job);
        if (collateralAfter != collateral || debtAfter != debt) revert PositionChanged(collateralAfter, debtAfter);
        exact(job.debt, address(this), debtHere + brought);
        exact(lot.asset, address(this), assetHere + unused);
        Tokens.send(lot.asset, job.owner, unused);
    }

    /// @dev The owner's position at the venue's prices. A route runs while health may be hardly above 1: where it moved a price or
    /// liquidated the owner, these differ.
    function totals(Job memory job) private view returns (uint256 collateral, uint256 debt) {
        (collateral, debt,,,,) = job.pool.getUserAccountData(job.owner);
    }
}
