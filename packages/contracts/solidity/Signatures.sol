// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// @title Whether an owner signed a digest: with a key (ECDSA) or as a contract (EIP-1271).
library Signatures {
    /// @dev Half the order of secp256k1: of the two signatures that a key has for a digest only the lower one counts.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    bytes4 private constant VALID = 0x1626ba7e;

    /// @notice An account with delegated code (EIP-7702) may sign either way.
    function isValid(address owner, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (signature.length == 65 && owner != address(0) && recover(digest, signature) == owner) return true;
        return owner.code.length != 0 && ask(owner, digest, signature);
    }

    function recover(bytes32 digest, bytes calldata signature) private pure returns (address) {
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        if (uint256(s) > HALF_ORDER) return address(0);
        return ecrecover(digest, uint8(signature[64]), r, s);
    }

    /// @dev One word of the answer is read, however long it is.
    function ask(address owner, bytes32 digest, bytes calldata signature) private view returns (bool) {
        bytes memory question = abi.encodeWithSelector(VALID, digest, signature);
        bool done;
        bytes32 answer;
        assembly ("memory-safe") {
            mstore(0, 0)
            done := staticcall(gas(), owner, add(question, 32), mload(question), 0, 32)
            answer := mload(0)
            done := and(done, gt(returndatasize(), 31))
        }
        return done && answer == bytes32(VALID);
    }
}
