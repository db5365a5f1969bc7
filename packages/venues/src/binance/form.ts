import {
  type Bend,
  type Compiled,
  type FormBuilder,
  type MarginForm,
  type LineName,
  type Scene,
  formBuilder,
  slopedBend,
  tierCurve,
} from "@plimsoll/core/margin";
import { type AccountKey, type Exact, ONE, add, invariant, toNumber } from "@plimsoll/core/units";
import { type Account, type AllAssets, type OneAsset, accountOf } from "./accounts.ts";
import { type AssetValue, indexKeyIn, rateOf } from "./asset-value.ts";
import { powerOf, profitLine, quantityOf } from "./contract-value.ts";
import { perDayOf } from "./funding.ts";
import type { Body, Position } from "./holding.ts";
import { type LineRule, linesUnder } from "./lines.ts";
import { BALANCE_SCALE, type Priced, markKeyIn } from "./position.ts";
import type { BinanceTerms, Tier } from "./terms.ts";
import { type Totals, assetOf, totalsOf } from "./totals.ts";

/** The float64 form of one line of one account: a factor per symbol (inverse contracts: 1 / mark), profit as lines, maintenance as tier curves. */
export function compile(body: Body, key: AccountKey, scene: Scene<BinanceTerms>, line: LineName): Compiled {
  const account = accountOf(body, key);
  if (account === undefined || account.positions.length === 0) return { none: "no-position" };
  const rule = linesUnder(scene.terms.body).find(({ name }) => name === line);
  if (rule === undefined) return { unknown: `${scene.terms.venue} has no ${line} line` };
  const totals = totalsOf(account, scene);
  if (!totals.ok) return { unknown: `${totals.failure.code} ${JSON.stringify(totals.failure.facts)}` };
  if (rule.measure === "initial" && totals.value.initial === undefined) return { unknown: "binance/no-leverage" };
  return { form: formOf(account, totals.value, body, rule, scene) };
}

function formOf(account: Account, totals: Totals, body: Body, rule: LineRule, scene: Scene<BinanceTerms>): MarginForm {
  const form = formBuilder();
  if (account.is === "unified") addAssets(form, account, totals, body, rule, scene);
  else addPositions(form, account, totals, body, rule, scene);
  return form.build({
    line: rule.name,
    unit: account.asset,
    atZero: rule.atZero === "safe" ? "safe" : "liquidatable",
    error: errorOf(totals, rule),
    compiledAtMs: scene.now,
  });
}

function addPositions(
  form: FormBuilder,
  account: OneAsset,
  { priced }: Totals,
  body: Body,
  rule: LineRule,
  scene: Scene<BinanceTerms>,
): void {
  form.have.add(toNumber(account.wallet));
  if (rule.measure === "initial") form.need.add(toNumber(account.orderMargin));
  for (const each of priced) {
    const { position, terms } = each;
    const x = form.factor(markOf(each, scene));
    const { fixed, slope } = profitLine(position.size, position.entry, terms);
    const quantity = toNumber(quantityOf(position.size, terms));
    form.have.add(toNumber(fixed)).line(x, toNumber(slope));
    if (rule.measure === "initial") form.need.line(x, Math.abs(quantity) / leverageOf(position));
    else form.need.curve(x, tierCurve(terms.tiers.map(rowOf), Math.abs(quantity)));
    form.accrual.line(x, -quantity * perDayOf(each, body.funding));
  }
}

/** A pool an asset, whose sum in USD goes through haircut or buffer; tiers count the asset, so each position's go through one too. */
function addAssets(
  form: FormBuilder,
  { wallets }: AllAssets,
  { priced, assets }: Totals,
  body: Body,
  rule: LineRule,
  scene: Scene<BinanceTerms>,
): void {
  for (const valued of assets) {
    const wallet = wallets.find(({ asset }) => asset === valued.asset);
    const index = form.price(indexKeyIn(scene, valued.asset));
    const pool = form.pool(haircutOf(valued)).line(index, toNumber(wallet?.cross ?? { digits: 0n, scale: 0 }));
    if (rule.measure === "initial" && wallet !== undefined) form.need.line(index, toNumber(wallet.orderMargin));
    for (const each of priced.filter(({ position }) => position.asset === valued.asset)) {
      const { position, terms } = each;
      const x = form.factor([indexKeyIn(scene, valued.asset), 1], markOf(each, scene));
      const { fixed, slope } = profitLine(position.size, position.entry, terms);
      const quantity = toNumber(quantityOf(position.size, terms));
      pool.line(index, toNumber(fixed)).line(x, toNumber(slope));
      if (rule.measure === "initial") form.need.line(x, Math.abs(quantity) / leverageOf(position));
      else form.pool(tiersOf(terms.tiers, index, rule.times)).line(x, Math.abs(quantity));
      const counts = toNumber(rateOf(assetOf(position.asset, assets)));
      form.accrual.line(x, -quantity * perDayOf(each, body.funding) * counts);
    }
  }
}

const markOf = ({ position, terms }: Priced, scene: Scene<BinanceTerms>) =>
  [markKeyIn(scene, position.symbol), powerOf(terms)] as const;

const haircutOf = ({ terms }: AssetValue): Bend =>
  slopedBend({
    into: "have",
    from: [-Infinity, ...terms.collateral.map(({ floor }) => toNumber(floor))],
    slopes: [toNumber(add(ONE, terms.askBuffer)), ...terms.collateral.map(({ rate }) => toNumber(rate))],
  });

/** Maintenance in USD of a notional in USD, its tier chosen on the notional in the asset. */
function tiersOf(tiers: readonly Tier[], index: number, times: Exact): Bend {
  const scaled = (values: readonly Exact[]) => Float64Array.from(values, (value) => toNumber(value) * toNumber(times));
  return {
    into: "need",
    measure: "quantity",
    by: index,
    from: Float64Array.from(tiers, ({ floor }, row) => (row === 0 ? -Infinity : toNumber(floor))),
    a: new Float64Array(tiers.length),
    b: scaled(tiers.map(({ rate }) => rate)),
    g: scaled(tiers.map(({ amount }) => amount)).map((amount) => 0 - amount),
  };
}

const rowOf = ({ floor, rate, amount }: Tier) => ({
  from: toNumber(floor),
  rate: toNumber(rate),
  deduct: toNumber(amount),
});

function leverageOf({ leverage }: Position): number {
  invariant(leverage !== undefined, "an initial form needs every leverage");
  return toNumber(leverage);
}

/**
 * The engine is exact, except that initial margin is cut at 8 decimals once a position (and quotients by a price at 30). The form
 * rounds each coefficient, quote, factor, product and sum once: four terms a position and two constants; with several assets eight
 * a position (two sides, two quotes) and six an asset, and nothing is cut.
 */
function errorOf({ priced, assets }: Totals, { measure }: LineRule): MarginForm["error"] {
  const terms = assets.length === 0 ? 4 * priced.length + 4 : 8 * priced.length + 6 * assets.length + 8;
  return {
    absolute: measure === "initial" && assets.length === 0 ? priced.length * 10 ** -BALANCE_SCALE : 0,
    relative: terms * Number.EPSILON,
  };
}
