// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";
import {IPool} from "./interfaces/IAave.sol";
import {IMorphoFlash} from "./interfaces/IMorphoFlash.sol";
import {Lock} from "./Lock.sol";

/// @title Lenders of the debt asset for the length of a call, and their callbacks.
abstract contract Flash is Lock {
    /// @inheritdoc IGuardian
    address public immutable MORPHO;

    constructor(address morpho) {
        MORPHO = morpho;
    }

    /// @dev Ends after `repayAndSell(data)` has run and the lender has taken its money back.
    function borrow(Source source, address pool, address debt, uint256 amount, bytes memory data) internal {
        if (source == Source.Pool) {
            expect(pool, data);
            IPool(pool).flashLoanSimple(address(this), debt, amount, data, 0);
        } else {
            expect(MORPHO, data);
            IMorphoFlash(MORPHO).flashLoan(debt, amount, data);
        }
    }

    /// @notice The market's callback of a flash loan that this contract asked for.
    function executeOperation(address, uint256, uint256, address, bytes calldata data) external returns (bool) {
        fulfil(data);
        repayAndSell(data);
        return true;
    }

    /// @notice Morpho's callback of a flash loan that this contract asked for.
    function onMorphoFlashLoan(uint256, bytes calldata data) external {
        fulfil(data);
        repayAndSell(data);
    }

    function repayAndSell(bytes calldata data) internal virtual;
}
