import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, exact, fail, maxOf, ok, text } from "@plimsoll/core/units";
import { refused } from "./asset-access.ts";
import { owedOf, withBalance } from "./base-balance.ts";
import { PRICE_DECIMALS } from "./comet-math.ts";
import type { CometBody } from "./holding.ts";
import { accrue } from "./indices.ts";
import { type PricedCollateral, amountOf } from "./prices.ts";
import { type Solvency, collateralValue, isLiquidatable, readSolvency, weighted } from "./solvency.ts";
import type { CometTerms } from "./terms.ts";

/** How an absorb settles an account. Amounts of the base asset in its smallest units. */
export interface Settlement {
  readonly owed: bigint;
  /** What the account is credited for its collateral. */
  readonly credit: bigint;
  /** Credit beyond the debt: it becomes a supply of the account. */
  readonly remainder: bigint;
  /** Debt beyond the credit: the market's reserves bear it. */
  readonly shortfall: bigint;
  /** What the owner loses: the collateral at the feeds' prices, less the debt that is gone and the remainder; never below 0. */
  readonly penalty: bigint;
}

export interface Absorbed extends Settlement {
  readonly after: CometBody;
  readonly seized: readonly PricedCollateral[];
}

/**
 * The account after `absorb`: interest first, then the verdict, then all collateral against all debt.
 * @returns why not: paused, not liquidatable, a price that is missing.
 * @source Comet, absorb, absorbInternal
 */
export function absorb(stored: CometBody, scene: Scene<CometTerms>): Result<Absorbed, Why> {
  const terms = scene.terms.body;
  if (terms.paused.absorb)
    return fail(refused("Paused", { value: "absorb", next: "wait until absorbing is un-paused" }));
  const body = accrue(stored, terms);
  const solvency = readSolvency(body, scene);
  if (!solvency.ok) return solvency;
  const settled = settlementOf(body, solvency.value);
  if (settled === "no-debt" || !isLiquidatable(solvency.value)) return fail(notLiquidatable(solvency.value));
  const after = withBalance(withoutCollateral(body), settled.remainder, 0n);
  return after.ok ? ok({ ...settled, after: after.value, seized: solvency.value.collateral }) : after;
}

/** How an absorb would settle the account at these prices, whether or not it may take place; `body` is accrued. */
export function settlementOf(body: CometBody, { collateral, base }: Solvency): Settlement | "no-debt" {
  const owed = owedOf(body);
  if (base === undefined || owed === 0n) return "no-debt";
  const credit = amountOf(
    weighted(collateral, ({ liquidationFactor }) => liquidationFactor),
    base,
  );
  const remainder = maxOf(credit - owed, 0n);
  const worth = amountOf(collateralValue(collateral), base);
  return {
    owed,
    credit,
    remainder,
    shortfall: maxOf(owed - credit, 0n),
    penalty: maxOf(worth - owed - remainder, 0n),
  };
}

const notLiquidatable = ({ liquidateValue, debt }: Solvency): Why =>
  refused("NotLiquidatable", {
    value: text(exact(liquidateValue, PRICE_DECIMALS)),
    debt: text(exact(debt, PRICE_DECIMALS)),
    next: "nothing is taken while the first is not below the second",
  });

const withoutCollateral = (body: CometBody): CometBody => ({
  ...body,
  collateral: body.collateral.map((each) => ({
    ...each,
    balance: 0n,
    supplied: each.supplied === "unknown" ? each.supplied : each.supplied - each.balance,
  })),
});
