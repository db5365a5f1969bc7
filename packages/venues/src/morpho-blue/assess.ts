import { type Assessment, type Explain, type LineName, type Scene, lineOf } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type AssetId,
  type Why,
  assetId,
  exact,
  known,
  maxOf,
  minOf,
  ms,
  text,
  trim,
  unknown,
} from "@plimsoll/core/units";
import { WAD } from "./constants.ts";
import { collateralValue, incentiveFactor, lowestHealthyPrice, maxBorrow } from "./health.ts";
import type { MorphoBody } from "./holding.ts";
import { type Position, readPosition } from "./position.ts";
import { type Price, asTokens, readPrice } from "./price.ts";
import type { MorphoTerms } from "./terms.ts";

const meanings = {
  maintenance: "below 1 anyone may repay debt and take collateral with a bonus, up to all of it",
  borrow: "below 1 nothing can be borrowed or withdrawn; the same line as the liquidation's",
} as const satisfies Partial<Record<LineName, string>>;

/** Both lines are one: what may be borrowed is what is not liquidated. */
export type MorphoLine = keyof typeof meanings;
export const isMorphoLine = (name: LineName): name is MorphoLine => name in meanings;

/** Exact state of one market position, as the contract would judge it at the holding's timestamp; in the loan token. */
export function assessMorpho(body: MorphoBody, account: AccountKey, scene: Scene<MorphoTerms>): Assessment {
  const position = readPosition(body, account, scene.terms.body);
  if (!position.ok) return unassessed(account, assetId("unknown"), position.failure);
  const { terms, debt, supplied, collateral } = position.value;
  const unit = assetId(terms.loan.asset);
  const price = readPrice(scene.terms.body, terms, scene);
  if (!price.ok) return unassessed(account, unit, price.failure);
  const tokens = (units: bigint) => exact(units, terms.loan.decimals);
  const most = maxBorrow(collateral, price.value, terms);
  const asOf = ms(Math.min(price.value.asOf, Number(body.timestamp) * 1000));
  const line = (name: MorphoLine) =>
    lineOf({ name, have: tokens(most), need: tokens(debt), atZero: "safe", meaning: meanings[name] });
  return {
    account,
    unit,
    equity: known(tokens(collateralValue(collateral, price.value) + supplied - debt), asOf),
    free: known(tokens(borrowable(body, position.value, most)), asOf),
    lines: debt === 0n ? [] : [line("maintenance"), line("borrow")],
    explain: explain(position.value, price.value, most),
  };
}

/** What is left to borrow: the line's room and, in a market that was read, the loan tokens that nobody has borrowed yet. */
function borrowable({ block }: MorphoBody, { totals, debt }: Position, most: bigint): bigint {
  const room = maxOf(most - debt, 0n);
  return block === 0n ? room : minOf(room, totals.supplyAssets - totals.borrowAssets);
}

const unassessed = (account: AccountKey, unit: AssetId, failure: Why): Assessment => ({
  account,
  unit,
  equity: unknown(failure),
  free: unknown(failure),
  lines: [],
  explain: { name: "account", value: "unknown", formula: `${failure.code} ${Object.values(failure.facts).join(", ")}` },
});

function explain(position: Position, price: Price, most: bigint): Explain {
  const { terms, debt, collateral, supplied } = position;
  const loan = (units: bigint) => `${text(trim(exact(units, terms.loan.decimals)))} ${terms.loan.asset}`;
  const worth = collateralValue(collateral, price);
  const lltv = text(trim(exact(terms.lltv, 18)));
  const line = lowestHealthyPrice(collateral, debt, terms);
  return {
    name: "health",
    value: debt === 0n ? "no debt" : text(exact((most * WAD) / debt, 18)),
    formula: "collateral value x LLTV / debt",
    source: "morpho-blue 1.0.0, Morpho._isHealthy",
    parts: [
      {
        name: "collateral",
        value: loan(worth),
        formula: `${text(trim(exact(collateral, terms.collateral.decimals)))} ${terms.collateral.asset} x ${text(trim(asTokens(price, terms)))}, rounded down; x ${lltv} is ${loan(most)}`,
      },
      {
        name: "debt",
        value: loan(debt),
        formula: `${position.held.borrowShares} shares, rounded up`,
      },
      ...(supplied === 0n ? [] : [{ name: "lent", value: loan(supplied), formula: "no margin in this market" }]),
      ...(line === undefined
        ? []
        : [
            {
              name: "lowest healthy oracle price",
              value: `${text(trim(line))} ${terms.loan.asset}`,
              formula: "debt / LLTV / collateral, each rounded up",
            },
          ]),
      {
        name: "liquidation incentive",
        value: text(trim(exact(incentiveFactor(terms), 18))),
        formula: "collateral taken for each debt repaid: 1 / (1 - 0.3 x (1 - LLTV)), at most 1.15",
        source: "morpho-blue 1.0.0, Morpho.liquidate",
      },
    ],
  };
}
