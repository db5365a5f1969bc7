// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {ISwapRoute} from "../interfaces/ISwapRoute.sol";

interface IMint {
    function mint(address to, uint256 value) external;
    function transfer(address to, uint256 value) external returns (bool);
}

/// A route for test chains that does what the executor's data says, out of tokens that anybody may mint.
contract ScriptedRoute is ISwapRoute {
    /// @param pay units of the wanted token; the largest number: what is wanted at least.
    /// @param back units of the sold token given back.
    /// @param target called with `data` before paying, where it is not zero.
    /// @param answer bytes to answer with; refuse with them instead where `refuse` says so.
    struct Script {
        uint256 pay;
        uint256 back;
        address target;
        bytes data;
        uint256 answer;
        bool refuse;
    }

    function swap(address tokenIn, address tokenOut, uint256, uint256 minOut, bytes calldata data) external {
        Script memory script = abi.decode(data, (Script));
        if (script.target != address(0)) call(script.target, script.data);
        IMint(tokenOut).mint(msg.sender, script.pay == type(uint256).max ? minOut : script.pay);
        if (script.back != 0) IMint(tokenIn).transfer(msg.sender, script.back);
        uint256 size = script.answer;
        bool refuse = script.refuse;
        assembly {
            if refuse { revert(0, size) }
            if size { return(0, size) }
        }
    }

    function call(address target, bytes memory data) private {
        (bool done, bytes memory reason) = target.call(data);
        if (done) return;
        assembly {
            revert(add(reason, 32), mload(reason))
        }
    }
}
