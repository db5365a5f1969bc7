// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IPool} from "./interfaces/IAave.sol";
import {IToken} from "./interfaces/IToken.sol";
import {Bounds} from "./Bounds.sol";

/// @title What an Aave v3 pool says of one owner's reserves now.
/// @dev Bits as in aave-v3-origin 3.6.0: ReserveConfiguration, UserConfiguration, ValidationLogic.getUserReserveLtv.
library Market {
    uint256 private constant ACTIVE = 1 << 56;
    uint256 private constant PAUSED = 1 << 60;
    uint256 private constant FLASH = 1 << 63;

    /// @notice The owner's switches.
    /// @param flags bit 2i: borrows reserve i; bit 2i + 1: reserve i counts as collateral.
    /// @param inMode reserves whose collateral follows the e-mode, by bit.
    /// @param zeroInMode reserves whose LTV in the e-mode is zero, by bit.
    struct Account {
        address owner;
        uint256 flags;
        uint256 inMode;
        uint256 zeroInMode;
        IPool.CollateralConfig mode;
    }

    /// @param unit one whole token.
    /// @param threshold basis points of the value that count for health; zero where it is not the owner's collateral.
    /// @param bonus basis points that a liquidator gets on top.
    /// @param locks whether it is collateral with an LTV of zero: it has to leave before any other may.
    struct Reserve {
        address aToken;
        address debtToken;
        uint256 unit;
        uint256 threshold;
        uint256 bonus;
        bool locks;
        bool open;
        bool lends;
    }

    function account(IPool pool, address owner) internal view returns (Account memory found) {
        (found.owner, found.flags) = (owner, pool.getUserConfiguration(owner));
        uint8 category = uint8(pool.getUserEMode(owner));
        if (category == 0) return found;
        found.mode = pool.getEModeCategoryCollateralConfig(category);
        found.inMode = pool.getEModeCategoryCollateralBitmap(category);
        found.zeroInMode = pool.getEModeCategoryLtvzeroBitmap(category);
    }

    function reserve(IPool pool, Account memory owner, address asset) internal view returns (Reserve memory found) {
        IPool.ReserveData memory data = pool.getReserveData(asset);
        uint256 config = data.configuration;
        found.aToken = data.aToken;
        found.debtToken = data.variableDebtToken;
        found.unit = 10 ** ((config >> 48) & 0xff);
        // Dropped by governance: its number is zero, and so another reserve's.
        if (data.aToken == address(0)) return found;
        found.open = config & ACTIVE != 0 && config & PAUSED == 0;
        found.lends = found.open && config & FLASH != 0;
        bool inMode = (owner.inMode >> data.id) & 1 != 0;
        uint256 bonus = inMode ? owner.mode.liquidationBonus : (config >> 32) & 0xffff;
        found.bonus = bonus > Bounds.BPS ? bonus - Bounds.BPS : 0;
        if ((owner.flags >> (2 * uint256(data.id) + 1)) & 1 == 0) return found;
        found.threshold = inMode ? owner.mode.liquidationThreshold : (config >> 16) & 0xffff;
        found.locks = inMode
            ? (owner.zeroInMode >> data.id) & 1 != 0 || owner.mode.ltv == 0
            : config & 0xffff == 0;
    }

    /// @notice Units that are owed of a reserve; zero where the market dropped it.
    function owed(Reserve memory found, address owner) internal view returns (uint256) {
        return found.debtToken == address(0) ? 0 : IToken(found.debtToken).balanceOf(owner);
    }

    /// @notice Units that could leave now: what the owner has and allows, and what the reserve has not lent out.
    function withdrawable(IPool pool, Reserve memory found, address owner, address asset)
        internal
        view
        returns (uint256)
    {
        if (!found.open) return 0;
        uint256 owned = Bounds.least(
            IToken(found.aToken).balanceOf(owner), IToken(found.aToken).allowance(owner, msg.sender)
        );
        return Bounds.least(owned, pool.getVirtualUnderlyingBalance(asset));
    }
}
