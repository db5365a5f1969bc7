import { type Exact, type Result, type Why, fail, minOf, ok } from "@plimsoll/core/units";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { indicesAt } from "./indices.ts";
import { isolatedCollateral, lessIsolatedDebt } from "./isolation.ts";
import { burnDebt, settleReserve, touchReserve } from "./reserve.ts";
import { type Reserve, openReserve, refused, unitsOf, withReserve } from "./reserve-access.ts";
import { revisionOf } from "./revision.ts";
import { withBorrowing } from "./user-config.ts";
import { payFromWallet } from "./wallet.ts";

/**
 * The holding after the payer repays debt of the user; more than the debt is the debt, "all" is all of it to the last unit.
 * @returns why not: no debt, inactive, paused, an amount that burns nothing, wallet or allowance too small.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, BorrowLogic.executeRepay, ValidationLogic.validateRepay
 */
export function repay(
  body: AaveBody,
  terms: AaveTerms,
  reserve: Reserve,
  amount: Exact | "all",
): Result<AaveBody, Why> {
  const repaid = burnPayback(body, terms, reserve, amount, "money");
  if (!repaid.ok) return repaid;
  const { after, held, payback } = repaid.value;
  const paid = payFromWallet(held, reserve.terms, payback);
  return paid.ok ? ok(withReserve(after, paid.value)) : paid;
}

interface Payback {
  readonly after: AaveBody;
  /** The reserve in it. */
  readonly held: Reserve["held"];
  readonly payback: bigint;
}

/** The debt's side of a repayment, whoever pays: with money, which can be lent again, or with aTokens. */
export function burnPayback(
  body: AaveBody,
  terms: AaveTerms,
  reserve: Reserve,
  amount: Exact | "all",
  paidWith: "money" | "aTokens",
): Result<Payback, Why> {
  const revision = revisionOf(terms);
  const touched = touchReserve(reserve.held, reserve.terms, body.timestamp, revision);
  const index = indicesAt(touched.pool, body.timestamp, revision).debt;
  const owed = revision.tokens.debtOf(touched.scaledDebt, index);
  const units = amount === "all" ? ok(owed) : unitsOf(amount, reserve.terms);
  if (!units.ok) return units;
  const open = openReserve(reserve);
  if (!open.ok) return open;
  const { asset, id } = reserve.terms;
  if (touched.scaledDebt === 0n)
    return fail(refused("NoDebtOfSelectedType", { asset, next: "name an asset that the account owes" }));

  const payback = minOf(units.value, owed);
  const scaled = revision.tokens.scaledToBurnDebt(payback, index);
  if (scaled === 0n) return fail(refused("InvalidBurnAmount", { asset, value: `${payback}`, next: "repay more" }));
  const added = paidWith === "money" ? payback : 0n;
  const settled = settleReserve(burnDebt(touched, scaled), reserve.terms, { added }, revision);
  if (!settled.ok) return settled;
  const closed = revision.counts === "scaled" ? settled.value.scaledDebt === 0n : payback === owed;
  const config = closed ? withBorrowing(body.config, id, false) : body.config;
  const repaid = { ...withReserve(body, settled.value), config };
  const isolated = isolatedCollateral(body.config, terms);
  const after = isolated === undefined ? repaid : lessIsolatedDebt(repaid, isolated.id, reserve.terms, payback);
  const held = after.reserves.find((each) => each.id === id) ?? settled.value;
  return ok({ after, held, payback });
}
