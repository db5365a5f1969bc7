import { absolute, divide, maxOf, minOf } from "@plimsoll/core/units";
import { maintenanceOf } from "./margins.ts";
import { perMillion, toBase, toQuote } from "./quantums.ts";
import type { Priced, Risk } from "./risk.ts";
import { type LiquidationTerms, MILLION } from "./terms.ts";

/** An exact price, quote quantums a base quantum; `under` is above 0. */
export interface Price {
  readonly over: bigint;
  readonly under: bigint;
}

/**
 * The worst price of a liquidation order: oracle less a spread that grows with the distance below maintenance,
 * (value - ABR * spread * maintenance) / size, ABR = adjustment * (1 - net collateral / maintenance) within 0 and 1.
 * @source v4-chain, clob/keeper/liquidations.go, GetFillablePrice: rational until the end.
 */
export function fillablePrice(own: Priced, { netCollateral, maintenance }: Risk, terms: LiquidationTerms): Price {
  const { bankruptcyAdjustmentPpm, spreadToMaintenancePpm } = terms;
  // ABR over the denominator maintenance * million
  const whole = maintenance * MILLION;
  const rating = minOf(whole, maxOf(0n, (maintenance - netCollateral) * bankruptcyAdjustmentPpm));
  const over = own.notional * whole * MILLION - rating * spreadToMaintenancePpm * own.maintenance;
  const under = own.position.size * whole * MILLION;
  return under < 0n ? { over: -over, under: -under } : { over, under };
}

/**
 * What closing `change` base quantums pays at the bankruptcy price, in quote quantums: above 0 for a sale. Toward plus infinity.
 * @source v4-chain, GetBankruptcyPriceInQuoteQuantums: -(value change) - floor(net collateral * |requirement change| / requirement).
 */
export function bankruptcyQuote(own: Priced, change: bigint, { netCollateral, maintenance }: Risk): bigint {
  const left = toQuote(own.position.size + change, own.oracle, own.terms);
  const freed = absolute(maintenanceOf(left, own.terms) - own.maintenance);
  return own.notional - left - divide(netCollateral * freed, maintenance, "floor");
}

/**
 * Base quantums that one block closes of a position, with the sign of the order: a portion of its notional, at least the
 * smallest amount, at most the subaccount's cap; the whole where that covers it; on the market's step.
 * @source v4-chain, GetLiquidatablePositionSizeDelta and GetMaxAndMinPositionNotionalLiquidatable.
 */
export function blockChange({ position, terms, oracle, notional }: Priced, limits: LiquidationTerms): bigint {
  const size = absolute(position.size);
  const value = absolute(notional);
  const portion = maxOf(limits.minPositionNotional, perMillion(value, limits.maxPositionPortionPpm, "floor"));
  const most = minOf(portion, limits.subaccountMaxNotional);
  const step = terms.stepBaseQuantums;
  if (value <= most || size <= step) return -position.size;
  const bought = toBase(most, oracle, terms);
  const change = minOf(size, maxOf(step, bought - (bought % step)));
  return position.size > 0n ? -change : change;
}

/**
 * What the insurance fund receives of a fill that pays `quote`: the fee, at most what remains above bankruptcy; below 0 what it
 * pays in.
 * @source v4-chain, GetLiquidationInsuranceFundDelta.
 */
export function insuranceShare(quote: bigint, bankruptcy: bigint, { maxFeePpm }: LiquidationTerms): bigint {
  const above = quote - bankruptcy;
  return above <= 0n ? above : minOf(above, perMillion(absolute(quote), maxFeePpm, "floor"));
}
