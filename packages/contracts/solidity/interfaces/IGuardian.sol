// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// @title The guardian of one Aave v3 market, seen from outside.
/// @notice Anyone may reduce a position inside bounds that its owner pinned. No owner, no pause, no upgrade: what is armed is ended by
/// the position's owner, by its expiry, or by an allowance of zero, and by nothing else. Caps and counters belong to a policy: two
/// armed policies of one owner add up.
/// @dev Health is a WAD as the pool reports it. Values are in the venue's base currency (US dollars, 8 decimals). Shares are basis points.
interface IGuardian {
    /// @notice One token and the two prices under which it may be traded.
    /// @param asset the reserve's underlying token.
    /// @param source the venue's price source that must still be in use; zero: whichever the pinned oracle uses.
    /// @param heartbeat who tells the age of the venue's price (`latestTimestamp`), where its source cannot; zero: the source itself.
    /// @param second the independent price source.
    /// @param sourceMaxAge seconds after which the venue's price is stale.
    /// @param secondMaxAge seconds after which the second price is stale.
    /// @param maxDisagreement basis points of the smaller price by which both may differ.
    /// @param stopLoss `close` of the whole policy is allowed while both prices are at or below this, whether any of this collateral is
    /// held or not; zero: never. Collateral only.
    /// @param takeProfit likewise, while both prices are at or above this; zero: never.
    struct Asset {
        address asset;
        address source;
        address heartbeat;
        address second;
        uint256 sourceMaxAge;
        uint256 secondMaxAge;
        uint256 maxDisagreement;
        uint256 stopLoss;
        uint256 takeProfit;
    }

    /// @notice When to act, and how far.
    /// @param trigger below this anyone may act.
    /// @param urgent at or below this cost bound and bounty stand at their largest, and no cool-down is kept.
    /// @param targetLow health that a call has to reach, unless a cap or the collateral that can be sold now ends before.
    /// @param targetHigh health above which no call may end.
    struct Health {
        uint256 trigger;
        uint256 urgent;
        uint256 targetLow;
        uint256 targetHigh;
    }

    /// @notice What selling may cost, over the better of both price references, rising in a line from `trigger` to `urgent`.
    /// @param atTrigger basis points at the trigger.
    /// @param bonusShare at urgent: this share of the collateral's liquidation bonus, in basis points; 6,000 at most.
    /// @param ceiling basis points never exceeded, whatever governance makes of the bonus.
    /// @param maxPremium basis points that a flash loan may cost; a dearer source is passed over.
    struct Cost {
        uint256 atTrigger;
        uint256 bonusShare;
        uint256 ceiling;
        uint256 maxPremium;
    }

    /// @notice What the executor earns, in the debt asset, as a share of what was repaid, rising in a line from `trigger` to `urgent`.
    /// @param atTrigger basis points at the trigger.
    /// @param atUrgent basis points at urgent and below.
    /// @param perCall base currency, at most, in one call. It does not bound many calls: whoever borrows the collateral's liquidity away
    /// for the length of a call makes it a small one without a cool-down, and may repeat that.
    /// @param perPeriod base currency, at most, in one period: this alone bounds what executors earn.
    struct Bounty {
        uint256 atTrigger;
        uint256 atUrgent;
        uint256 perCall;
        uint256 perPeriod;
    }

    /// @notice How much debt may be repaid.
    /// @param perCall base currency, at most, in one call.
    /// @param perPeriod base currency, at most, in one period.
    /// @param period seconds, counted from the first call after the last period ended.
    struct Caps {
        uint256 perCall;
        uint256 perPeriod;
        uint256 period;
    }

    /// @notice Whether the policy still counts.
    /// @param expiry seconds since 1970 from which on nothing is allowed.
    /// @param cooldown seconds between two calls, kept only above urgent.
    /// @param reserveRepay whether the owner's wallet may be drawn on, as far as its allowance to the guardian goes.
    /// @param nonce unordered: each is good for one arming.
    /// @param epoch must be the owner's epoch when the policy is armed and whenever it is used.
    struct Terms {
        uint256 expiry;
        uint256 cooldown;
        bool reserveRepay;
        uint256 nonce;
        uint256 epoch;
    }

