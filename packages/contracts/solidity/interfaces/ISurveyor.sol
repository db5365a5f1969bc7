// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {Lots} from "../Lots.sol";
import {References} from "../References.sol";
import {IGuardian} from "./IGuardian.sol";

/// @title Decides what a policy allows at this moment, and changes nothing.
/// @dev The caller is taken for the guardian: allowances are those granted to it.
interface ISurveyor {
    /// @notice What a policy has used up in its present period, base currency, and when it was last used.
    struct Used {
        uint256 spent;
        uint256 bounty;
        uint256 lastCall;
    }

    /// @notice What a call may do. Amounts in units of the debt asset, values in base currency.
    /// @param pool to be called.
    /// @param health before the call.
    /// @param owes all that is owed of the debt asset.
    /// @param cap most that one call may repay.
    /// @param repay what it repays.
    /// @param bounty for the executor.
    /// @param repayValue counted against the caps.
    /// @param bountyValue counted against the caps.
    /// @param drained whether the wallet, and nothing else, ended the repayment.
    /// @param source of the loan.
    /// @param premium of the loan.
    /// @param lots in the order in which they leave.
    struct Survey {
        address pool;
        uint256 health;
        uint256 owes;
        uint256 cap;
        uint256 repay;
        uint256 bounty;
        uint256 repayValue;
        uint256 bountyValue;
        bool drained;
        IGuardian.Source source;
        uint256 premium;
        Lots.Lot[] lots;
    }

    /// @notice Refuses a policy that could never act, or would act against its owner.
    function checkPolicy(IGuardian.Policy calldata policy) external view;

    /// @notice A repayment by selling `amounts` of the policy's collaterals, at most.
    /// @param closing whether stop-loss and take-profit prices decide, not health.
    function surveySale(
        IGuardian.Policy calldata policy,
        Used calldata used,
        address debt,
        uint256 repay,
        uint256[] calldata amounts,
        bool closing
    ) external view returns (Survey memory);

    /// @notice A repayment from the owner's wallet.
    function surveyReserve(IGuardian.Policy calldata policy, Used calldata used, address debt, uint256 repay)
        external
        view
        returns (Survey memory);

    /// @notice What a sale would have to bring and may take.
    function quote(IGuardian.Policy calldata policy, Used calldata used, address debt, uint256 repay)
        external
        view
        returns (IGuardian.Quote memory);

    /// @notice Whether none of the policy's other debts is worth more than `value`: a speck of a second debt ends no call.
    function isLargest(IGuardian.Policy calldata policy, address debt, uint256 value) external view returns (bool);

    /// @notice Whether nothing that matters beside a repayment of `value` is left of the collaterals: neither 1 % of it nor one unit of
    /// the base currency. What a call that began at `health` could not sell, because its prices are in doubt or selling it lowers
    /// health, does not count.
    function isExhausted(IGuardian.Policy calldata policy, uint256 health, uint256 value) external view returns (bool);

    /// @notice Both prices of a token, WAD, or which rule of the policy they break.
    function pricesOf(address oracle, IGuardian.Asset calldata pinned) external view returns (References.Prices memory);
}
