// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "./interfaces/IGuardian.sol";
import {IPool, IPoolAddressesProvider, IPriceOracle} from "./interfaces/IAave.sol";
import {ISurveyor} from "./interfaces/ISurveyor.sol";
import {IToken} from "./interfaces/IToken.sol";
import {Bounds} from "./Bounds.sol";
import {Lots} from "./Lots.sol";
import {Market} from "./Market.sol";
import {PolicyCheck} from "./PolicyCheck.sol";
import {References} from "./References.sol";

/// @title Decides what a policy allows at this moment: triggers, caps, references, order and amounts.
/// @dev Holds nothing, stores nothing, is allowed nothing, and only reads. The guardian makes its own when it is made.
contract Surveyor is PolicyCheck {
    using Lots for Lots.Lot;

    /// @dev What is being repaid, and how urgent it is. Price in WAD.
    struct Case {
        IPool pool;
        Market.Reserve reserve;
        IGuardian.Asset pinned;
        uint256 price;
        uint256 danger;
    }

    /// @dev One collateral as it stands: `free` units could leave now.
    struct Stock {
        Market.Reserve reserve;
        uint256 free;
        uint256 rank;
    }

    /// @dev What anybody may give an owner, or accrues while a call waits, is no reason to refuse it: one unit of the base currency, or
    /// one in so many of what is repaid.
    uint256 private constant SPECK = 1e8;
    uint256 private constant SPECKS = 100;

    /// @dev Two frames each keep one of 64 parts of their gas back: where this much is left after a source that failed, it had thirty
    /// times as much.
    uint256 private constant GAS_LEFT = 30_000;

    address private immutable morpho;

    constructor(address provider_, address morpho_) {
        (provider, morpho) = (IPoolAddressesProvider(provider_), morpho_);
    }

    /// @inheritdoc ISurveyor
    function surveySale(
        IGuardian.Policy calldata policy,
        Used calldata used,
        address debt,
        uint256 repay,
        uint256[] calldata amounts,
        bool closing
    ) external view returns (Survey memory found) {
        Case memory what = look(policy, found, used, debt, repay);
        checkMarket(policy, what.pool);
        if (closing) checkClosePrice(policy);
        else checkTrigger(policy, found.health);
        lend(policy, found, what);
        plan(policy, found, what, amounts);
    }

    /// @inheritdoc ISurveyor
    function surveyReserve(IGuardian.Policy calldata policy, Used calldata used, address debt, uint256 repay)
        external
        view
        returns (Survey memory found)
    {
        if (!policy.terms.reserveRepay) revert IGuardian.ReserveNotAllowed();
        Case memory what = look(policy, found, used, debt, repay);
        checkTrigger(policy, found.health);
        found.source = IGuardian.Source.None;
        uint256 available =
            Bounds.least(IToken(debt).balanceOf(policy.owner), IToken(debt).allowance(policy.owner, msg.sender));
        if (found.repay + found.bounty <= available) return found;
        found.drained = true;
        uint256 share = Bounds.bounty(policy.bounty, what.danger);
        size(policy, found, what, used, (available * Bounds.BPS) / (Bounds.BPS + share));
        // A bounty that a cap keeps small leaves more of the wallet for the debt.
        if (found.bounty < (found.repay * share) / Bounds.BPS) size(policy, found, what, used, available - found.bounty);
        if (found.repay == 0) revert IGuardian.ReserveEmpty();
    }

    /// @inheritdoc ISurveyor
    function quote(IGuardian.Policy calldata policy, Used calldata used, address debt, uint256 repay)
        external
        view
        returns (IGuardian.Quote memory quoted)
    {
        Survey memory found;
        Case memory what = look(policy, found, used, debt, repay);
        checkMarket(policy, what.pool);
        checkTrigger(policy, found.health);
        lend(policy, found, what);
        (quoted.health, quoted.repay, quoted.cap) = (found.health, found.repay, found.cap);
        (quoted.bounty, quoted.source, quoted.premium) = (found.bounty, found.source, found.premium);
        quoted.owed = found.repay + found.premium + found.bounty;
        quoted.offers = offers(policy, found, what, quoted.owed);
    }

    /// @inheritdoc ISurveyor
    function isLargest(IGuardian.Policy calldata policy, address debt, uint256 value) external view returns (bool) {
        IPool pool = IPool(provider.getPool());
        Market.Account memory nobody;
        for (uint256 i; i < policy.debts.length; i++) {
            address other = policy.debts[i].asset;
            if (other == debt) continue;
            Market.Reserve memory reserve = Market.reserve(pool, nobody, other);
            uint256 owes = Market.owed(reserve, policy.owner);
            if (owes != 0 && worth(owes, priceOf(other), reserve.unit) > value) return false;
        }
        return true;
    }

    /// @inheritdoc ISurveyor
    function isExhausted(IGuardian.Policy calldata policy, uint256 health, uint256 value) external view returns (bool) {
        Stock[] memory rest = stocks(policy, IPool(provider.getPool()));
        uint256 unsold;
        for (uint256 i; i < rest.length; i++) if (rest[i].free != 0) unsold += sellable(policy, i, rest[i], health);
        return unsold <= SPECK || unsold <= value / SPECKS;
    }

    /// @inheritdoc ISurveyor
    function pricesOf(address oracle, IGuardian.Asset calldata pinned)
        external
        view
        returns (References.Prices memory)
    {
        return References.read(IPriceOracle(oracle), pinned);
    }

    /// @dev What is left of a collateral that a call that began at `health` could have sold, base currency. Prices are asked for from
    /// outside, so that their refusal is an answer; whoever pays the gas cannot make one of it: what an honest source takes is a small
    /// part of what has to be there when it fails.
    function sellable(IGuardian.Policy calldata policy, uint256 index, Stock memory stock, uint256 health)
        private
        view
        returns (uint256)
    {
        Lots.Lot memory lot;
        lot.threshold = stock.reserve.threshold;
        lot.cost = Bounds.cost(policy.cost, Bounds.danger(policy.health, health), stock.reserve.bonus);
        if (health <= lot.limit()) return 0;
        try this.pricesOf(policy.oracle, policy.collaterals[index]) returns (References.Prices memory prices) {
            return worth(stock.free, prices.venue, stock.reserve.unit);
        } catch {
            if (gasleft() < GAS_LEFT) revert IGuardian.GasTooLow(gasleft(), GAS_LEFT);
            return 0;
        }
    }

    /// @dev Everything that is known before prices are trusted.
    function look(
        IGuardian.Policy calldata policy,
        Survey memory found,
        Used calldata used,
        address debt,
        uint256 repay
    ) private view returns (Case memory what) {
        what.pool = IPool(provider.getPool());
        found.pool = address(what.pool);
        (,,,,, found.health) = what.pool.getUserAccountData(policy.owner);
        checkCooldown(policy, used, found.health);
        what.pinned = pinOf(policy.debts, debt);
        what.danger = Bounds.danger(policy.health, found.health);
        what.reserve = Market.reserve(what.pool, Market.account(what.pool, policy.owner), debt);
        what.price = priceOf(debt);
        found.owes = Market.owed(what.reserve, policy.owner);
        found.cap = unitsOf(what, Bounds.least(policy.caps.perCall, left(policy.caps.perPeriod, used.spent)));
        size(policy, found, what, used, Bounds.least(repay, Bounds.least(found.owes, found.cap)));
        if (found.repay == 0) revert IGuardian.NothingToRepay();
    }

    /// @dev The amount that is repaid, and what follows from it.
    function size(
        IGuardian.Policy calldata policy,
        Survey memory found,
        Case memory what,
        Used calldata used,
        uint256 repay
    ) private pure {
        uint256 most = Bounds.least(policy.bounty.perCall, left(policy.bounty.perPeriod, used.bounty));
        uint256 share = (repay * Bounds.bounty(policy.bounty, what.danger)) / Bounds.BPS;
        (found.repay, found.bounty) = (repay, Bounds.least(share, unitsOf(what, most)));
        (found.repayValue, found.bountyValue) = (valueOf(what, repay), valueOf(what, found.bounty));
    }

    /// @dev Lenders in order: the market itself, Morpho, nobody. Chosen by looking, never by trying and catching: whoever pays the gas
    /// could starve the first attempt.
    function lend(IGuardian.Policy calldata policy, Survey memory found, Case memory what) private view {
        address debt = what.pinned.asset;
        uint256 share = what.pool.FLASHLOAN_PREMIUM_TOTAL();
        bool lends = what.reserve.lends && what.pool.getVirtualUnderlyingBalance(debt) >= found.repay;
        if (lends && share <= policy.cost.maxPremium) {
            (found.source, found.premium) = (IGuardian.Source.Pool, Bounds.up(found.repay * share, Bounds.BPS));
        } else if (morpho != address(0) && IToken(debt).balanceOf(morpho) >= found.repay) {
            found.source = IGuardian.Source.Morpho;
        } else if (found.health > Bounds.WAD) {
            found.source = IGuardian.Source.None;
        } else {
            revert IGuardian.NoFlashSource(found.health);
        }
    }

    /// @dev The lots of a call, in the order in which they leave.
    function plan(
        IGuardian.Policy calldata policy,
        Survey memory found,
        Case memory what,
        uint256[] calldata amounts
    ) private view {
        uint256 count = policy.collaterals.length;
        if (amounts.length != count) revert IGuardian.SalesMismatch(amounts.length, count);
        Stock[] memory stock = stocks(policy, what.pool);
        References.Prices memory debt = References.read(IPriceOracle(policy.oracle), what.pinned);
        found.lots = new Lots.Lot[](count);
        uint256 floors;
        for (uint256 i; i < count; i++) {
            uint256 amount = Bounds.least(amounts[i], stock[i].free);
            if (amount == 0) continue;
            Lots.Lot memory lot = lotOf(policy, i, stock[i], what, debt);
            if (found.health <= lot.limit()) {
                revert IGuardian.SellingLowersHealth(lot.asset, found.health, lot.limit());
            }
            lot.amount = amount;
            floors += lot.floorOf(amount);
            found.lots[stock[i].rank] = lot;
        }
        if (floors == 0) revert IGuardian.NothingToSell();
        uint256 owed = found.repay + found.premium + found.bounty;
        if (floors > owed) revert IGuardian.PullAboveNeed(floors, owed);
    }

    function offers(IGuardian.Policy calldata policy, Survey memory found, Case memory what, uint256 owed)
        private
        view
        returns (IGuardian.Offer[] memory offered)
    {
        Stock[] memory stock = stocks(policy, what.pool);
        References.Prices memory debt = References.read(IPriceOracle(policy.oracle), what.pinned);
        offered = new IGuardian.Offer[](stock.length);
        for (uint256 i; i < stock.length; i++) {
            offered[i].rank = stock[i].rank;
            if (stock[i].free == 0) continue;
            Lots.Lot memory lot = lotOf(policy, i, stock[i], what, debt);
            (offered[i].withdrawable, offered[i].costBound) = (stock[i].free, lot.cost);
            if (found.health > lot.limit()) offered[i].maxSale = lot.most(owed);
        }
    }

    /// @dev Collaterals with an LTV of zero leave first, the others in the policy's order, as far as the executor sells them; while one of
    /// the first cannot leave, the pool lets none of the others go.
    function stocks(IGuardian.Policy calldata policy, IPool pool) private view returns (Stock[] memory found) {
        Market.Account memory account = Market.account(pool, policy.owner);
        found = new Stock[](policy.collaterals.length);
        uint256 next;
        bool stuck;
        for (uint256 i; i < found.length; i++) {
            address asset = policy.collaterals[i].asset;
            Market.Reserve memory reserve = Market.reserve(pool, account, asset);
            found[i] = Stock(reserve, Market.withdrawable(pool, reserve, policy.owner, asset), 0);
            if (!reserve.locks) continue;
            found[i].rank = next++;
            if (found[i].free < IToken(reserve.aToken).balanceOf(policy.owner)) stuck = true;
        }
        for (uint256 i; i < found.length; i++) {
            if (found[i].reserve.locks) continue;
            found[i].rank = next++;
            if (stuck) found[i].free = 0;
        }
    }

    /// @dev A collateral with its prices and its bound.
    function lotOf(
        IGuardian.Policy calldata policy,
        uint256 index,
        Stock memory stock,
        Case memory what,
        References.Prices memory debt
    ) private view returns (Lots.Lot memory lot) {
        References.Prices memory prices = References.read(IPriceOracle(policy.oracle), policy.collaterals[index]);
        lot.index = index;
        lot.asset = policy.collaterals[index].asset;
        lot.aToken = stock.reserve.aToken;
        lot.threshold = stock.reserve.threshold;
        lot.cost = Bounds.cost(policy.cost, what.danger, stock.reserve.bonus);
        (lot.base, lot.unit) = (prices.venue, stock.reserve.unit);
        lot.venue = Lots.Price(prices.venue * what.reserve.unit, debt.venue * lot.unit);
        lot.second = Lots.Price(prices.second * what.reserve.unit, debt.second * lot.unit);
    }

    function checkTrigger(IGuardian.Policy calldata policy, uint256 health) private pure {
        if (health >= policy.health.trigger) revert IGuardian.NotTriggered(health, policy.health.trigger);
    }

    /// @dev Only above urgent: below it, every block counts.
    function checkCooldown(IGuardian.Policy calldata policy, Used calldata used, uint256 health) private view {
        uint256 until = used.lastCall + policy.terms.cooldown;
        if (health > policy.health.urgent && used.lastCall != 0 && block.timestamp < until) {
            revert IGuardian.CoolingDown(until);
        }
    }

    /// @dev The market is the one that was pinned.
    function checkMarket(IGuardian.Policy calldata policy, IPool pool) private view {
        uint256 revision = pool.POOL_REVISION();
        if (!accepts(policy.revisions, revision)) revert IGuardian.UnknownRevision(revision);
        address oracle = provider.getPriceOracle();
        if (oracle != policy.oracle) revert IGuardian.OracleChanged(oracle);
    }

    /// @dev Both prices of some collateral stand at its stop-loss, or both at its take-profit.
    function checkClosePrice(IGuardian.Policy calldata policy) private view {
        for (uint256 i; i < policy.collaterals.length; i++) {
            IGuardian.Asset calldata pinned = policy.collaterals[i];
            if (pinned.stopLoss == 0 && pinned.takeProfit == 0) continue;
            References.Prices memory prices = References.read(IPriceOracle(policy.oracle), pinned);
            uint256 lower = Bounds.least(prices.venue, prices.second);
            uint256 higher = prices.venue + prices.second - lower;
            if (higher <= pinned.stopLoss * References.BASE_TO_WAD) return;
            if (pinned.takeProfit != 0 && lower >= pinned.takeProfit * References.BASE_TO_WAD) return;
        }
        revert IGuardian.PriceNotReached();
    }

    /// @dev The venue's price by the oracle it has now, WAD: caps are counted in it, also where it is not trusted to sell by.
    function priceOf(address asset) private view returns (uint256) {
        return IPriceOracle(provider.getPriceOracle()).getAssetPrice(asset) * References.BASE_TO_WAD;
    }

    /// @dev Units in base currency, rounded down.
    function worth(uint256 units, uint256 price, uint256 unit) private pure returns (uint256) {
        return (units * price) / unit / References.BASE_TO_WAD;
    }

    function pinOf(IGuardian.Asset[] calldata assets, address asset) private pure returns (IGuardian.Asset memory) {
        for (uint256 i; i < assets.length; i++) if (assets[i].asset == asset) return assets[i];
        revert IGuardian.NotAllowed(asset);
    }

    function left(uint256 cap, uint256 used) private pure returns (uint256) {
        return cap > used ? cap - used : 0;
    }

    function unitsOf(Case memory what, uint256 value) private pure returns (uint256) {
        return (value * References.BASE_TO_WAD * what.reserve.unit) / what.price;
    }

    function valueOf(Case memory what, uint256 units) private pure returns (uint256) {
        return Bounds.up(units * what.price, what.reserve.unit * References.BASE_TO_WAD);
    }
}
