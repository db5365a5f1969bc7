import {
  type Compiled,
  type LineName,
  type MarginForm,
  type Scene,
  formBuilder,
  tierCurve,
} from "@plimsoll/core/margin";
import { type AccountKey, invariant, toNumber } from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { powerOf, profitLine, quantityOf } from "./contract-value.ts";
import type { Body, Funding, Position } from "./holding.ts";
import { BALANCE_SCALE, type Priced, markKeyIn } from "./position.ts";
import type { BinanceTerms, Tier } from "./terms.ts";
import { totalsOf } from "./totals.ts";

const DAY_MS = 86_400_000;

/** The float64 form of one line of one account: a factor per symbol (inverse contracts: 1 / mark), profit as lines, maintenance as tier curves. */
export function compile(body: Body, key: AccountKey, scene: Scene<BinanceTerms>, line: LineName): Compiled {
  const account = accountOf(body, key);
  if (account === undefined || account.positions.length === 0) return { none: "no-position" };
  if (line !== "maintenance" && line !== "initial") return { unknown: `binance has no ${line} line` };
  const totals = totalsOf(account, scene);
  if (!totals.ok) return { unknown: `${totals.failure.code} ${JSON.stringify(totals.failure.facts)}` };
  if (line === "initial" && totals.value.initial === undefined) return { unknown: "binance/no-leverage" };
  return { form: formOf(account, totals.value.priced, body.funding, line, scene) };
}

function formOf(
  account: Account,
  priced: readonly Priced[],
  funding: readonly Funding[],
  line: "maintenance" | "initial",
  scene: Scene<BinanceTerms>,
): MarginForm {
  const form = formBuilder();
  form.have.add(toNumber(account.wallet));
  if (line === "initial") form.need.add(toNumber(account.orderMargin));
  for (const { position, terms } of priced) {
    const x = form.factor([markKeyIn(scene, position.symbol), powerOf(terms)]);
    const { fixed, slope } = profitLine(position.size, position.entry, terms);
    const quantity = toNumber(quantityOf(position.size, terms));
    form.have.add(toNumber(fixed)).line(x, toNumber(slope));
    if (line === "initial") form.need.line(x, Math.abs(quantity) / leverageOf(position));
    else form.need.curve(x, tierCurve(terms.tiers.map(rowOf), Math.abs(quantity)));
    form.accrual.line(x, -quantity * ratePerDay(position.symbol, funding));
  }
  return form.build({
    line,
    unit: account.asset,
    atZero: line === "initial" ? "safe" : "liquidatable",
    error: errorOf(priced.length, line),
    compiledAtMs: scene.now,
  });
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

/** Funding a day at the frozen rate, which longs pay when it is above 0; nothing where the interval is not known. */
function ratePerDay(symbol: string, funding: readonly Funding[]): number {
  const found = funding.find((each) => each.symbol === symbol);
  return found?.everyMs === undefined ? 0 : (toNumber(found.rate) * DAY_MS) / found.everyMs;
}

/**
 * The engine is exact, except that initial margin is cut at 8 decimals once a position (and quotients by a price at 30). The form
 * rounds each coefficient, quote, factor, product and sum once: four terms a position and two constants.
 */
const errorOf = (positions: number, line: LineName): MarginForm["error"] => ({
  absolute: line === "initial" ? positions * 10 ** -BALANCE_SCALE : 0,
  relative: (4 * positions + 4) * Number.EPSILON,
});
