import type { Explain, Scene } from "@plimsoll/core/margin";
import { exact, quotient, text, trim } from "@plimsoll/core/units";
import { settlementOf } from "./absorb.ts";
import { baseBalance } from "./base-balance.ts";
import { FACTOR_DECIMALS, PRICE_DECIMALS } from "./comet-math.ts";
import type { CometBody } from "./holding.ts";
import { accrue } from "./indices.ts";
import { type PricedCollateral, valueOf } from "./prices.ts";
import { type Solvency, isLiquidatable, readSolvency } from "./solvency.ts";
import { isForSale, storefrontDiscount } from "./storefront.ts";
import type { CometTerms } from "./terms.ts";

const value = (units: bigint) => text(exact(units, PRICE_DECIMALS));
const share = (factor: bigint) => text(trim(exact(factor, FACTOR_DECIMALS)));
const amount = (units: bigint, decimals: number) => text(trim(exact(units, decimals)));

/** How the figures of an account came about, and what an absorb would do to it. */
export function explainAccount(stored: CometBody, solvency: Solvency, scene: Scene<CometTerms>): Explain {
  const { liquidateValue, debt } = solvency;
  const terms = scene.terms.body;
  const parts = [collateralPart(solvency, terms), basePart(stored, solvency, terms)];
  if (debt === 0n) return { name: "health", value: "no debt", parts };
  return {
    name: "health",
    value: text(quotient(exact(liquidateValue), exact(debt), FACTOR_DECIMALS, "floor")),
    formula: "sum of collateral value x liquidate factor / debt value",
    source: "Comet, isLiquidatable after accrueInternal",
    parts: [...parts, ...verdictParts(stored, solvency, terms, viewOf(stored, scene))],
  };
}

/** What `isLiquidatable` answers now. */
type Verdict = "true" | "false" | "unknown";
function viewOf(stored: CometBody, scene: Scene<CometTerms>): Verdict {
  const solvency = readSolvency(stored, scene);
  if (!solvency.ok) return "unknown";
  return isLiquidatable(solvency.value) ? "true" : "false";
}

function collateralPart({ collateral, liquidateValue, borrowValue }: Solvency, terms: CometTerms): Explain {
  return {
    name: "collateral that counts",
    value: value(liquidateValue),
    formula: `${amount(borrowValue, PRICE_DECIMALS)} for borrowing`,
    parts: collateral.map((each) => assetPart(each, terms)),
  };
}

function assetPart(each: PricedCollateral, market: CometTerms): Explain {
  const { held, terms } = each;
  const { asset, decimals, liquidateFactor, borrowFactor, liquidationFactor } = terms;
  return {
    name: asset,
    value: value(valueOf(held.balance, each)),
    formula: `${amount(held.balance, decimals)} x ${text(each.each)}, liquidate factor ${share(liquidateFactor)}, borrow factor ${share(borrowFactor)}, credited at ${share(liquidationFactor)} when absorbed, then sold at a discount of ${share(storefrontDiscount(terms, market))}`,
  };
}

function basePart(stored: CometBody, { base, debt }: Solvency, terms: CometTerms): Explain {
  const balance = baseBalance(accrue(stored, terms));
  const name = balance < 0n ? "debt" : "supply of the base asset";
  if (base === undefined) return { name, value: value(0n) };
  const units = balance < 0n ? -balance : balance;
  const interest = stored.totals === "not-read" ? "interest not read" : "with interest up to now";
  return {
    name,
    value: value(balance < 0n ? debt : valueOf(units, base)),
    formula: `${amount(units, terms.base.decimals)} ${terms.base.asset} x ${text(base.each)}, rounded down, ${interest}`,
  };
}

/** The view's answer, which looks at stored indices, and what an absorb, which accrues first and decides, would do. */
function verdictParts(stored: CometBody, solvency: Solvency, terms: CometTerms, before: Verdict): readonly Explain[] {
  const settled = settlementOf(accrue(stored, terms), solvency);
  const { asset, decimals } = terms.base;
  const view: Explain = { name: "isLiquidatable answers", value: before, formula: "at the stored indices" };
  const cliff: Explain = {
    name: "point of no return",
    value: "none",
    formula: "an absorb takes the whole account at once: no part of it is liquidated first",
  };
  const sale: Explain = { name: "absorbed collateral is for sale", value: `${isForSale(stored, terms)}` };
  if (settled === "no-debt") return [view, cliff, sale];
  const { penalty, credit, remainder, shortfall } = settled;
  const loss: Explain = {
    name: `an absorb at these prices costs, ${asset}`,
    value: amount(penalty, decimals),
    formula: `credit ${amount(credit, decimals)}, supply left ${amount(remainder, decimals)}, bad debt ${amount(shortfall, decimals)}`,
  };
  return [view, loss, cliff, sale];
}
