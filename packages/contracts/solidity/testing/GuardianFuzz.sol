// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

import {IGuardian} from "../interfaces/IGuardian.sol";
import {IPool} from "../interfaces/IAave.sol";
import {IToken} from "../interfaces/IToken.sol";
import {ScriptedRoute} from "./ScriptedRoute.sol";

interface IFaucet is IToken {
    function mint(address to, uint256 value) external;
    function approve(address spender, uint256 value) external returns (bool);
    function transfer(address to, uint256 value) external returns (bool);
}

interface IFeed {
    function set(int256 answer) external;
}

interface IMarket is IPool {
    function supply(address asset, uint256 amount, address onBehalfOf, uint16 code) external;
    function borrow(address asset, uint256 amount, uint256 mode, uint16 code, address onBehalfOf) external;
}

/// Executes for a bounty, in an account of its own.
contract FuzzExecutor {
    function run(address target, bytes calldata data) external returns (bool done, bytes memory answer) {
        return target.call(data);
    }
}

/// Owns a position on a test chain, throws random prices, calls, amounts and routes at its guardian, and keeps its own books of what
/// may not happen. Nothing here uses the guardian's arithmetic.
contract GuardianFuzz {
    struct World {
        IGuardian guardian;
        IMarket pool;
        IFaucet weth;
        IFaucet usdc;
        IFaucet aWeth;
        IFaucet debtUsdc;
        IFeed venue;
        IFeed second;
        address route;
    }

    struct Books {
        uint256 health;
        uint256 debt;
        uint256 collateral;
        uint256 allowance;
        uint256 dollars;
        uint256 ether_;
        uint256 reserve;
        uint256 executorDollars;
        uint256 kept;
        uint256 prices;
    }

    struct Draw {
        uint256 venue;
        uint256 second;
        uint256 repay;
        uint256 kind;
        bool closing;
    }

    /// Which law was broken, by place; see `judge`.
    mapping(uint256 => uint256) public violations;
    uint256 public broken;
    uint256 public calls;
    uint256 public rescues;
    uint256 public reserves;
    uint256 public closes;
    /// Refusals by their selector.
    mapping(bytes4 => uint256) public refusals;
    bytes4[] public seen;

    World private world;
    IGuardian.Policy private policy;
    FuzzExecutor public immutable executor = new FuzzExecutor();
    address private swapper;
    uint256 private state;
    uint256 private windowEnds;
    uint256 private windowSpent;
    uint256 private windowBounty;

    uint256 private constant WAD = 1e18;
    uint256 private constant BPS = 10_000;
    uint256 private constant THRESHOLD = 8_300;

    function begin(World calldata world_, IGuardian.Policy calldata policy_, uint256 seed) external {
        world = world_;
        swapper = world_.guardian.SWAPPER();
        policy.owner = address(this);
        (policy.provider, policy.oracle) = (policy_.provider, policy_.oracle);
        policy.revisions = policy_.revisions;
        for (uint256 i; i < policy_.debts.length; i++) policy.debts.push(policy_.debts[i]);
        for (uint256 i; i < policy_.collaterals.length; i++) policy.collaterals.push(policy_.collaterals[i]);
        (policy.health, policy.cost, policy.bounty) = (policy_.health, policy_.cost, policy_.bounty);
        (policy.caps, policy.terms) = (policy_.caps, policy_.terms);
        state = seed;
        world.guardian.arm(policy);
        world.weth.approve(address(world.pool), type(uint256).max);
        refill();
    }

    function steps(uint256 count) external {
        for (uint256 i; i < count; i++) step();
    }

    function step() private {
        if (world.debtUsdc.balanceOf(address(this)) < 40_000e6) refill();
        owner();
        Draw memory draw = drawn();
        Books memory before = books();
        (bool done, bytes memory answer) = act(draw, before);
        calls++;
        if (done) judge(draw, before, abi.decode(answer, (IGuardian.Outcome)));
        else refused(bytes4(answer));
    }

    /// A larger position, opened while the price is good.
    function refill() private {
        price(2_400e8, 2_400e8);
        world.weth.mint(address(this), 60e18);
        world.pool.supply(address(world.weth), 60e18, address(this), 0);
        world.pool.borrow(address(world.usdc), 70_000e6, 2, 0, address(this));
    }

    /// What an owner, and a giver, may do between two calls.
    function owner() private {
        uint256 pick = random(8);
        if (pick == 0) world.aWeth.approve(address(world.guardian), random(60e18));
        else if (pick < 4) world.aWeth.approve(address(world.guardian), type(uint256).max);
        if (random(4) == 0) world.usdc.approve(address(world.guardian), random(60_000e6));
        if (random(8) == 0) world.usdc.mint(address(world.guardian), random(1e9));
        if (random(8) == 0) world.weth.mint(swapper, random(1e18));
    }

    function drawn() private returns (Draw memory draw) {
        uint256 debt = world.debtUsdc.balanceOf(address(this));
        uint256 health = 0.93e18 + random(0.3e18);
        draw.venue = (debt * health * BPS * 1e2) / THRESHOLD / world.aWeth.balanceOf(address(this));
        uint256 gap = random(3) == 0 ? random(220) : random(60);
        draw.second = random(2) == 0 ? (draw.venue * (BPS + gap)) / BPS : (draw.venue * BPS) / (BPS + gap);
        price(draw.venue, draw.second);
        draw.kind = random(8);
        draw.closing = draw.kind == 1;
        uint256 target = 1.37e18 + random(0.13e18);
        uint256 need = (debt * (target - health)) / (target - (THRESHOLD * 1e14 * 102) / 100);
        draw.repay = random(5) == 0 ? random(debt) : need;
        uint256 cap = policy.caps.perCall / 100;
        if (draw.repay > cap && random(8) != 0) draw.repay = cap;
    }

    function act(Draw memory draw, Books memory before) private returns (bool, bytes memory) {
        address debt = address(world.usdc);
        if (draw.kind == 0) {
            return executor.run(
                address(world.guardian), abi.encodeCall(IGuardian.repayFromReserve, (policy, debt, draw.repay))
            );
        }
        IGuardian.Sale[] memory sales = new IGuardian.Sale[](1);
        // What would be fair, by the dearer price, and a random mood about it.
        uint256 dearer = draw.venue > draw.second ? draw.venue : draw.second;
        uint256 amount = (draw.repay * 1e20 * (10_000 + random(150))) / dearer / BPS;
        if (random(10) == 0) amount = type(uint256).max;
        uint256 pay = (draw.repay * (9_950 + random(150))) / BPS;
        if (random(2) == 0) pay = (draw.repay * (10_035 + random(30))) / BPS;
        bytes memory data = abi.encode(ScriptedRoute.Script(pay, random(4) == 0 ? random(1e17) : 0, address(0), "", 0, false));
        sales[0] = IGuardian.Sale(amount, world.route, data);
        before.reserve = amount;
        return executor.run(
            address(world.guardian),
            draw.closing
                ? abi.encodeCall(IGuardian.close, (policy, debt, draw.repay, sales))
                : abi.encodeCall(IGuardian.execute, (policy, debt, draw.repay, sales))
        );
    }

    function books() private view returns (Books memory found) {
        (,,,,, found.health) = world.pool.getUserAccountData(address(this));
        found.debt = world.debtUsdc.balanceOf(address(this));
        found.collateral = world.aWeth.balanceOf(address(this));
        found.allowance = world.aWeth.allowance(address(this), address(world.guardian));
        found.dollars = world.usdc.balanceOf(address(this));
        found.ether_ = world.weth.balanceOf(address(this));
        found.executorDollars = world.usdc.balanceOf(address(executor));
        found.kept = uint256(keccak256(abi.encode(holdings(address(world.guardian)), holdings(swapper))));
    }

    function holdings(address holder) private view returns (uint256[4] memory) {
        return [
            world.usdc.balanceOf(holder),
            world.weth.balanceOf(holder),
            world.aWeth.balanceOf(holder),
            world.usdc.allowance(holder, address(world.pool))
        ];
    }

    /// The laws, numbered as they are reported.
    function judge(Draw memory draw, Books memory before, IGuardian.Outcome memory outcome) private {
        Books memory afterwards = books();
        if (draw.kind == 0) reserves++;
        else if (draw.closing) closes++;
        else rescues++;
        law(1, afterwards.health > before.health);
        law(2, draw.closing || afterwards.health <= policy.health.targetHigh);
        law(3, afterwards.debt < before.debt);
        law(4, afterwards.kept == before.kept);
        law(5, afterwards.executorDollars - before.executorDollars == outcome.bounty);
        judgeEnd(draw, before, afterwards, outcome);
        judgeCaps(outcome);
        if (draw.kind == 0) {
            law(6, before.dollars - afterwards.dollars == outcome.repaid + outcome.bounty);
            law(7, afterwards.collateral == before.collateral && afterwards.ether_ == before.ether_);
        } else {
            judgeSale(draw, before, afterwards, outcome);
        }
    }

    /// In the band, or all of a cap, the debt, the wallet or the collateral.
    function judgeEnd(Draw memory draw, Books memory before, Books memory afterwards, IGuardian.Outcome memory outcome)
        private
    {
        bool exhausted = world.aWeth.allowance(address(this), address(world.guardian)) == 0
            || afterwards.collateral == 0;
        bool drained = draw.kind == 0 && before.dollars - afterwards.dollars + 2
            >= least(before.dollars, world.usdc.allowance(address(this), address(world.guardian)) + before.dollars - afterwards.dollars);
        bool capped = outcome.repaid + 1 >= least(policy.caps.perCall, policy.caps.perPeriod - spentBefore()) / 100;
        bool inBand = !draw.closing && afterwards.health >= policy.health.targetLow;
        law(8, inBand || exhausted || drained || capped || afterwards.debt <= 1);
    }

    function judgeCaps(IGuardian.Outcome memory outcome) private {
        windowSpent = spentBefore() + outcome.repaid * 100;
        if (block.timestamp >= windowEnds) (windowEnds, windowBounty) = (block.timestamp + policy.caps.period, 0);
        windowBounty += outcome.bounty * 100;
        law(9, outcome.repaid * 100 <= policy.caps.perCall && windowSpent <= policy.caps.perPeriod);
        law(10, outcome.bounty * 100 <= policy.bounty.perCall && windowBounty <= policy.bounty.perPeriod);
        law(11, outcome.bounty * BPS <= outcome.repaid * policy.bounty.atUrgent);
    }

    function spentBefore() private view returns (uint256) {
        return block.timestamp >= windowEnds ? 0 : windowSpent;
    }

    /// What the owner lost, at either price, is within the bound of the curve's worst, premium and bounty.
    function judgeSale(Draw memory draw, Books memory before, Books memory afterwards, IGuardian.Outcome memory outcome)
        private
    {
        uint256 gone = before.collateral - afterwards.collateral;
        uint256 back = afterwards.ether_ - before.ether_;
        law(12, before.allowance == type(uint256).max || gone <= before.allowance + 2);
        law(13, gone + 2 >= outcome.sold[0] + back);
        uint256 got = before.debt - afterwards.debt + afterwards.dollars - before.dollars;
        uint256 dues = outcome.premium + outcome.bounty;
        uint256 most = ((outcome.repaid + dues) * bound(before.health)) / BPS + dues + 4;
        law(14, (gone - back) * draw.venue <= (got + most) * 1e20);
        law(15, (gone - back) * draw.second <= (got + most) * 1e20);
    }

    /// The cost curve, written again: 0.5 % at the trigger, 60 % of a bonus of 5 % at urgent.
    function bound(uint256 health) private view returns (uint256) {
        if (health >= policy.health.trigger) return 50;
        if (health <= policy.health.urgent) return 300;
        return 50 + (250 * (policy.health.trigger - health)) / (policy.health.trigger - policy.health.urgent) + 1;
    }

    function law(uint256 number, bool holds) private {
        if (holds) return;
        violations[number]++;
        broken++;
    }

    function refused(bytes4 selector) private {
        if (refusals[selector]++ == 0) seen.push(selector);
    }

    function price(uint256 venue, uint256 second) private {
        world.venue.set(int256(venue));
        world.second.set(int256(second));
    }

    function least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    function random(uint256 below) private returns (uint256) {
        state = uint256(keccak256(abi.encode(state)));
        return state % below;
    }
}
