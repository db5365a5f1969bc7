import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, exact, fail, maxOf, ok, text } from "@plimsoll/core/units";
import { type Collateral, refused, unitsOf, withCollateral } from "./asset-access.ts";
import { baseBalance, owedOf, withBalance } from "./base-balance.ts";
import { PRICE_DECIMALS } from "./comet-math.ts";
import type { CometBody, Funds } from "./holding.ts";
import { accrue } from "./indices.ts";
import { isBorrowCollateralized, readSolvency } from "./solvency.ts";
import type { CometTerms } from "./terms.ts";
import { receive } from "./wallet.ts";

const withdrawPaused = refused("Paused", { value: "withdraw", next: "wait until withdrawing is un-paused" });

/**
 * The holding after the user withdraws base; what goes beyond the own supply is borrowed. "all" is the supply, to the last unit.
 * @returns why not: no such amount, withdraw paused, the market holds too little, a debt below the minimum, too little collateral.
 * @source Comet, withdrawBase
 */
export function withdrawBase(body: CometBody, scene: Scene<CometTerms>, amount: Exact | "all"): Result<CometBody, Why> {
  const terms = scene.terms.body;
  const accrued = accrue(body, terms);
  const balance = baseBalance(accrued);
  const units = amount === "all" ? ok(maxOf(balance, 0n)) : unitsOf(amount, terms.base);
  if (!units.ok) return units;
  if (units.value === 0n)
    return fail(
      refused("InvalidAmount", { asset: terms.base.asset, next: "nothing is supplied; name an amount to borrow" }),
    );
  if (terms.paused.withdraw) return fail(withdrawPaused);
  const left = balance - units.value;
  const funds = received(body, accrued.funds, units.value);
  const after = withBalance({ ...accrued, funds }, left, -units.value);
  if (!after.ok || left >= 0n) return after;
  if (-left >= terms.baseBorrowMin) return collateralized(after.value, scene);
  return fail(
    refused("BorrowTooSmall", {
      debt: text(exact(-left, terms.base.decimals)),
      minimum: text(exact(terms.baseBorrowMin, terms.base.decimals)),
      next: "borrow at least the minimum, or nothing",
    }),
  );
}

/**
 * The holding after the user withdraws collateral, judged at the stored indices: the contract does not accrue here.
 * @returns why not: more than supplied, withdraw paused, too little collateral left for the debt.
 * @source Comet, withdrawCollateral
 */
export function withdrawCollateral(
  body: CometBody,
  scene: Scene<CometTerms>,
  { held, terms }: Collateral,
  amount: Exact | "all",
): Result<CometBody, Why> {
  const units = amount === "all" ? ok(held.balance) : unitsOf(amount, terms);
  if (!units.ok) return units;
  if (units.value === 0n || units.value > held.balance)
    return fail(
      refused("InvalidAmount", {
        asset: terms.asset,
        supplied: text(exact(held.balance, terms.decimals)),
        next: "withdraw at most what is supplied",
      }),
    );
  if (scene.terms.body.paused.withdraw) return fail(withdrawPaused);
  return collateralized(
    withCollateral(body, {
      ...held,
      balance: held.balance - units.value,
      supplied: held.supplied === "unknown" ? held.supplied : held.supplied - units.value,
      funds: received(body, held.funds, units.value),
    }),
    scene,
  );
}

/** Withdrawals go to the user; only where the user pays too is that the wallet that was read. */
const received = ({ payer, user }: CometBody, funds: Funds, units: bigint): Funds =>
  payer === user ? receive(funds, units) : funds;

/** The holding, unless its debt is more than its collateral lends against. */
function collateralized(after: CometBody, scene: Scene<CometTerms>): Result<CometBody, Why> {
  if (owedOf(after) === 0n) return ok(after);
  const solvency = readSolvency(after, scene);
  if (!solvency.ok) return solvency;
  if (isBorrowCollateralized(solvency.value)) return ok(after);
  return fail(
    refused("NotCollateralized", {
      value: text(exact(solvency.value.borrowValue, PRICE_DECIMALS)),
      debt: text(exact(solvency.value.debt, PRICE_DECIMALS)),
      next: "take less, or repay first: the first must not be below the second",
    }),
  );
}