    /// @notice Everything an owner pins. Its EIP-712 struct hash is the policy's id.
    /// @param owner whose position it is, and to whom every remainder goes.
    /// @param provider the market's pool addresses provider, as in the guardian.
    /// @param oracle the price oracle that the provider must still name.
    /// @param revisions accepted POOL_REVISION values.
    /// @param debts what may be repaid.
    /// @param collaterals what may be sold, in the order in which it leaves; which of it is sold, and how much, is the executor's choice.
    /// @param executors who may call; empty: anyone.
    struct Policy {
        address owner;
        address provider;
        address oracle;
        uint256[] revisions;
        Asset[] debts;
        Asset[] collaterals;
        Health health;
        Cost cost;
        Bounty bounty;
        Caps caps;
        Terms terms;
        address[] executors;
    }

    /// @notice How one collateral would be sold.
    /// @param amount most of it to sell, in its own units; what the call can withdraw now if that is less.
    /// @param route the contract that swaps (`ISwapRoute`); never called by the guardian itself.
    /// @param data handed to the route as it is.
    struct Sale {
        uint256 amount;
        address route;
        bytes data;
    }

    /// @notice Where the money for the repayment comes from before anything is sold.
    enum Source {
        Pool,
        Morpho,
        None
    }

    /// @notice What a call did, in units of the debt asset where nothing else is said.
    /// @param healthBefore before the call.
    /// @param healthAfter after the call.
    /// @param repaid debt that is gone.
    /// @param premium paid for the flash loan.
    /// @param bounty paid to the executor.
    /// @param returned debt asset sent to the owner.
    /// @param sold units of each of the policy's collaterals that were sold (withdrawn, less what the route gave back to the owner).
    /// @param source what lent the money.
    struct Outcome {
        uint256 healthBefore;
        uint256 healthAfter;
        uint256 repaid;
        uint256 premium;
        uint256 bounty;
        uint256 returned;
        uint256[] sold;
        Source source;
    }

    /// @notice What one of the policy's collaterals is good for now.
    /// @param withdrawable units that could leave now: balance, allowance to the guardian, liquidity of the reserve, pause and lock.
    /// @param maxSale units that a call may sell for the whole `owed` within the cost bound, whatever is withdrawable.
    /// @param costBound basis points at the present health.
    /// @param rank place in the order in which a call would sell, 0 first.
    struct Offer {
        uint256 withdrawable;
        uint256 maxSale;
        uint256 costBound;
        uint256 rank;
    }

    /// @notice What `execute` would have to bring and may sell.
    /// @param health now.
    /// @param repay as asked for, or less: what is owed and caps end it.
    /// @param cap units of the debt asset that one call may repay now.
    /// @param premium of the loan.
    /// @param bounty of the executor.
    /// @param owed what the sales have to bring: repay, premium and bounty; without a loan repay and bounty.
    /// @param source of the loan.
    /// @param offers by collateral, in the policy's order.
    struct Quote {
        uint256 health;
        uint256 repay;
        uint256 cap;
        uint256 premium;
        uint256 bounty;
        uint256 owed;
        Source source;
        Offer[] offers;
    }

    /// @notice A policy is armed; this event alone is enough to execute it.
    event Armed(bytes32 indexed id, address indexed owner, Policy policy);
    /// @notice One policy has ended.
    event Cancelled(bytes32 indexed id, address indexed owner);
    /// @notice Signed policies with these nonces can no longer be armed.
    event NoncesCancelled(address indexed owner, uint256 word, uint256 mask);
    /// @notice Every policy of an earlier epoch has ended.
    event EpochRaised(address indexed owner, uint256 epoch);
    /// @notice Debt was repaid by selling collateral.
    event Rescued(bytes32 indexed id, address indexed owner, address indexed executor, address debt, Outcome outcome);
    /// @notice Debt was repaid from the owner's wallet.
    event ReserveSpent(bytes32 indexed id, address indexed owner, address indexed executor, address debt, Outcome outcome);
    /// @notice Debt was repaid at the owner's stop-loss or take-profit price.
    event Closed(bytes32 indexed id, address indexed owner, address indexed executor, address debt, Outcome outcome);

    // Arming.

