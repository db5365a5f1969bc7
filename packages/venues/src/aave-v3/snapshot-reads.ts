import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Hex } from "viem";
import type { Aggregate } from "./client.ts";
import {
  type AaveSource,
  type Discovered,
  type DiscoveredReserve,
  checkRevision,
  lower,
  sentinelOf,
} from "./discover.ts";
import { readReserveConfig } from "./reserve-config.ts";

/** What `getUserAccountData` answered in the same call: compared with ours, never used. */
export interface VenueAccountData {
  readonly collateral: bigint;
  readonly debt: bigint;
  readonly availableBorrows: bigint;
  readonly liquidationThreshold: bigint;
  readonly ltv: bigint;
  readonly health: bigint;
}

/** The discovery no longer fits the market: discover again and repeat. */
export const outdated = "aave-v3/discovery-outdated";

/** Whether contracts, revision and list of reserves are still those that were discovered. */
export function planMarketCheck(batch: Aggregate, source: AaveSource, known: Discovered): () => Result<void, Why> {
  const pool = batch.add(source.provider, "getPool");
  const oracle = batch.add(source.provider, "getPriceOracle");
  const sentinel = batch.add(source.provider, "getPriceOracleSentinel");
  const revision = batch.add(known.pool, "POOL_REVISION");
  const strategy = batch.add(known.pool, "RESERVE_INTEREST_RATE_STRATEGY");
  const list = batch.add(known.pool, "getReservesList");
  return () => {
    const modelled = checkRevision(revision());
    if (!modelled.ok) return modelled;
    const now = [pool(), oracle(), strategy(), ...list()].map(lower);
    const then = [known.pool, known.oracle, known.strategy, ...known.reserves.map(({ address }) => address)];
    if (now.join() === then.join() && sentinelOf(sentinel()) === known.sentinel) return ok(undefined);
    return fail(why(outdated, { pool: known.pool, next: "discover the market again" }));
  };
}

export function planAccount(batch: Aggregate, { user }: AaveSource, { pool, sentinel }: Discovered) {
  const config = batch.add(pool, "getUserConfiguration", user);
  const eMode = batch.add(pool, "getUserEMode", user);
  const data = batch.maybe(pool, "getUserAccountData", user);
  const allowed = () => true;
  const borrowAllowed = sentinel === "none" ? allowed : batch.add(sentinel, "isBorrowAllowed");
  const liquidationAllowed = sentinel === "none" ? allowed : batch.add(sentinel, "isLiquidationAllowed");
  return () => {
    return {
      config: config(),
      eMode: Number(eMode()),
      sentinel: { borrowAllowed: borrowAllowed(), liquidationAllowed: liquidationAllowed() },
      venue: readAccountData(data()),
    };
  };
}

function readAccountData(answer: readonly bigint[] | undefined): VenueAccountData | undefined {
  if (answer === undefined) return undefined;
  const [collateral = 0n, debt = 0n, availableBorrows = 0n, liquidationThreshold = 0n, ltv = 0n, health = 0n] = answer;
  return { collateral, debt, availableBorrows, liquidationThreshold, ltv, health };
}

export function planReserve(batch: Aggregate, source: AaveSource, known: Discovered, reserve: DiscoveredReserve) {
  const { address, aToken, debtToken, asset } = reserve;
  const { pool, oracle, strategy } = known;
  const payer = source.payer ?? source.user;
  const data = batch.add(pool, "getReserveData", address);
  const virtualBalance = batch.add(pool, "getVirtualUnderlyingBalance", address);
  const deficit = batch.add(pool, "getReserveDeficit", address);
  const grace = batch.add(pool, "getLiquidationGracePeriod", address);
  const rates = batch.add(strategy, "getInterestRateDataBps", address);
  const price = batch.maybe(oracle, "getAssetPrice", address);
  const supplies = {
    own: batch.add(aToken, "scaledBalanceOf", source.user),
    all: batch.add(aToken, "scaledTotalSupply"),
  };
  const debts = {
    own: batch.add(debtToken, "scaledBalanceOf", source.user),
    all: batch.add(debtToken, "scaledTotalSupply"),
  };
  const wallet = batch.add(address, "balanceOf", payer);
  const allowance = batch.add(address, "allowance", payer, pool);
  return () => {
    const stored = data();
    const { optimalUsageRatio, baseVariableBorrowRate, variableRateSlope1, variableRateSlope2 } = rates();
    return {
      price: price(),
      terms: {
        id: stored.id,
        asset,
        address: address as string,
        ...readReserveConfig(stored.configuration),
        liquidationGraceUntil: BigInt(grace()),
        rates: {
          optimalUsage: BigInt(optimalUsageRatio),
          base: BigInt(baseVariableBorrowRate),
          slope1: BigInt(variableRateSlope1),
          slope2: BigInt(variableRateSlope2),
        },
      },
      held: {
        id: stored.id,
        pool: {
          liquidityIndex: stored.liquidityIndex,
          variableBorrowIndex: stored.variableBorrowIndex,
          liquidityRate: stored.currentLiquidityRate,
          variableBorrowRate: stored.currentVariableBorrowRate,
          lastUpdate: BigInt(stored.lastUpdateTimestamp),
          scaledSupply: supplies.all(),
          scaledDebt: debts.all(),
          virtualBalance: virtualBalance(),
          accruedToTreasury: stored.accruedToTreasury,
          deficit: deficit(),
          isolationDebt: stored.isolationModeTotalDebt,
        },
        scaledSupply: supplies.own(),
        scaledDebt: debts.own(),
        wallet: wallet(),
        allowance: allowance(),
      },
    };
  };
}

export function planEMode(batch: Aggregate, pool: Hex, id: number) {
  const config = batch.add(pool, "getEModeCategoryCollateralConfig", id);
  const label = batch.add(pool, "getEModeCategoryLabel", id);
  const collateral = batch.add(pool, "getEModeCategoryCollateralBitmap", id);
  const borrowable = batch.add(pool, "getEModeCategoryBorrowableBitmap", id);
  const ltvZero = batch.add(pool, "getEModeCategoryLtvzeroBitmap", id);
  return () => ({
    id,
    label: label(),
    ltv: BigInt(config().ltv),
    liquidationThreshold: BigInt(config().liquidationThreshold),
    liquidationBonus: BigInt(config().liquidationBonus),
    collateralBitmap: collateral(),
    borrowableBitmap: borrowable(),
    ltvZeroBitmap: ltvZero(),
  });
}
