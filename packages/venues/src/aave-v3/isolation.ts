import { pow10 } from "@plimsoll/core/units";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms, ReserveTerms } from "./terms.ts";
import { withPool } from "./reserve.ts";
import { withReserve } from "./reserve-access.ts";
import { collateralIds } from "./user-config.ts";

/** Debt ceilings are counted with two decimals. */
const CEILING_DECIMALS = 2;

/** The one asset that alone backs an account in isolation mode; undefined outside of it. @source aave-v3-origin 3.6.0, UserConfiguration.getIsolationModeState */
export function isolatedCollateral(config: bigint, terms: AaveTerms): ReserveTerms | undefined {
  const ids = collateralIds(config);
  if (ids.length !== 1) return undefined;
  const reserve = terms.reserves.find(({ id }) => id === ids[0]);
  return reserve !== undefined && reserve.debtCeiling > 0n ? reserve : undefined;
}

/**
 * The debt counted against an isolated collateral after a repayment of `amount` of another asset; it ignores interest, so more
 * may be repaid than was counted.
 * @source aave-v3-origin 3.6.0, IsolationModeLogic.updateIsolatedDebt
 */
export function lessIsolatedDebt(body: AaveBody, collateralId: number, repaid: ReserveTerms, amount: bigint): AaveBody {
  const held = body.reserves.find(({ id }) => id === collateralId);
  if (held === undefined) return body;
  const counted = amount / pow10(repaid.decimals - CEILING_DECIMALS);
  return withReserve(
    body,
    withPool(held, ({ isolationDebt }) => ({ isolationDebt: isolationDebt > counted ? isolationDebt - counted : 0n })),
  );
}
