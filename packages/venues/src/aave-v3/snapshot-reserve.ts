import type { Result, Why } from "@plimsoll/core/units";
import type { Batch } from "./abi.ts";
import type { AaveSource, Discovered, DiscoveredReserve } from "./discover.ts";
import type { ReserveHeld } from "./holding.ts";
import type { EModeTerms, ReserveTerms } from "./terms.ts";

/** A market at one block, as each generation of the contracts is read in its own way. */
export interface MarketRead {
  readonly reserves: readonly ReserveRead[];
  readonly eModes: readonly EModeTerms[];
  /** Oracle prices by asset, base currency; an asset whose source does not answer is missing. */
  readonly prices: ReadonlyMap<string, bigint>;
}
export type PlanMarket = (batch: Batch, source: AaveSource, known: Discovered) => () => Result<MarketRead, Why>;

/** One reserve at one block: what the account has in it, the pool's side, its parameters and price. */
export interface ReserveRead {
  readonly held: ReserveHeld;
  readonly terms: ReserveTerms;
  /** Undefined where its oracle does not answer. */
  readonly price: bigint | undefined;
}

/** The prices of all reserves whose oracles answered. */
export const pricesOf = (reserves: readonly ReserveRead[]): ReadonlyMap<string, bigint> =>
  new Map(reserves.flatMap(({ terms, price }) => (price === undefined ? [] : [[terms.asset, price]])));

/** What both generations of contracts answer alike. */
export function planBalances(batch: Batch, source: AaveSource, known: Discovered, reserve: DiscoveredReserve) {
  const { address, aToken, debtToken } = reserve;
  const payer = source.payer ?? source.user;
  const data = batch.add(known.pool, "getReserveData", address);
  const price = batch.maybe(known.oracle, "getAssetPrice", address);
  const supplies = {
    own: batch.add(aToken, "scaledBalanceOf", source.user),
    all: batch.add(aToken, "scaledTotalSupply"),
  };
  const debts = {
    own: batch.add(debtToken, "scaledBalanceOf", source.user),
    all: batch.add(debtToken, "scaledTotalSupply"),
  };
  const wallet = batch.add(address, "balanceOf", payer);
  const allowance = batch.add(address, "allowance", payer, known.pool);
  return () => {
    const stored = data();
    return {
      stored,
      price: price(),
      own: {
        id: stored.id,
        scaledSupply: supplies.own(),
        scaledDebt: debts.own(),
        wallet: wallet(),
        allowance: allowance(),
      },
      pool: {
        liquidityIndex: stored.liquidityIndex,
        variableBorrowIndex: stored.variableBorrowIndex,
        liquidityRate: stored.currentLiquidityRate,
        variableBorrowRate: stored.currentVariableBorrowRate,
        lastUpdate: BigInt(stored.lastUpdateTimestamp),
        scaledSupply: supplies.all(),
        scaledDebt: debts.all(),
        accruedToTreasury: stored.accruedToTreasury,
        isolationDebt: stored.isolationModeTotalDebt,
      },
    };
  };
}
