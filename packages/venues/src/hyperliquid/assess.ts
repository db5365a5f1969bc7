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
import { markKey } from "./names.ts";
import { type Priced, initialMargin, maintenance, sumOf, value } from "./position.ts";
import type { HyperliquidTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** Exact state of one account: account value against initial, maintenance and backstop requirement. */
export function assess(body: Body, key: AccountKey, scene: Scene<HyperliquidTerms>): Assessment {
  const account = accountOf(body, key);
  if (account === undefined) return blank(key, "", none(why("hyperliquid/no-account", { account: key })));
  const totals = totalsOf(account, scene);
  if (!totals.ok) return blank(key, account.token, unknown(totals.failure));
  const { equity, free, priced } = totals.value;
  const asOf = oldest(priced, scene);
  return {
    account: key,
    unit: assetId(account.token),
    equity: known(equity, asOf),
    free: known(free, asOf),
    lines: linesOf(totals.value),
    explain: explain(account, totals.value),
  };
}

const MEANING = {
  initial: "below it the venue refuses new risk",
  maintenance: "below it the venue sends market orders for the positions",
  backstop: "below it the liquidator vault takes the positions and all margin of the account",
} as const;

function linesOf({ priced, equity, ...needs }: Totals): readonly Line[] {
  if (priced.length === 0) return [];
  return (["initial", "maintenance", "backstop"] as const).flatMap((name) => {
    const required = needs[name];
    return required === undefined
      ? []
      : [lineOf({ name, have: equity, need: required, atZero: "safe", meaning: MEANING[name] })];
  });
}

const blank = (key: AccountKey, token: string, reason: Figure<Exact>): Assessment =>
  notAssessed(key, token, reason, "account value");

const oldest = (priced: readonly Priced[], scene: Scene<HyperliquidTerms>): Ms =>
  oldestOf(
    priced.map(({ position }) => markKey(position.coin)),
    scene,
  );

function explain(account: Account, { equity, priced }: Totals): Explain {
  const source = "venues/hyperliquid/README.md";
  const part = (name: string, of: (each: Priced) => Exact, formula: string): Explain => ({
    name,
    value: text(sumOf(priced.map(of))),
    formula,
    source,
    parts: priced.map((each) => ({ name: each.position.coin, value: text(of(each)) })),
  });
  return {
    name: "account value",
    value: text(equity),
    formula: "cash leg + position value",
    source,
    parts: [
      { name: account.is === "cross" ? "cash leg of the pool" : "cash leg of the position", value: text(account.cash) },
      part("position value", value, "size * mark"),
      part("maintenance margin", maintenance, "notional / (2 * largest leverage of the row) - deduction"),
      part("initial margin", initialMargin, "notional / leverage"),
    ],
  };
}
