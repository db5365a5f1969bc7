// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// @title The free flash loan of Morpho Blue: transfers, calls `onMorphoFlashLoan(assets, data)`, takes the same amount back.
interface IMorphoFlash {
    /// @notice Lends `assets` until the end of the call.
    function flashLoan(address token, uint256 assets, bytes calldata data) external;
}
