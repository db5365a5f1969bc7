// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// A contract that holds a position on test chains: does what anybody tells it, and has signed the digest that it was told.
contract ContractOwner {
    bytes32 public signed;

    function sign(bytes32 digest) external {
        signed = digest;
    }

    function run(address target, bytes calldata data) external {
        (bool done, bytes memory reason) = target.call(data);
        if (done) return;
        assembly {
            revert(add(reason, 32), mload(reason))
        }
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == signed ? this.isValidSignature.selector : bytes4(0);
    }
}
