// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";

/// @title What a call has to remember until it ends, and not longer (EIP-1153).
abstract contract Lock is IGuardian {
    uint256 private constant ENTERED = uint256(keccak256("plimsoll.guardian.entered"));
    uint256 private constant EXPECTED = uint256(keccak256("plimsoll.guardian.expected"));
    uint256 private constant SOLD = uint256(keccak256("plimsoll.guardian.sold"));

    modifier locked() {
        if (load(ENTERED) != 0) revert Locked();
        store(ENTERED, 1);
        _;
        store(ENTERED, 0);
    }

    /// @dev Until it calls back with exactly this data, once, only this lender may.
    function expect(address lender, bytes memory data) internal {
        store(EXPECTED, uint256(keccak256(abi.encode(lender, keccak256(data)))));
    }

    function fulfil(bytes calldata data) internal {
        if (load(EXPECTED) != uint256(keccak256(abi.encode(msg.sender, keccak256(data))))) {
            revert StrangersCallback(msg.sender);
        }
        store(EXPECTED, 0);
    }

    /// @dev Sold units of collateral number `index`, from the callback to the call that asked for it.
    function noteSold(uint256 index, uint256 amount) internal {
        store(SOLD + index, load(SOLD + index) + amount);
    }

    function takeSold(uint256 count) internal returns (uint256[] memory sold) {
        sold = new uint256[](count);
        for (uint256 i; i < count; i++) {
            sold[i] = load(SOLD + i);
            store(SOLD + i, 0);
        }
    }

    function store(uint256 slot, uint256 value) private {
        assembly ("memory-safe") {
            tstore(slot, value)
        }
    }

    function load(uint256 slot) private view returns (uint256 value) {
        assembly ("memory-safe") {
            value := tload(slot)
        }
    }
}
