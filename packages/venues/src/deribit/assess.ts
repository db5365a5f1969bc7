import {
  type Assessment,
  type Explain,
  type Line,
  type Scene,
  lineOf,
  notAssessed,
  oldestOf,
} from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Ms,
  assetId,
  known,
  none,
  text,
  unknown,
  why,
} from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { quotesOf } from "./instrument.ts";
import { requirementOf, valueOf } from "./margin-standard.ts";
import type { DeribitTerms } from "./terms.ts";
import { type CoinMatrix, type Totals, freeOf, isCharged, totalsOf } from "./totals.ts";

/** Exact state of one account: margin balance against maintenance and initial margin. */
export function assess(body: Body, key: AccountKey, scene: Scene<DeribitTerms>): Assessment {
  const account = accountOf(body, key);
  if (account === undefined) return blank(key, "", none(why("deribit/no-account", { account: key })));
  const totals = totalsOf(account, scene);
  if (!totals.ok) return blank(key, account.unit, unknown(totals.failure));
  const asOf = oldest(account, scene);
  const free = freeOf(totals.value);
  return {
    account: key,
    unit: assetId(account.unit),
    equity: known(totals.value.equity, asOf),
    free: free.ok ? known(free.value, asOf) : unknown(free.failure),
    lines: isCharged(totals.value) ? linesOf(totals.value) : [],
    explain: explain(account, totals.value),
  };
}

const linesOf = ({ balance, balanceAfterHaircut, maintenance, initial }: Totals): readonly Line[] => [
  ...(balanceAfterHaircut.ok
    ? [
        lineOf({
          name: "initial",
          have: balanceAfterHaircut.value,
          need: initial,
          atZero: "safe",
          meaning: "below it the venue refuses new risk and withdrawals",
        }),
      ]
    : []),
  lineOf({
    name: "maintenance",
    have: balance,
    need: maintenance,
    atZero: "crossed",
    meaning:
      "at maintenance margin of 100 % of the margin balance the venue takes over and reduces; health is its inverse",
  }),
];

const blank = (key: AccountKey, unit: string, reason: Figure<Exact>): Assessment =>
  notAssessed(key, unit, reason, "margin balance");

const oldest = ({ positions }: Account, scene: Scene<DeribitTerms>): Ms =>
  oldestOf(
    positions.flatMap(({ instrument }) => quotesOf(instrument)),
    scene,
  );

function explain({ wallets, margin }: Account, totals: Totals): Explain {
  const source = "venues/deribit/README.md";
  return {
    name: "margin balance",
    value: text(totals.balance),
    formula: margin === "standard" ? "balance + profit of futures" : "balance + profit of futures + value of options",
    source,
    parts: [
      ...wallets.map(({ currency, balance }) => ({ name: `balance of ${currency}`, value: text(balance) })),
      ...totals.priced.map((each) => ({
        name: each.position.instrument,
        value: text(valueOf(each)),
        formula: each.is === "future" ? "profit at mark" : "size * mark",
        ...(margin === "standard" && {
          parts: [{ name: "maintenance margin", value: text(requirementOf(each, "maintenance")) }],
        }),
      })),
      {
        name: "maintenance margin",
        value: text(totals.maintenance),
        formula: margin === "standard" ? "sum over positions" : "factor * (worst scenario + roll shock + delta shock)",
        source,
        ...(margin === "portfolio" && { parts: totals.matrices.map(explainMatrix) }),
      },
      { name: "initial margin", value: text(totals.initial), source },
    ],
  };
}

/** What of the matrix counts; doubles, in coins or dollars. */
function explainMatrix({ group: { coin, unit }, matrix, maintenance }: CoinMatrix): Explain {
  const { worst, worstAt, roll, deltaShock } = matrix;
  const scenario = worstAt === undefined ? "none loses" : `index ${percent(worstAt.move)}, vols ${worstAt.shock}`;
  return {
    name: `scenarios of ${coin}`,
    value: text(maintenance),
    formula: `in ${unit}`,
    parts: [
      { name: `worst: ${scenario}`, value: `${worst}` },
      { name: "roll shock", value: `${roll}` },
      { name: "delta shock", value: `${deltaShock}`, source: "README.md rule 11: its form is not confirmed" },
    ],
  };
}

const percent = (move: number): string => `${move < 0 ? "" : "+"}${(100 * move).toFixed(0)} %`;