    /// @notice The policy contradicts itself or this market; `field` names what. Correct it and arm again.
    error InvalidPolicy(bytes32 field);
    /// @notice Only the position's owner may arm without a signature.
    error NotOwner(address owner);
    /// @notice The signature is not the owner's for this policy on this chain and contract.
    error InvalidSignature();
    /// @notice The nonce was used or cancelled. Sign with another.
    error NonceUsed(uint256 nonce);
    /// @notice The policy names another epoch than the owner's. Sign with the present one.
    error WrongEpoch(uint256 named, uint256 current);
    /// @notice An epoch only rises.
    error EpochNotRaised(uint256 asked, uint256 current);

    // Admission.

    /// @notice Nothing is armed under this id: never armed, cancelled, or not these exact words.
    error NotArmed(bytes32 id);
    /// @notice The policy has expired.
    error Expired(uint256 expiry);
    /// @notice The policy names its executors, and the caller is none of them.
    error NotExecutor(address caller);
    /// @notice The last call is too recent for a position that is not urgent.
    error CoolingDown(uint256 until);
    /// @notice Health is not below the trigger: nothing to do.
    error NotTriggered(uint256 health, uint256 trigger);
    /// @notice The policy does not allow this asset in this place.
    error NotAllowed(address asset);
    /// @notice The owner owes nothing of this asset, or nothing was asked for, or no cap is left.
    error NothingToRepay();
    /// @notice The guardian is in the middle of a call.
    error Locked();

    // References: each of these leaves repayFromReserve open.

    /// @notice The pool's revision is not among those the policy accepts. Selling is off until the owner renews; repayFromReserve works.
    error UnknownRevision(uint256 revision);
    /// @notice The market's oracle is not the pinned one. Selling is off until the owner renews; repayFromReserve works.
    error OracleChanged(address oracle);
    /// @notice The oracle reads this asset from another source than the pinned one, or from the second one. repayFromReserve works.
    error SourceChanged(address asset, address source);
    /// @notice A price is missing: zero, negative or unanswered. repayFromReserve works.
    error NoPrice(address asset, address source);
    /// @notice A price is older than the policy allows, or from the future. repayFromReserve works.
    error StalePrice(address asset, address source, uint256 updatedAt);
    /// @notice The two references differ by more than the policy allows. repayFromReserve works.
    error PricesDisagree(address asset, uint256 venue, uint256 second);

    // Selling.

    /// @notice Selling this collateral would lower health: health is at or below (1 + cost) x threshold. Use repayFromReserve.
    error SellingLowersHealth(address asset, uint256 health, uint256 limit);
    /// @notice One sale per collateral of the policy, in its order.
    error SalesMismatch(uint256 given, uint256 wanted);
    /// @notice No lender has the amount at the accepted premium, and at this health nothing can be sold before repaying. Ask for less, or use
    /// repayFromReserve.
    error NoFlashSource(uint256 health);
    /// @notice None of the allowed collateral can leave now. Use repayFromReserve.
    error NothingToSell();
    /// @notice The sales would take more collateral than the owed amount needs within the cost bound.
    error PullAboveNeed(uint256 floors, uint256 owed);
    /// @notice A sale brought less than the cost bound allows.
    error CostAboveBound(address asset, uint256 got, uint256 floor);
    /// @notice All sales together do not pay for repayment, premium and bounty.
    error ProceedsTooLow(uint256 got, uint256 owed);
    /// @notice A token arrived in another amount than was sent: fee on transfer, rebasing, or an answer that is not true.
    error InexactToken(address token, uint256 expected, uint256 got);
    /// @notice A token refused a transfer or an approval.
    error TokenFailed(address token);
    /// @notice While the route ran, the owner's collateral or debt in base currency became this: a price moved, or somebody acted on the
    /// position. Refresh prices before the call, not in the route.
    error PositionChanged(uint256 collateral, uint256 debt);
    /// @notice The route reverted; the first bytes of its reason.
    error RouteFailed(bytes reason);
    /// @notice Only a lender that was asked by this contract, in this call, may call back.
    error StrangersCallback(address caller);
    /// @notice Only the guardian may ask the swapper.
    error NotGuardian(address caller);
    /// @notice Neither price of any collateral stands at its stop-loss or take-profit.
    error PriceNotReached();

    // The end of a call.

