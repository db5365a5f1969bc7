import { type Compiled, type FormBuilder, type LineName, type Scene, formBuilder } from "@plimsoll/core/margin";
import { type AccountKey, type Why, ZERO, isNegative, toNumber } from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { addBalance, addRequirement, addValue } from "./form-standard.ts";
import { addMatrix, noForm } from "./form-matrix.ts";
import { isSampled, samplesError } from "./form-settling.ts";
import type { Body, Wallet } from "./holding.ts";
import { coinPair, indexKey } from "./instrument.ts";
import { addAccrual } from "./funding.ts";
import { OPTION_SCALE, valueOf } from "./margin-standard.ts";
import type { Priced } from "./priced.ts";
import { isDollar } from "./scenario-groups.ts";
import type { DeribitTerms } from "./terms.ts";
import { type Totals, countsInBalance, isCharged, sumOf, totalsOf } from "./totals.ts";

/**
 * The float64 form of one line of one account, in dollars where it holds coins: then everything is a function of the pairs'
 * indices, and inverse futures are straight lines. Bases, vols and the clock are frozen.
 */
export function compile(body: Body, key: AccountKey, scene: Scene<DeribitTerms>, line: LineName): Compiled {
  const account = accountOf(body, key);
  if (account === undefined || (account.positions.length === 0 && account.margin === "standard"))
    return { none: "no-position" };
  if (line !== "maintenance" && line !== "initial") return { unknown: `deribit has no ${line} line` };
  const totals = totalsOf(account, scene);
  if (!totals.ok) return unknownBy(totals.failure);
  if (!isCharged(totals.value)) return { none: account.positions.length === 0 ? "no-position" : "no-debt" };
  const refused = refusalOf(account, totals.value);
  if (refused !== undefined) return { unknown: refused };
  const counted = totals.value.balanceAfterHaircut;
  if (line === "initial" && !counted.ok) return unknownBy(counted.failure);
  return { form: formOf(account, totals.value, scene, line, body.funding) };
}

const unknownBy = ({ code, facts }: Why): Compiled => ({ unknown: `${code} ${JSON.stringify(facts)}` });

/** Why an account has no form although it can be assessed. */
function refusalOf(account: Account, { priced, matrices }: Totals): string | undefined {
  if (account.is !== "cross") return undefined;
  const option = priced.find(({ is, instrument }) => is === "option" && instrument.style === "linear");
  if (option !== undefined)
    return `${option.instrument.name} in a cross pool: its worth is a product of two prices and no straight line`;
  return matrices.map((each) => noForm(account, each)).find((reason) => reason !== undefined);
}

function formOf(
  account: Account,
  totals: Totals,
  scene: Scene<DeribitTerms>,
  line: "maintenance" | "initial",
  funding: Body["funding"],
) {
  const form = formBuilder();
  const scenarios = account.margin === "portfolio";
  const sampled = totals.priced.filter(isSampled).reduce((sum, each) => sum + 2 * samplesError(each), 0);
  let absolute = sampled + (scenarios ? valuesRounding(totals) : 1e-12);
  for (const wallet of account.wallets) {
    const own = totals.priced.filter(({ instrument }) => instrument.currency === wallet.currency);
    const coin = coinFactor(form, account, wallet);
    const have = line === "initial" ? addBalance(form, account, wallet, scene) : form.have;
    have.line(coin, toNumber(wallet.balance));
    if (line === "initial") form.need.line(coin, toNumber(wallet.orderMargin));
    for (const each of own) {
      const counts = scenarios || each.is === "future" || countsInBalance(each, scene.terms.body.optionsInBalance);
      if (counts) addValue(form, have, each, coinKey(account, wallet));
      if (!scenarios) addRequirement(form, each, line, coinKey(account, wallet));
    }
    const share = line === "initial" ? countedShare(account, wallet, own, scene) : 1;
    for (const each of own) addAccrual(form, each, funding, coinKey(account, wallet), share);
  }
  for (const each of totals.matrices) absolute += addMatrix(form, account, each, line);
  return form.build({
    line,
    unit: isInDollars(account) ? "USD" : account.unit,
    atZero: line === "initial" ? "safe" : "liquidatable",
    error: {
      absolute,
      relative: (6 * totals.priced.length + 8) * Number.EPSILON + (scenarios ? 0 : roundingOf(account, totals)),
    },
    compiledAtMs: scene.now,
  });
}

/** What one more unit of a wallet counts for against initial margin: in a cross pool less its haircut, unless it is owed. */
function countedShare({ is }: Account, wallet: Wallet, own: readonly Priced[], scene: Scene<DeribitTerms>): number {
  if (is === "segregated" || isNegative(sumOf([wallet.balance, ...own.map(valueOf)]))) return 1;
  return 1 - toNumber(scene.terms.body.haircuts[wallet.currency] ?? ZERO);
}

/** A segregated dollar coin is its own unit; all else is counted in dollars. */
const isInDollars = ({ is, unit }: Account): boolean => is === "cross" || !isDollar(unit);

/** The index that turns a wallet into the form's unit; undefined where it is that unit. */
const coinKey = (account: Account, { currency }: Wallet) =>
  isInDollars(account) ? indexKey(coinPair(currency)) : undefined;

function coinFactor(form: FormBuilder, account: Account, wallet: Wallet): number {
  const key = coinKey(account, wallet);
  return key === undefined ? form.factor() : form.price(key);
}

/**
 * Two figures of a short option are rounded to 9 decimals of its coin: that many coins times the index, at any index. The form's
 * gross is at least its coins times the index (balance, and the shares that shorts require), so the bound is relative to it.
 */
function roundingOf({ is, wallets }: Account, { priced }: Totals): number {
  const shorts = priced.filter((each) => each.is === "option" && isNegative(each.position.size));
  if (shorts.length === 0) return 0;
  const balances = is === "segregated" ? wallets.reduce((sum, { balance }) => sum + Math.abs(toNumber(balance)), 0) : 0;
  const required = shorts.reduce(
    (sum, { position, rules }) => sum + Math.abs(toNumber(position.size)) * toNumber(rules.maintenance),
    0,
  );
  return (2 * shorts.length * 10 ** -OPTION_SCALE) / (balances + required);
}

/** Values of options and the matrix itself, inside its samples; with a margin, since bases differ a little from 1. */
const valuesRounding = ({ priced }: Totals): number =>
  priced.reduce((sum, { is, index }) => sum + (is === "option" ? 10 ** -OPTION_SCALE * 4 * toNumber(index) : 0), 0);
