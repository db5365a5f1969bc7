import { type Assessment, type Line, type LineName, type Scene, lineOf, notAssessed } from "@plimsoll/core/margin";
import { type AccountKey, assetId, exact, known, maxOf, ms, unknown } from "@plimsoll/core/units";
import { baseBalance } from "./base-balance.ts";
import { PRICE_DECIMALS } from "./comet-math.ts";
import { explainAccount } from "./explain.ts";
import type { CometBody } from "./holding.ts";
import { accrue } from "./indices.ts";
import { type Priced, valueOf } from "./prices.ts";
import { type Solvency, collateralValue, readSolvency } from "./solvency.ts";
import type { CometTerms } from "./terms.ts";

const lines = {
  maintenance: {
    value: ({ liquidateValue }: Solvency) => liquidateValue,
    meaning: "below 1 anyone may have the whole account absorbed: all collateral goes, at its liquidation factor",
  },
  borrow: {
    value: ({ borrowValue }: Solvency) => borrowValue,
    meaning: "below 1 nothing more can be borrowed and no collateral withdrawn; nothing is taken",
  },
} as const satisfies Partial<Record<LineName, unknown>>;

/** The lines of a Comet account: the liquidate factor's, and the borrow factor's for new debt and withdrawals. */
export type CometLine = keyof typeof lines;
export const isCometLine = (name: LineName): name is CometLine => name in lines;

/** Exact state of the account as the market would judge it now: after interest, which `absorb` accrues before it looks. */
export function assessComet(body: CometBody, account: AccountKey, scene: Scene<CometTerms>): Assessment {
  const terms = scene.terms.body;
  const accrued = accrue(body, terms);
  const read = readSolvency(accrued, scene);
  if (!read.ok) return notAssessed(account, terms.priceUnit, unknown(read.failure), "health");
  const solvency = read.value;
  const asOf = ms(Math.min(Number(body.timestamp) * 1000, ...pricesIn(solvency).map((price) => price.asOf)));
  const figure = (value: bigint) => known(exact(value, PRICE_DECIMALS), asOf);
  const lent = solvency.base === undefined ? 0n : valueOf(maxOf(baseBalance(accrued), 0n), solvency.base);
  return {
    account,
    unit: assetId(terms.priceUnit),
    equity: figure(collateralValue(solvency.collateral) + lent - solvency.debt),
    free: figure(maxOf(solvency.borrowValue + lent - solvency.debt, 0n)),
    lines: solvency.debt === 0n ? [] : [line("maintenance", solvency), line("borrow", solvency)],
    explain: explainAccount(body, solvency, scene),
  };
}

const pricesIn = ({ collateral, base }: Priced) => (base === undefined ? collateral : [...collateral, base]);

const line = (name: CometLine, solvency: Solvency): Line =>
  lineOf({
    name,
    have: exact(lines[name].value(solvency), PRICE_DECIMALS),
    need: exact(solvency.debt, PRICE_DECIMALS),
    atZero: "safe",
    meaning: lines[name].meaning,
  });