    /// @notice Health did not rise.
    error HealthNotRisen(uint256 before, uint256 afterwards);
    /// @notice The call would end above the target band. Repay less.
    error AboveBand(uint256 health, uint256 targetHigh);
    /// @notice The call ends below the band, with cap and collateral left that matters and could be sold. Repay more.
    error BelowBand(uint256 health, uint256 targetLow);
    /// @notice A price could not be read, and too little gas is left to tell that from a price in doubt. Send more gas.
    error GasTooLow(uint256 left, uint256 wanted);
    /// @notice The owner's wallet may not be drawn on.
    error ReserveNotAllowed();
    /// @notice The wallet holds nothing of the debt asset, or allows the guardian nothing.
    error ReserveEmpty();

    // Arming and ending.

    /// @notice Arms a policy; the caller is its owner. Allowances are granted separately: aTokens of the collaterals, and the debt
    /// asset where the wallet may be drawn on, by approve or permit on the tokens themselves.
    /// @return id of the policy.
    function arm(Policy calldata policy) external returns (bytes32 id);

    /// @notice Arms a policy that its owner signed (EIP-712, ECDSA or EIP-1271); anyone may carry it here.
    /// @return id of the policy.
    function armBySignature(Policy calldata policy, bytes calldata signature) external returns (bytes32 id);

    /// @notice Ends one policy of the caller.
    function cancel(bytes32 id) external;

    /// @notice Burns nonces of the caller, before they are used: the bits of `mask` in word `nonce >> 8`.
    function cancelNonces(uint256 word, uint256 mask) external;

    /// @notice Ends every policy of the caller, armed or signed for the present epoch.
    function cancelAll() external;

    /// @notice Ends every policy of the caller signed for an epoch below `epoch`.
    function raiseEpoch(uint256 epoch) external;

    // Acting.

    /// @notice Repays `repay` of `debt` and sells collateral for it.
    /// @param policy the exact words that were armed.
    /// @param debt one of the policy's debts.
    /// @param repay units of it, at most; less where less is owed or caps end it.
    /// @param sales one for each of the policy's collaterals, in its order; those that are not needed have amount zero.
    function execute(Policy calldata policy, address debt, uint256 repay, Sale[] calldata sales)
        external
        returns (Outcome memory);

    /// @notice Repays `debt` from the owner's wallet: allowed where the policy says so, also where prices or the market's version are in
    /// doubt. Its caps and its bounty are counted by the oracle that the market has now, and by nothing else: where that errs, so do they,
    /// and the allowance of the debt asset is the bound that stays.
    /// @param repay units of it, at most; less where less is owed, caps end it or the wallet allows no more.
    function repayFromReserve(Policy calldata policy, address debt, uint256 repay) external returns (Outcome memory);

    /// @notice Repays `debt` while the stop-loss or take-profit price of any one collateral stands: all of it, or as much as caps or
    /// collateral allow. Any of the policy's collaterals may be sold then, not only the one whose price stands.
    function close(Policy calldata policy, address debt, uint256 repay, Sale[] calldata sales)
        external
        returns (Outcome memory);

    // Reading. Whatever would stop `execute` before it sells is thrown by `quote` in the same words; the rest is seen by simulating.

    /// @notice What `execute` would have to bring and may sell for `repay` units of `debt`.
    function quote(Policy calldata policy, address debt, uint256 repay) external view returns (Quote memory);

    /// @notice What stands of a policy.
    /// @return armed whether it is armed and of the owner's present epoch.
    /// @return spent base currency repaid in the current period.
    /// @return bounty base currency paid to executors in the current period.
    /// @return windowStart when the current period began; zero before the first call.
    /// @return lastCall when it was last used.
    function stateOf(Policy calldata policy)
        external
        view
        returns (bool armed, uint256 spent, uint256 bounty, uint256 windowStart, uint256 lastCall);

    /// @notice Id of a policy: its EIP-712 struct hash.
    function idOf(Policy calldata policy) external view returns (bytes32);

    /// @notice EIP-712 domain separator, with the chain id of now.
    function domainSeparator() external view returns (bytes32);

    /// @notice The owner's present epoch.
    function epochOf(address owner) external view returns (uint256);

    /// @notice Used and cancelled nonces: bit `nonce & 255` of word `nonce >> 8`.
    function nonceWord(address owner, uint256 word) external view returns (uint256);

    /// @notice The market this guardian serves: its pool addresses provider.
    function PROVIDER() external view returns (address);

    /// @notice The second flash source, or zero.
    function MORPHO() external view returns (address);

    /// @notice Where swaps run: a contract with no allowance and no storage.
    function SWAPPER() external view returns (address);
}
