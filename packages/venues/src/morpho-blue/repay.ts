import { type Exact, type Result, type Why, fail, maxOf, ok } from "@plimsoll/core/units";
import type { MorphoBody } from "./holding.ts";
import { borrowSide } from "./interest.ts";
import { type Position, withMarket } from "./position.ts";
import { refused, unitsOf } from "./refused.ts";
import { toSharesDown } from "./shares.ts";
import { pay } from "./wallet.ts";

/**
 * The holding after the payer repays debt of one market. An amount that covers all shares, or "all", is sent as shares: by assets
 * the contract would leave dust or underflow.
 * @source morpho-blue 1.0.0, Morpho.repay
 */
export function repay(body: MorphoBody, position: Position, amount: Exact | "all"): Result<MorphoBody, Why> {
  const { held, terms, totals } = position;
  if (held.borrowShares === 0n)
    return fail(refused("inconsistent input", { market: terms.market, next: "name a market with a debt" }));
  const units = amount === "all" ? ok(position.debt) : unitsOf(amount, terms.loan);
  if (!units.ok) return units;
  const repaid = repaidBy(position, units.value);
  const paid = pay(body, terms.loan, repaid.assets);
  if (!paid.ok) return paid;
  return ok(
    withMarket(paid.value, {
      ...held,
      borrowShares: held.borrowShares - repaid.shares,
      totals: {
        ...totals,
        borrowShares: totals.borrowShares - repaid.shares,
        // Rounded up, the last debt of a market may be one unit more than its total.
        borrowAssets: maxOf(totals.borrowAssets - repaid.assets, 0n),
      },
    }),
  );
}

/** What a repayment burns and costs: shares rounded down, hence never all of them below the debt; from the debt on, all. */
export function repaidBy({ held, totals, debt }: Position, assets: bigint) {
  if (assets < debt) return { shares: toSharesDown(assets, borrowSide(totals)), assets };
  return { shares: held.borrowShares, assets: debt };
}
