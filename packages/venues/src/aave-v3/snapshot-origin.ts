import { ok } from "@plimsoll/core/units";
import type { Batch } from "./abi.ts";
import type { AaveSource, Discovered, DiscoveredReserve } from "./discover.ts";
import { readReserveConfig } from "./reserve-config.ts";
import { planCap } from "./snapshot-caps.ts";
import { type PlanMarket, type ReserveRead, planBalances, pricesOf } from "./snapshot-reserve.ts";
import type { EModeTerms } from "./terms.ts";

/** Reserves and e-modes of pool revisions 10 and 11. @source aave-v3-origin 3.6.0, IPool, IDefaultInterestRateStrategyV2 */
export const planOrigin: PlanMarket = (batch, source, known) => {
  const reserves = known.reserves.map((reserve) => planReserve(batch, source, known, reserve));
  const eModes = known.eModes.map(({ id }) => planEMode(batch, known, id));
  return () => {
    const read = reserves.map((reserve) => reserve());
    return ok({ reserves: read, eModes: eModes.map((category) => category()), prices: pricesOf(read) });
  };
};

function planReserve(batch: Batch, source: AaveSource, known: Discovered, reserve: DiscoveredReserve) {
  const { address, asset } = reserve;
  const { pool, strategy } = known;
  const balances = planBalances(batch, source, known, reserve);
  const cap = planCap(batch, reserve);
  const virtualBalance = batch.add(pool, "getVirtualUnderlyingBalance", address);
  const deficit = batch.add(pool, "getReserveDeficit", address);
  const grace = batch.add(pool, "getLiquidationGracePeriod", address);
  const rates = batch.add(strategy === "per-reserve" ? reserve.strategy : strategy, "getInterestRateDataBps", address);
  return (): ReserveRead => {
    const { stored, price, own, pool: moving } = balances();
    const { optimalUsageRatio, baseVariableBorrowRate, variableRateSlope1, variableRateSlope2 } = rates();
    return {
      price,
      terms: {
        id: stored.id,
        asset,
        address: address as string,
        ...readReserveConfig(stored.configuration, known.rules),
        liquidationGraceUntil: BigInt(grace()),
        priceCap: cap(),
        rates: {
          optimalUsage: BigInt(optimalUsageRatio),
          base: BigInt(baseVariableBorrowRate),
          slope1: BigInt(variableRateSlope1),
          slope2: BigInt(variableRateSlope2),
        },
      },
      held: {
        ...own,
        pool: { ...moving, virtualBalance: virtualBalance(), deficit: deficit() },
      },
    };
  };
}

function planEMode(batch: Batch, { pool, rules }: Discovered, id: number) {
  const config = batch.add(pool, "getEModeCategoryCollateralConfig", id);
  const label = batch.add(pool, "getEModeCategoryLabel", id);
  const collateral = batch.add(pool, "getEModeCategoryCollateralBitmap", id);
  const borrowable = batch.add(pool, "getEModeCategoryBorrowableBitmap", id);
  const ltvZero = batch.add(pool, "getEModeCategoryLtvzeroBitmap", id);
  const isolated = rules === "r11" ? batch.add(pool, "getIsEModeCategoryIsolated", id) : () => false;
  return (): EModeTerms => ({
    id,
    label: label(),
    ltv: BigInt(config().ltv),
    liquidationThreshold: BigInt(config().liquidationThreshold),
    liquidationBonus: BigInt(config().liquidationBonus),
    collateralBitmap: collateral(),
    borrowableBitmap: borrowable(),
    ltvZeroBitmap: ltvZero(),
    isolated: isolated(),
    priceSource: "none",
  });
}
