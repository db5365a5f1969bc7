import { type Exact, type Result, type Why, exact, fail, minOf, ok, text, why } from "@plimsoll/core/units";
import { type Collateral, refused, unitsOf, withCollateral } from "./asset-access.ts";
import { baseBalance, owedOf, withBalance } from "./base-balance.ts";
import type { CometBody } from "./holding.ts";
import { accrue } from "./indices.ts";
import type { CometTerms } from "./terms.ts";
import { pay } from "./wallet.ts";

const supplyPaused = refused("Paused", {
  value: "supply",
  next: "wait until supplying is un-paused; repaying is supplying",
});

/**
 * The holding after the payer supplies base for the user: a debt is repaid first, what is left is lent out.
 * @returns why not: no such amount, supply paused, wallet or allowance too small.
 * @source Comet, supplyBase
 */
export function supplyBase(body: CometBody, terms: CometTerms, amount: Exact): Result<CometBody, Why> {
  const units = unitsOf(amount, terms.base);
  return units.ok ? supplyUnits(body, terms, units.value) : units;
}

/**
 * The holding after the payer repays debt of the user. More than the debt is the debt, "all" is all of it to the last unit: the contract
 * reads the debt itself when it is asked for the maximum.
 * @returns why not: no debt, no such amount, supply paused, wallet or allowance too small.
 */
export function repay(body: CometBody, terms: CometTerms, amount: Exact | "all"): Result<CometBody, Why> {
  const owed = owedOf(accrue(body, terms));
  const { asset } = terms.base;
  if (owed === 0n) return fail(why("compound-v3/no-debt", { asset, next: "nothing is owed; supply instead" }));
  const units = amount === "all" ? ok(owed) : unitsOf(amount, terms.base);
  return units.ok ? supplyUnits(body, terms, minOf(units.value, owed)) : units;
}

function supplyUnits(body: CometBody, terms: CometTerms, units: bigint): Result<CometBody, Why> {
  if (terms.paused.supply) return fail(supplyPaused);
  const funds = pay(body.funds, terms.base, units);
  if (!funds.ok) return funds;
  const accrued = accrue(body, terms);
  return withBalance({ ...accrued, funds: funds.value }, baseBalance(accrued) + units, units);
}

/**
 * The holding after the payer supplies collateral for the user; interest is not touched.
 * @returns why not: no such amount, supply paused, above the cap, wallet or allowance too small.
 * @source Comet, supplyCollateral
 */
export function supplyCollateral(
  body: CometBody,
  { paused }: CometTerms,
  { held, terms }: Collateral,
  amount: Exact,
): Result<CometBody, Why> {
  const units = unitsOf(amount, terms);
  if (!units.ok) return units;
  if (paused.supply) return fail(supplyPaused);
  const funds = pay(held.funds, terms, units.value);
  if (!funds.ok) return funds;
  const supplied = held.supplied === "unknown" ? held.supplied : held.supplied + units.value;
  if (supplied !== "unknown" && supplied > terms.supplyCap)
    return fail(
      refused("SupplyCapExceeded", {
        asset: terms.asset,
        cap: text(exact(terms.supplyCap, terms.decimals)),
        supplied: text(exact(supplied, terms.decimals)),
        next: "supply less, or repay debt",
      }),
    );
  return ok(withCollateral(body, { ...held, balance: held.balance + units.value, supplied, funds: funds.value }));
}
