import type { Assessment, Explain, Line, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Ms,
  assetId,
  compare,
  known,
  ms,
  none,
  quotient,
  subtract,
  text,
  unknown,
  why,
} from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { quotesOf } from "./instrument.ts";
import { requirementOf, valueOf } from "./margin-standard.ts";
import type { DeribitTerms } from "./terms.ts";
import { type Totals, isCharged, totalsOf } from "./totals.ts";

const HEALTH_SCALE = 18;

/** Exact state of one account: margin balance against maintenance and initial margin. */
export function assess(body: Body, key: AccountKey, scene: Scene<DeribitTerms>): Assessment {
  const account = accountOf(body, key);
  if (account === undefined) return blank(key, "", none(why("deribit/no-account", { account: key })));
  const totals = totalsOf(account, scene);
  if (!totals.ok) return blank(key, account.unit, unknown(totals.failure));
  const asOf = oldest(account, scene);
  return {
    account: key,
    unit: assetId(account.unit),
    equity: known(totals.value.equity, asOf),
    free: known(totals.value.free, asOf),
    lines: isCharged(totals.value) ? linesOf(totals.value) : [],
    explain: explain(account, totals.value),
  };
}

const linesOf = ({ balance, balanceAfterHaircut, maintenance, initial }: Totals): readonly Line[] => [
  {
    name: "initial",
    ...measure(balanceAfterHaircut, initial),
    crossed: compare(balanceAfterHaircut, initial) < 0,
    strict: true,
    meaning: "below it the venue refuses new risk and withdrawals",
  },
  {
    name: "maintenance",
    ...measure(balance, maintenance),
    crossed: compare(balance, maintenance) <= 0,
    strict: false,
    meaning:
      "at maintenance margin of 100 % of the margin balance the venue takes over and reduces; health is its inverse",
  },
];

const measure = (balance: Exact, required: Exact) => ({
  required,
  surplus: subtract(balance, required),
  health: quotient(balance, required, HEALTH_SCALE, "floor"),
});

const blank = (key: AccountKey, unit: string, equity: Figure<Exact>): Assessment => ({
  account: key,
  unit: assetId(unit),
  equity,
  free: equity,
  lines: [],
  explain: { name: "margin balance", value: equity.is },
});

/** Age of the oldest price that the account reads. */
function oldest({ positions }: Account, scene: Scene<DeribitTerms>): Ms {
  const keys = positions.flatMap(({ instrument }) => quotesOf(instrument));
  return ms(Math.min(scene.now, ...keys.map((key) => scene.quotes.get(key)?.asOf ?? scene.now)));
}

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
        formula: margin === "standard" ? "sum over positions" : "factor * (worst scenario + roll shock)",
        source,
      },
      { name: "initial margin", value: text(totals.initial), source },
    ],
  };
}
