// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";
import {IPool, IPoolAddressesProvider, IPriceOracle} from "./interfaces/IAave.sol";
import {ISurveyor} from "./interfaces/ISurveyor.sol";
import {Bounds} from "./Bounds.sol";

/// @title What a policy has to be before it is armed.
abstract contract PolicyCheck is ISurveyor {
    uint256 private constant MOST_BONUS_SHARE = 6_000;

    IPoolAddressesProvider internal immutable provider;

    /// @inheritdoc ISurveyor
    function checkPolicy(IGuardian.Policy calldata policy) external view {
        must(policy.provider == address(provider), "provider");
        must(policy.oracle == provider.getPriceOracle(), "oracle");
        IPool pool = IPool(provider.getPool());
        must(accepts(policy.revisions, pool.POOL_REVISION()), "revisions");
        checkBounds(policy);
        checkAssets(pool, policy.oracle, policy.debts, "debts");
        checkAssets(pool, policy.oracle, policy.collaterals, "collaterals");
    }

    function checkBounds(IGuardian.Policy calldata policy) private view {
        IGuardian.Health calldata health = policy.health;
        must(health.urgent > Bounds.WAD && health.urgent < health.trigger, "health");
        must(health.trigger < health.targetLow && health.targetLow < health.targetHigh, "health");
        IGuardian.Cost calldata cost = policy.cost;
        must(cost.atTrigger <= cost.ceiling && cost.ceiling <= Bounds.BPS, "cost");
        must(cost.bonusShare <= MOST_BONUS_SHARE && cost.maxPremium <= Bounds.BPS, "cost");
        IGuardian.Bounty calldata bounty = policy.bounty;
        must(bounty.atTrigger <= bounty.atUrgent && bounty.atUrgent <= Bounds.BPS, "bounty");
        must(bounty.perCall <= bounty.perPeriod && bounty.perPeriod <= type(uint64).max, "bounty");
        IGuardian.Caps calldata caps = policy.caps;
        must(caps.perCall != 0 && caps.perCall <= caps.perPeriod && caps.perPeriod <= type(uint64).max, "caps");
        must(caps.period != 0 && caps.period <= type(uint32).max, "caps");
        must(policy.terms.expiry > block.timestamp, "expiry");
        must(policy.terms.cooldown <= type(uint32).max, "cooldown");
    }

    function checkAssets(IPool pool, address oracle, IGuardian.Asset[] calldata assets, bytes32 field) private view {
        must(assets.length != 0, field);
        for (uint256 i; i < assets.length; i++) {
            IGuardian.Asset calldata pinned = assets[i];
            must(pool.getReserveData(pinned.asset).aToken != address(0), field);
            for (uint256 j; j < i; j++) must(assets[j].asset != pinned.asset, field);
            address source = IPriceOracle(oracle).getSourceOfAsset(pinned.asset);
            must(pinned.source == address(0) || pinned.source == source, "source");
            must(pinned.second != address(0) && pinned.second != source, "second");
            must(pinned.takeProfit == 0 || pinned.stopLoss < pinned.takeProfit, "close");
        }
    }

    function accepts(uint256[] calldata revisions, uint256 revision) internal pure returns (bool) {
        for (uint256 i; i < revisions.length; i++) if (revisions[i] == revision) return true;
        return false;
    }

    function must(bool holds, bytes32 field) private pure {
        if (!holds) revert IGuardian.InvalidPolicy(field);
    }
}
