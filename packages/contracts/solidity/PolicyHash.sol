// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";

/// @title EIP-712 hashes of a policy. Its struct hash is its id.
library PolicyHash {
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes private constant ASSET_TYPE =
        "Asset(address asset,address source,address heartbeat,address second,uint256 sourceMaxAge,uint256 secondMaxAge,uint256 maxDisagreement,uint256 stopLoss,uint256 takeProfit)";
    bytes private constant BOUNTY_TYPE =
        "Bounty(uint256 atTrigger,uint256 atUrgent,uint256 perCall,uint256 perPeriod)";
    bytes private constant CAPS_TYPE = "Caps(uint256 perCall,uint256 perPeriod,uint256 period)";
    bytes private constant COST_TYPE =
        "Cost(uint256 atTrigger,uint256 bonusShare,uint256 ceiling,uint256 maxPremium)";
    bytes private constant HEALTH_TYPE =
        "Health(uint256 trigger,uint256 urgent,uint256 targetLow,uint256 targetHigh)";
    bytes private constant TERMS_TYPE =
        "Terms(uint256 expiry,uint256 cooldown,bool reserveRepay,uint256 nonce,uint256 epoch)";
    bytes32 private constant POLICY = keccak256(
        abi.encodePacked(
            "Policy(address owner,address provider,address oracle,uint256[] revisions,Asset[] debts,Asset[] collaterals,Health health,Cost cost,Bounty bounty,Caps caps,Terms terms,address[] executors)",
            ASSET_TYPE,
            BOUNTY_TYPE,
            CAPS_TYPE,
            COST_TYPE,
            HEALTH_TYPE,
            TERMS_TYPE
        )
    );
    bytes32 private constant ASSET = keccak256(ASSET_TYPE);
    bytes32 private constant BOUNTY = keccak256(BOUNTY_TYPE);
    bytes32 private constant CAPS = keccak256(CAPS_TYPE);
    bytes32 private constant COST = keccak256(COST_TYPE);
    bytes32 private constant HEALTH = keccak256(HEALTH_TYPE);
    bytes32 private constant TERMS = keccak256(TERMS_TYPE);

    /// @notice Struct hash.
    function id(IGuardian.Policy calldata policy) internal pure returns (bytes32) {
        return keccak256(
            bytes.concat(
                abi.encode(POLICY, policy.owner, policy.provider, policy.oracle),
                keccak256(abi.encodePacked(policy.revisions)),
                hash(policy.debts),
                hash(policy.collaterals),
                keccak256(abi.encode(HEALTH, policy.health)),
                keccak256(abi.encode(COST, policy.cost)),
                keccak256(abi.encode(BOUNTY, policy.bounty)),
                keccak256(abi.encode(CAPS, policy.caps)),
                keccak256(abi.encode(TERMS, policy.terms)),
                keccak256(abi.encodePacked(policy.executors))
            )
        );
    }

    /// @notice What an owner signs: the struct hash for this chain, as its id is now, and this contract.
    function digest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain(), structHash));
    }

    function domain() internal view returns (bytes32) {
        return keccak256(
            abi.encode(DOMAIN, keccak256("Plimsoll Guardian"), keccak256("1"), block.chainid, address(this))
        );
    }

    function hash(IGuardian.Asset[] calldata assets) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](assets.length);
        for (uint256 i; i < assets.length; i++) hashes[i] = keccak256(abi.encode(ASSET, assets[i]));
        return keccak256(abi.encodePacked(hashes));
    }
}
