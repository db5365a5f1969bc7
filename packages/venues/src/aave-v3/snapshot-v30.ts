import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Batch } from "./abi.ts";
import {
  type AaveSource,
  type Discovered,
  type DiscoveredEMode,
  type DiscoveredReserve,
  priceSourceOf,
} from "./discover.ts";
import { eModeCategoryIn, readReserveConfig } from "./reserve-config.ts";
import { outdated } from "./snapshot-reads.ts";
import { planCap } from "./snapshot-caps.ts";
import { type PlanMarket, type ReserveRead, planBalances, pricesOf } from "./snapshot-reserve.ts";
import type { EModeTerms, ReserveTerms } from "./terms.ts";

/** A reserve as the old contracts keep it: with one e-mode category, and perhaps with stable debt. */
interface Read extends ReserveRead {
  readonly category: number;
  readonly stableDebt: { readonly own: bigint; readonly all: bigint };
}

/**
 * Reserves and e-modes of release 3.0. What was stored otherwise then is brought into the form of today: the category of each
 * reserve becomes the bitmaps of the category, the tokens that the aToken holds are what can be lent.
 * @returns why not, where stable debt, which is not modelled, touches the account.
 * @source core-v3 1.19.3, IPool, DataTypes, DefaultReserveInterestRateStrategy
 */
export const planV30: PlanMarket = (batch, source, known) => {
  const reserves = known.reserves.map((reserve) => planReserve(batch, source, known, reserve));
  const eModes = known.eModes.map((category) => planEMode(batch, known, category));
  return () => {
    const read = reserves.map((reserve) => reserve());
    const stable = read.find(touchesStableDebt);
    if (stable !== undefined) return fail(stableDebtSeen(stable.terms));
    const categories: EModeTerms[] = [];
    const prices = new Map(pricesOf(read));
    for (const category of eModes) {
      const found = category(read);
      if (!found.ok) return found;
      categories.push(found.value.terms);
      if (found.value.price !== undefined) prices.set(found.value.terms.priceSource, found.value.price);
    }
    return ok({ reserves: read, eModes: categories, prices });
  };
};

function planReserve(batch: Batch, source: AaveSource, known: Discovered, reserve: DiscoveredReserve) {
  const { address, asset, aToken, stableDebtToken, strategy } = reserve;
  const balances = planBalances(batch, source, known, reserve);
  const cap = planCap(batch, reserve);
  const available = batch.add(address, "balanceOf", aToken);
  const stable = {
    own: batch.add(stableDebtToken, "balanceOf", source.user),
    all: batch.add(stableDebtToken, "totalSupply"),
  };
  const rates = {
    optimalUsage: batch.add(strategy, "OPTIMAL_USAGE_RATIO"),
    base: batch.add(strategy, "getBaseVariableBorrowRate"),
    slope1: batch.add(strategy, "getVariableRateSlope1"),
    slope2: batch.add(strategy, "getVariableRateSlope2"),
  };
  return (): Read => {
    const { stored, price, own, pool } = balances();
    return {
      price,
      category: eModeCategoryIn(stored.configuration),
      stableDebt: { own: stable.own(), all: stable.all() },
      terms: {
        id: stored.id,
        asset,
        address,
        ...readReserveConfig(stored.configuration, known.rules),
        liquidationGraceUntil: 0n,
        priceCap: cap(),
        rates: {
          optimalUsage: rates.optimalUsage(),
          base: rates.base(),
          slope1: rates.slope1(),
          slope2: rates.slope2(),
        },
      },
      held: { ...own, pool: { ...pool, virtualBalance: available(), deficit: stored.unbacked } },
    };
  };
}

/** The account owes at a stable rate, or uses a reserve whose rates and treasury depend on others that do. */
const touchesStableDebt = ({ held, stableDebt }: Read): boolean =>
  stableDebt.own > 0n || (stableDebt.all > 0n && (held.scaledSupply > 0n || held.scaledDebt > 0n));

const stableDebtSeen = ({ asset }: ReserveTerms): Why =>
  why("aave-v3/stable-debt", {
    asset,
    next: `seen, not modelled: ${asset} is owed at a stable rate here; move the debt to the variable rate, or watch this account elsewhere`,
  });

function planEMode(batch: Batch, { pool, oracle }: Discovered, { id, priceSource }: DiscoveredEMode) {
  const data = batch.add(pool, "getEModeCategoryData", id);
  const price = priceSource === "none" ? () => undefined : batch.maybe(oracle, "getAssetPrice", priceSource);
  return (
    reserves: readonly Read[],
  ): Result<{ readonly terms: EModeTerms; readonly price: bigint | undefined }, Why> => {
    const { ltv, liquidationThreshold, liquidationBonus, label, priceSource: now } = data();
    if (priceSourceOf(now) !== priceSource) return fail(why(outdated, { eMode: `${id}` }));
    const members = reserves.filter(({ category }) => category === id);
    return ok({
      price: price(),
      terms: {
        id,
        label,
        ltv: BigInt(ltv),
        liquidationThreshold: BigInt(liquidationThreshold),
        liquidationBonus: BigInt(liquidationBonus),
        collateralBitmap: bitmapOf(members),
        borrowableBitmap: bitmapOf(members),
        // An asset whose own LTV is zero lends nothing in a category either.
        ltvZeroBitmap: bitmapOf(members.filter(({ terms }) => terms.ltv === 0n)),
        isolated: false,
        priceSource,
      },
    });
  };
}

const bitmapOf = (reserves: readonly Read[]): bigint =>
  reserves.reduce((bitmap, { terms }) => bitmap | (1n << BigInt(terms.id)), 0n);
