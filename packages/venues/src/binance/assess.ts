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
  type Why,
  assetId,
  isZero,
  known,
  none,
  text,
  unknown,
  why,
} from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { type Body, positionName } from "./holding.ts";
import { type Priced, maintenance, markKeyIn, notional, profit } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";
import { type Totals, sumOf, totalsOf } from "./totals.ts";

/** Exact state of one account: margin balance against maintenance and initial margin, as the venue adds them up. */
export function assess(body: Body, key: AccountKey, scene: Scene<BinanceTerms>): Assessment {
  const account = accountOf(body, key);
  if (account === undefined) return blank(key, "", none(why("binance/no-account", { account: key })));
  const totals = totalsOf(account, scene);
  if (!totals.ok) return blank(key, account.asset, unknown(totals.failure));
  const { equity, free, priced } = totals.value;
  const asOf = oldest(priced, scene);
  return {
    account: key,
    unit: assetId(account.asset),
    equity: known(equity, asOf),
    free: free === undefined ? unknown(noLeverage(priced)) : known(free, asOf),
    lines: priced.length === 0 ? [] : linesOf(totals.value),
    explain: explain(account, totals.value),
  };
}

function linesOf({ equity, initial, maintenance: required }: Totals): readonly Line[] {
  const lines: Line[] = [];
  if (initial !== undefined && !isZero(initial))
    lines.push(
      lineOf({
        name: "initial",
        have: equity,
        need: initial,
        atZero: "safe",
        meaning: "below it the venue refuses new risk and the removal of margin",
      }),
    );
  lines.push(
    lineOf({
      name: "maintenance",
      have: equity,
      need: required,
      atZero: "crossed",
      meaning: "at margin ratio (maintenance / margin balance) 100 % the venue liquidates; health is its inverse",
    }),
  );
  return lines;
}

const blank = (key: AccountKey, asset: string, reason: Figure<Exact>): Assessment =>
  notAssessed(key, asset, reason, "margin balance");

const noLeverage = (priced: readonly Priced[]): Why =>
  why("binance/no-leverage", {
    positions: priced.flatMap(({ position }) => (position.leverage ? [] : [positionName(position)])).join(", "),
    next: "read the symbol's leverage setting",
  });

const oldest = (priced: readonly Priced[], scene: Scene<BinanceTerms>): Ms =>
  oldestOf(
    priced.map(({ position }) => markKeyIn(scene, position.symbol)),
    scene,
  );

function explain(account: Account, { equity, initial, priced }: Totals): Explain {
  const source = "venues/binance/README.md";
  const part = (name: string, of: (each: Priced) => Exact, formula: string): Explain => ({
    name,
    value: text(sumOf(priced.map(of))),
    formula,
    source,
    parts: priced.map((each) => ({ name: positionName(each.position), value: text(of(each)) })),
  });
  return {
    name: "margin balance",
    value: text(equity),
    formula: "wallet + unrealised profit",
    source,
    parts: [
      { name: account.is === "cross" ? "cross wallet" : "isolated wallet", value: text(account.wallet) },
      part("unrealised profit", profit, "size * (mark - entry)"),
      part("maintenance margin", maintenance, "notional * rate - amount, tier of the notional at mark"),
      part("notional", notional, "size * mark"),
      ...(initial === undefined
        ? []
        : [{ name: "initial margin", value: text(initial), formula: "notional / leverage + open orders" }]),
    ],
  };
}
