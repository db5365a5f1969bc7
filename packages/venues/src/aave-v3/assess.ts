import type { Assessment, Explain, Line, LineName, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type AssetId,
  type Why,
  assetId,
  exact,
  invariant,
  known,
  ms,
  text,
  trim,
  unknown,
} from "@plimsoll/core/units";
import { type AccountData, accountData, owedValue, suppliedValue } from "./account-data.ts";
import { isLiquidatable } from "./health.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { type Position, readPositions } from "./position.ts";
import { pointOfNoReturn, turningPoint } from "./point-of-no-return.ts";
import { type Priced, oldest, priceOf, pricePositions } from "./prices.ts";
import { type Revision, revisionOf } from "./revision.ts";
import { BPS } from "./wad-ray-math.ts";
import { isFlagged } from "./user-config.ts";

/** What both lines share: a sum of collateral values times a share in bps, and its truncated average, against the debt. */
const lines = {
  maintenance: {
    weighted: (data: AccountData) => data.weighted,
    average: (data: AccountData) => data.liquidationThreshold,
    meaning: "below 1 anyone may repay part of the debt and take collateral with a bonus",
  },
  borrow: {
    weighted: (data: AccountData) => data.weightedLtv,
    average: (data: AccountData) => data.ltv,
    meaning: "at or below 1 nothing more can be borrowed; nothing is taken",
  },
} as const satisfies Partial<Record<LineName, unknown>>;

/** The lines of an Aave account: the liquidation threshold's, and the LTV's for new borrowing. */
export type AaveLine = keyof typeof lines;
export const isAaveLine = (name: LineName): name is AaveLine => name in lines;

/** Exact state of the account, as `getUserAccountData` answers it at the holding's timestamp. */
export function assessAave(body: AaveBody, account: AccountKey, scene: Scene<AaveTerms>): Assessment {
  const terms = scene.terms.body;
  const unit = assetId(terms.baseCurrency);
  const revision = revisionOf(terms);
  const positions = readPositions(body, terms);
  if (!positions.ok) return unassessed(account, unit, positions.failure);
  const flagged = pricePositions(positions.value.filter(isFlagged), scene);
  if (!flagged.ok) return unassessed(account, unit, flagged.failure);
  const all = pricePositions(positions.value.filter(holdsSomething), scene);
  const data = accountData(flagged.value, revision);
  const asOf = oldest(flagged.value, ms(Number(body.timestamp) * 1000));
  return {
    account,
    unit,
    equity: all.ok ? known(exact(equityOf(all.value, revision), terms.baseDecimals), asOf) : unknown(all.failure),
    free: known(exact(data.availableBorrows, terms.baseDecimals), asOf),
    lines: data.debt === 0n ? [] : [lineOf("maintenance", data, terms), lineOf("borrow", data, terms)],
    explain: explainAccount(data, flagged.value, terms),
  };
}

const unassessed = (account: AccountKey, unit: AssetId, failure: Why): Assessment => ({
  account,
  unit,
  equity: unknown(failure),
  free: unknown(failure),
  lines: [],
  explain: { name: "account", value: "unknown", formula: `${failure.code} ${Object.values(failure.facts).join(", ")}` },
});

const holdsSomething = ({ supplied, owed }: Position): boolean => supplied > 0n || owed > 0n;

/** Everything supplied, collateral or not, less everything owed. */
export const equityOf = (all: readonly Priced[], revision: Revision): bigint =>
  all.reduce((sum, position) => sum + suppliedValue(position) - owedValue(position, revision), 0n);

/** Health is what the contract would answer; surplus is not yet divided, hence four more decimals. */
function lineOf(name: AaveLine, data: AccountData, terms: AaveTerms): Line {
  const { baseDecimals } = terms;
  const sums = { ...data, weighted: lines[name].weighted(data), average: lines[name].average(data) };
  const revision = revisionOf(terms);
  const health = revision.health(sums);
  invariant(health !== "no-debt", "a line needs debt");
  return {
    name,
    required: exact(data.debt, baseDecimals),
    surplus: exact(revision.have(sums) - data.debt * BPS, baseDecimals + 4),
    health: exact(health, 18),
    crossed: isLiquidatable(health),
    strict: true,
    meaning: lines[name].meaning,
  };
}

function explainAccount(data: AccountData, flagged: readonly Priced[], terms: AaveTerms): Explain {
  const { baseDecimals } = terms;
  const revision = revisionOf(terms);
  const base = (value: bigint) => text(exact(value, baseDecimals));
  const amount = (units: bigint, { terms }: Priced) => text(trim(exact(units, terms.decimals)));
  const each = (position: Priced) => text(priceOf(position, baseDecimals));
  const share = (bps: bigint) => text(exact(bps, 4));
  return {
    name: "health",
    value: data.health === "no-debt" ? "no debt" : text(exact(data.health, 18)),
    formula: "sum of collateral value x liquidation threshold / debt value",
    source: `${revision.source}, GenericLogic.calculateUserAccountData`,
    parts: [
      {
        name: "collateral",
        value: base(data.collateral),
        formula: `average threshold ${share(data.liquidationThreshold)}, average LTV ${share(data.ltv)}`,
        parts: flagged
          .filter(({ isCollateral }) => isCollateral)
          .map((position) => ({
            name: position.terms.asset,
            value: base(suppliedValue(position)),
            formula: `${amount(position.supplied, position)} x ${each(position)}, threshold ${share(position.counts.liquidationThreshold)}, LTV ${share(position.counts.ltv)}${capNote(position)}`,
          })),
      },
      {
        name: "debt",
        value: base(data.debt),
        parts: flagged
          .filter(({ isBorrowed }) => isBorrowed)
          .map((position) => ({
            name: position.terms.asset,
            value: base(owedValue(position, revision)),
            formula: `${amount(position.owed, position)} x ${each(position)}, rounded ${revision.debtRounds}${capNote(position)}`,
          })),
      },
      ...explainPoint(flagged),
    ],
  };
}

/** Said where the pool's price source does not tell whether it caps the price: at another price it may answer less. */
const capNote = ({ terms }: Priced): string => (terms.priceCap === "unknown" ? ", price cap unknown" : "");

/** What a liquidation does to health, where anything can be taken. */
function explainPoint(flagged: readonly Priced[]): readonly Explain[] {
  const point = pointOfNoReturn(flagged);
  if (point === "no-collateral" || !flagged.some(({ isBorrowed }) => isBorrowed)) return [];
  return [
    {
      name: "point of no return",
      value: text(trim(point)),
      formula: "smallest threshold x (1 + bonus) of the collateral: below this health every liquidation lowers it",
      parts: flagged
        .filter(({ isCollateral }) => isCollateral)
        .map((position) => ({
          name: position.terms.asset,
          value: text(trim(turningPoint(position))),
          formula: `threshold ${text(exact(position.counts.liquidationThreshold, 4))} x ${text(exact(position.counts.liquidationBonus, 4))}`,
        })),
    },
  ];
}
