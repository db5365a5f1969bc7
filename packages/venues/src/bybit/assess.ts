import { type Assessment, type Line, type Scene, lineOf, notAssessed, oldestOf } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  assetId,
  isZero,
  known,
  none,
  unknown,
  why,
} from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { explain } from "./explain.ts";
import type { Body } from "./holding.ts";
import { indexKey, markKey } from "./quotes.ts";
import type { BybitTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

export type BybitLine = "initial" | "maintenance";

/** Exact state of one account: margin balance against initial and maintenance margin; the venue's rates are need / have. */
export function assess(body: Body, key: AccountKey, scene: Scene<BybitTerms>): Assessment {
  const account = accountOf(body, key);
  if (account === undefined) return blank(key, "", none(why("bybit/no-account", { account: key })));
  const unit = account.is === "wallet" ? "USD" : account.position.coin;
  const totals = totalsOf(account, body, scene);
  if (!totals.ok) return blank(key, unit, unknown(totals.failure));
  const { have, free, exposures, coins } = totals.value;
  const asOf = oldestOf(
    [...exposures.map(({ position }) => markKey(position.symbol)), ...coins.map(({ coin }) => indexKey(coin))],
    scene,
  );
  return {
    account: key,
    unit: assetId(unit),
    equity: known(have, asOf),
    free: known(free, asOf),
    lines: linesOf(account, totals.value),
    explain: explain(account, body, totals.value),
  };
}

const blank = (key: AccountKey, unit: string, reason: Figure<Exact>): Assessment =>
  notAssessed(key, unit, reason, "margin balance");

export const needOf = (totals: Totals, line: BybitLine): Exact =>
  line === "initial" ? totals.initial : totals.maintenance;

const MEANING = {
  initial: "at an initial margin rate of 100 % the venue takes no order that adds risk",
  maintenance: "at a maintenance margin rate of 100 % the venue liquidates",
} as const;

/** Both rates of the wallet; an isolated position has the one line at which it is liquidated. */
function linesOf(account: Account, totals: Totals): readonly Line[] {
  const names = account.is === "wallet" ? (["initial", "maintenance"] as const) : (["maintenance"] as const);
  return names.flatMap((name) => {
    const need = needOf(totals, name);
    if (isZero(need)) return [];
    return lineOf({ name, have: totals.have, need, atZero: "crossed", meaning: MEANING[name] });
  });
}
