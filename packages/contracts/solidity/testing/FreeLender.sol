// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {Tokens} from "../Tokens.sol";

interface IBorrower {
    function onMorphoFlashLoan(uint256 assets, bytes calldata data) external;
}

/// Lends for nothing in the words of Morpho Blue, on test chains; calls back as often as it is told.
contract FreeLender {
    uint256 public calls = 1;

    function setCalls(uint256 calls_) external {
        calls = calls_;
    }

    function flashLoan(address token, uint256 assets, bytes calldata data) external {
        Tokens.send(token, msg.sender, assets);
        for (uint256 i; i < calls; i++) IBorrower(msg.sender).onMorphoFlashLoan(assets, data);
        Tokens.pull(token, msg.sender, assets);
    }
}
