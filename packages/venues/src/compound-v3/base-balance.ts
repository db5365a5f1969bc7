import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { presentOf, principalOfDebt, principalOfSupply } from "./comet-math.ts";
import type { CometBody, Totals } from "./holding.ts";
import { type Indices, storedIndices } from "./indices.ts";

/** Base balance at the stored indices, in base units: above 0 supplied, below 0 owed; toward zero in both cases. */
export function baseBalance(body: CometBody): bigint {
  const { supply, borrow } = storedIndices(body);
  return body.principal >= 0n ? presentOf(body.principal, supply) : -presentOf(-body.principal, borrow);
}

/** What is owed at the stored indices, base units. */
export const owedOf = (body: CometBody): bigint => (body.principal < 0n ? -baseBalance(body) : 0n);

/** The principal of a balance: supplies down, debts up. */
const principalOf = (balance: bigint, { supply, borrow }: Indices): bigint =>
  balance >= 0n ? principalOfSupply(balance, supply) : -principalOfDebt(-balance, borrow);

const above = (principal: bigint): bigint => (principal > 0n ? principal : 0n);

/**
 * The holding with another base balance; the market's totals move by the change of the principal.
 * @param cash base tokens that enter the contract; below 0 they leave it.
 * @returns why not: the contract holds less than is taken out.
 * @source Comet, repayAndSupplyAmount, withdrawAndBorrowAmount. Their guard against a principal that rounding turns the other way
 *   never bites: a balance that moved by a whole unit never rounds to a principal on the other side of the old one.
 */
export function withBalance(body: CometBody, balance: bigint, cash: bigint): Result<CometBody, Why> {
  const { principal: before, totals } = body;
  const principal = principalOf(balance, storedIndices(body));
  if (totals === "not-read") return ok({ ...body, principal });
  const moved: Totals = {
    ...totals,
    supplied: totals.supplied + above(principal) - above(before),
    borrowed: totals.borrowed + above(-principal) - above(-before),
    cash: totals.cash + cash,
  };
  if (moved.cash >= 0n) return ok({ ...body, principal, totals: moved });
  return fail(
    why("compound-v3/not-enough-liquidity", {
      available: `${totals.cash}`,
      needed: `${-cash}`,
      next: "withdraw at most what the market holds, or wait until others repay",
    }),
  );
}
