import { type Assessment, type Line, type Scene, lineOf, notAssessed, oldestOf } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Ms,
  type Why,
  assetId,
  isZero,
  known,
  multiply,
  none,
  unknown,
  why,
} from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import { indexKeyIn } from "./asset-value.ts";
import { explain } from "./explain.ts";
import { type Body, positionName } from "./holding.ts";
import { linesUnder } from "./lines.ts";
import { markKeyIn } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** Exact state of one account: margin balance against maintenance and initial margin, as the venue adds them up. */
export function assess(body: Body, key: AccountKey, scene: Scene<BinanceTerms>): Assessment {
  const account = accountOf(body, key);
  if (account === undefined) return blank(key, "", none(why("binance/no-account", { account: key })));
  const totals = totalsOf(account, scene);
  if (!totals.ok) return blank(key, account.asset, unknown(totals.failure));
  const { equity, free, priced } = totals.value;
  const asOf = oldest(totals.value, scene);
  return {
    account: key,
    unit: assetId(account.asset),
    equity: known(equity, asOf),
    free: free === undefined ? unknown(notFree(totals.value, scene.terms.body)) : known(free, asOf),
    lines: priced.length === 0 ? [] : linesOf(totals.value, scene.terms.body),
    explain: explain(account, totals.value, scene.terms.body),
  };
}

const linesOf = ({ equity, initial, maintenance: sum }: Totals, terms: BinanceTerms): readonly Line[] =>
  linesUnder(terms).flatMap(({ name, measure, times, atZero, meaning }) => {
    const need = measure === "initial" ? initial : sum;
    if (need === undefined || (measure === "initial" && isZero(need))) return [];
    return [lineOf({ name, have: equity, need: multiply(need, times), atZero, meaning })];
  });

const blank = (key: AccountKey, asset: string, reason: Figure<Exact>): Assessment =>
  notAssessed(key, asset, reason, "margin balance");

const notFree = ({ priced }: Totals, { uniMmr }: BinanceTerms): Why =>
  uniMmr === undefined
    ? why("binance/no-leverage", {
        positions: priced.flatMap(({ position }) => (position.leverage ? [] : [positionName(position)])).join(", "),
        next: "read the symbol's leverage setting",
      })
    : why("binance/free-not-modelled", { next: "what portfolio margin lets out is shown by the venue alone" });

const oldest = ({ priced, assets }: Totals, scene: Scene<BinanceTerms>): Ms =>
  oldestOf(
    [
      ...priced.map(({ position }) => markKeyIn(scene, position.symbol)),
      ...assets.map(({ asset }) => indexKeyIn(scene, asset)),
    ],
    scene,
  );
