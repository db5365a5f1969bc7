import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, exact, fail, ok, text } from "@plimsoll/core/units";
import { maxBorrow } from "./health.ts";
import type { MorphoBody } from "./holding.ts";
import { type Position, withMarket } from "./position.ts";
import { readPrice } from "./price.ts";
import { refused, tooMuch, unitsOf } from "./refused.ts";
import type { MorphoTerms } from "./terms.ts";
import { pay, receive } from "./wallet.ts";

/** The holding after the payer adds collateral; nothing else of the market moves. @source morpho-blue 1.0.0, Morpho.supplyCollateral */
export function supplyCollateral(body: MorphoBody, { held, terms }: Position, amount: Exact): Result<MorphoBody, Why> {
  const units = unitsOf(amount, terms.collateral);
  if (!units.ok) return units;
  const paid = pay(body, terms.collateral, units.value);
  return paid.ok ? ok(withMarket(paid.value, { ...held, collateral: held.collateral + units.value })) : paid;
}

/** The holding after the owner takes collateral out; the position must be healthy then. @source morpho-blue 1.0.0, Morpho.withdrawCollateral */
export function withdrawCollateral(
  body: MorphoBody,
  { held, terms, totals, debt }: Position,
  scene: Scene<MorphoTerms>,
  amount: Exact | "all",
): Result<MorphoBody, Why> {
  const all = exact(held.collateral, terms.collateral.decimals);
  const units = unitsOf(amount === "all" ? all : amount, terms.collateral);
  if (!units.ok) return units;
  const { asset } = terms.collateral;
  if (units.value > held.collateral)
    return fail(tooMuch({ asset, supplied: text(all), next: "withdraw at most what is supplied" }));
  const left = held.collateral - units.value;
  if (debt > 0n) {
    const price = readPrice(scene.terms.body, terms, scene);
    if (!price.ok) return price;
    const most = maxBorrow(left, price.value, terms);
    if (most < debt)
      return fail(
        refused("insufficient collateral", {
          asset,
          debt: text(exact(debt, terms.loan.decimals)),
          allowed: text(exact(most, terms.loan.decimals)),
          next: "withdraw less, or repay debt first",
        }),
      );
  }
  return ok(receive(withMarket(body, { ...held, totals, collateral: left }), terms.collateral, units.value));
}
