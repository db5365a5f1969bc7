import type { Market, Scene } from "@plimsoll/core/margin";
import { type Exact, type Figure, type Result, type Why, exact, fail, ok, pow10, why } from "@plimsoll/core/units";
import type { AaveBody } from "./holding.ts";
import type { Position } from "./position.ts";
import { repay } from "./repay.ts";
import { findReserve } from "./reserve-access.ts";
import { revisionOf } from "./revision.ts";
import type { Sellable } from "./sellable.ts";
import type { AaveTerms } from "./terms.ts";
import { mulDivFloor } from "./wad-ray-math.ts";
import { withdraw } from "./withdraw.ts";

/**
 * One transaction that borrows `debt` for its length, repays with it, then pulls and sells collateral for the loan and its
 * premium. Each figure is one such call; what it repays is available again for the next one.
 */
export interface FlashSale {
  readonly body: AaveBody;
  readonly scene: Scene<AaveTerms>;
  readonly market: Market;
  readonly debt: Position;
}

/** The instrument that a sale is filled on: collateral/debt, its price in debt units a unit of collateral. */
const saleOf = (position: Position, debt: Position): string => `${position.terms.asset}/${debt.terms.asset}`;

/** What a sale of `units` brings, in units of the debt, down; unknown where the market's depth is. */
export function proceeds({ market, debt }: FlashSale, { position }: Sellable, units: bigint): Figure<bigint> {
  const { decimals } = position.terms;
  const fill: Figure<Exact> = market.fill(saleOf(position, debt), "sell", exact(units, decimals));
  if (fill.is !== "known") return fill.is === "stale" ? { is: "unknown", why: fill.why } : fill;
  const { digits, scale } = fill.value;
  return { ...fill, value: mulDivFloor(units * digits, pow10(debt.terms.decimals), pow10(decimals + scale)) };
}

/** What a loan of `units` costs in the end: itself and the premium. @source aave-v3-origin 3.6.0 and core-v3 1.19.3, FlashLoanLogic */
export const loanCost = ({ scene: { terms } }: FlashSale, units: bigint): bigint =>
  units + revisionOf(terms.body).flashPremium(units, terms.body.flashPremium);

/** The holding after one such call that repays `units`, or the first refusal: every step is the engine's own. */
export function applySale(sale: FlashSale, all: readonly Sellable[], units: bigint): Result<AaveBody, Why> {
  const { body, scene, debt } = sale;
  const borrowed = { ...debt, held: { ...debt.held, wallet: "unknown", allowance: "unknown" } } as const;
  const repaid = repay(body, scene.terms.body, borrowed, exact(units, debt.terms.decimals));
  if (!repaid.ok) return repaid;
  let after: AaveBody = { ...repaid.value, payer: "a flash loan" };
  let missing = loanCost(sale, units);
  for (const sellable of all) {
    if (missing <= 0n) break;
    const sold = leastSold(sale, sellable, missing);
    const reserve = findReserve(after, scene.terms.body, sellable.position.terms.asset);
    if (!reserve.ok) return reserve;
    const pulled = withdraw(after, scene, reserve.value, exact(sold.units, sellable.position.terms.decimals));
    if (!pulled.ok) return pulled;
    after = pulled.value;
    missing -= sold.brings;
  }
  if (missing <= 0n) return ok(after);
  return fail(why("aave-v3/loan-not-covered", { asset: debt.terms.asset, next: "repay less" }));
}

/** The least that brings what is missing, or all of it. */
function leastSold(sale: FlashSale, sellable: Sellable, missing: bigint) {
  const bringsOf = (units: bigint): bigint => {
    const brings = proceeds(sale, sellable, units);
    return brings.is === "known" ? brings.value : 0n;
  };
  const most = bringsOf(sellable.most);
  if (most <= missing) return { units: sellable.most, brings: most };
  let [short, enough] = [0n, sellable.most];
  while (enough - short > 1n) {
    const middle = (short + enough) / 2n;
    if (bringsOf(middle) >= missing) enough = middle;
    else short = middle;
  }
  return { units: enough, brings: bringsOf(enough) };
}
