// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// A later revision of the pool for test chains: says so, and does everything else as the one before.
contract NextPool {
    uint256 public constant POOL_REVISION = 11;
    address private immutable before;

    constructor(address before_) {
        before = before_;
    }

    function initialize(address) external {}

    fallback() external {
        address to = before;
        assembly {
            calldatacopy(0, 0, calldatasize())
            let done := delegatecall(gas(), to, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if done { return(0, returndatasize()) }
            revert(0, returndatasize())
        }
    }
}
