import {
  type Compiled,
  type LineName,
  type MarginForm,
  type Scene,
  formBuilder,
  tierCurve,
} from "@plimsoll/core/margin";
import { type AccountKey, DAY_MS, multiply, toNumber } from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import type { Body, Funding, Position } from "./holding.ts";
import { markKey, oracleKey } from "./names.ts";
import { AMOUNT_SCALE, type Priced } from "./position.ts";
import type { HyperliquidTerms, MarginTable } from "./terms.ts";
import { totalsOf } from "./totals.ts";

type Ours = "initial" | "maintenance" | "backstop";

/** The float64 form of one line of one account: a factor per coin, its value a line, maintenance a curve of its price. */
export function compile(body: Body, key: AccountKey, scene: Scene<HyperliquidTerms>, line: LineName): Compiled {
  const account = accountOf(body, key);
  if (account === undefined || account.positions.length === 0) return { none: "no-position" };
  if (line !== "maintenance" && line !== "initial" && line !== "backstop")
    return { unknown: `hyperliquid has no ${line} line` };
  const totals = totalsOf(account, scene);
  if (!totals.ok) return { unknown: `${totals.failure.code} ${JSON.stringify(totals.failure.facts)}` };
  if (totals.value[line] === undefined) return { unknown: `the dex "${account.dex}" has no backstop` };
  return { form: formOf(account, totals.value.priced, body.funding, line, scene) };
}

function formOf(
  account: Account,
  priced: readonly Priced[],
  funding: readonly Funding[],
  line: Ours,
  scene: Scene<HyperliquidTerms>,
): MarginForm {
  const { rules } = scene.terms.body;
  const share = line === "backstop" ? Number(rules.backstop.over) / Number(rules.backstop.under) : 1;
  const form = formBuilder();
  form.have.add(toNumber(account.cash));
  for (const { position, terms } of priced) {
    const mark = form.price(markKey(position.coin));
    const size = toNumber(position.size);
    form.have.line(mark, size);
    if (line === "initial") form.need.line(mark, Math.abs(size) / toNumber(position.leverage));
    else form.need.curve(mark, tierCurve(rowsOf(terms.table, share), Math.abs(size)));
    form.accrual.add(-fundingPerDay(position, funding, scene));
  }
  return form.build({
    line,
    unit: account.token,
    atZero: "safe",
    error: errorOf(priced.length),
    compiledAtMs: scene.now,
  });
}

const rowsOf = ({ under, tiers }: MarginTable, share: number) =>
  tiers.map(({ from, weight, amount }) => ({
    from: toNumber(from),
    rate: (share * Number(weight)) / Number(under),
    deduct: (share * toNumber(amount)) / Number(under),
  }));

/** Paid a day at today's oracle price and rate; 0 where either is not known, and then `advance` pays nothing either. */
function fundingPerDay({ coin, size }: Position, funding: readonly Funding[], scene: Scene<HyperliquidTerms>): number {
  const rate = funding.find((each) => each.coin === coin)?.rate;
  const oracle = scene.quotes.get(oracleKey(coin));
  if (rate === undefined || oracle?.kind !== "oracle") return 0;
  return (toNumber(multiply(multiply(size, oracle.value), rate)) * DAY_MS) / scene.terms.body.rules.fundingEveryMs;
}

/** The venue cuts each margin at 6 decimals; the form rounds each coefficient, quote, product, quotient and sum once. */
const errorOf = (positions: number): MarginForm["error"] => ({
  absolute: positions * 10 ** -AMOUNT_SCALE,
  relative: (4 * positions + 5) * Number.EPSILON,
});
