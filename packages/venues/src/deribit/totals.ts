import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  add,
  fail,
  isNegative,
  isZero,
  larger,
  multiply,
  ok,
  subtract,
  toNumber,
  why,
} from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import type { Wallet } from "./holding.ts";
import { matrixAt, matrixLegs } from "./margin-matrix.ts";
import { requirementOf, shown, valueOf } from "./margin-standard.ts";
import { type Priced, coinPriceOf, priceAll } from "./priced.ts";
import type { DeribitTerms, MatrixRules } from "./terms.ts";

/** The sums that decide an account: in coin of a segregated currency, in dollars of the cross pool. */
export interface Totals {
  readonly priced: readonly Priced[];
  readonly equity: Exact;
  /** What counts against maintenance, and after haircuts against initial margin. */
  readonly balance: Exact;
  readonly balanceAfterHaircut: Exact;
  readonly maintenance: Exact;
  readonly initial: Exact;
  readonly free: Exact;
}

/** The same of one currency, in it. */
interface Share {
  readonly equity: Exact;
  readonly balance: Exact;
  readonly maintenance: Exact;
  readonly initial: Exact;
}

export const sumOf = (values: readonly Exact[]): Exact => values.reduce(add, ZERO);

/** Adds up an account; fails where a price or a rule is missing, or where the venue's rule is not known well enough. */
export function totalsOf(account: Account, scene: Scene<DeribitTerms>): Result<Totals, Why> {
  const priced = priceAll(account, scene);
  if (!priced.ok) return priced;
  const shares: (Share & { readonly coin: Exact; readonly haircut: Exact })[] = [];
  for (const wallet of account.wallets) {
    const own = priced.value.filter(({ instrument }) => instrument.currency === wallet.currency);
    const share = account.margin === "standard" ? ok(standardShare(wallet, own, scene)) : portfolioShare(account, own);
    const value = valuation(account, wallet, scene);
    if (!share.ok) return share;
    if (!value.ok) return value;
    shares.push({ ...share.value, ...value.value });
  }
  const total = (of: keyof Share) => sumOf(shares.map((share) => multiply(share[of], share.coin)));
  const balanceAfterHaircut = sumOf(
    shares.map(({ balance, coin, haircut }) => multiply(multiply(balance, coin), isNegative(balance) ? ONE : haircut)),
  );
  const sums = { equity: total("equity"), balance: total("balance"), maintenance: total("maintenance") };
  const initial = total("initial");
  const free = larger(ZERO, subtract(balanceAfterHaircut, initial));
  return ok({ priced: priced.value, ...sums, initial, balanceAfterHaircut, free });
}

/** What one unit of a wallet is worth in the account's unit, and the share of it that counts for initial margin. */
function valuation(
  { is }: Account,
  { currency }: Wallet,
  scene: Scene<DeribitTerms>,
): Result<{ readonly coin: Exact; readonly haircut: Exact }, Why> {
  if (is === "segregated") return ok({ coin: ONE, haircut: ONE });
  const { haircuts } = scene.terms.body;
  const cut = Object.hasOwn(haircuts, currency) ? haircuts[currency] : undefined;
  if (cut === undefined)
    return fail(why("deribit/no-haircut", { currency, next: "add the currency's haircut to the terms" }));
  const coin = coinPriceOf(currency, scene);
  return coin.ok ? ok({ coin: coin.value, haircut: subtract(ONE, cut) }) : coin;
}

/**
 * Formulas per position. Since a short option's mark is part of what it requires, option values are left out of the balance
 * (all of them, or as the terms say only long ones).
 * @source a recorded account summary: margin_balance = equity - options_value to the last digit, README.md rule 6.
 */
function standardShare({ balance, orderMargin }: Wallet, own: readonly Priced[], scene: Scene<DeribitTerms>): Share {
  const { optionsInBalance } = scene.terms.body;
  const counted = own.filter((each) => each.is === "future" || countsInBalance(each, optionsInBalance));
  return {
    equity: add(balance, sumOf(own.map(valueOf))),
    balance: add(balance, sumOf(counted.map(valueOf))),
    maintenance: sumOf(own.map((each) => requirementOf(each, "maintenance"))),
    initial: add(orderMargin, sumOf(own.map((each) => requirementOf(each, "initial")))),
  };
}

export const countsInBalance = ({ position }: Priced, which: DeribitTerms["optionsInBalance"]): boolean =>
  which === "shorts" && isNegative(position.size);

/** The rules of an account's one matrix; of several pairs or a linear one the venue's rules are not known well enough. */
export function matrixRulesOf({ key, is, wallets }: Account, own: readonly Priced[]): Result<MatrixRules, Why> {
  const refuse = (reason: string) =>
    fail(why("deribit/portfolio-not-modelled", { account: key, reason, next: "take the venue's own figure" }));
  const pairs = new Set(own.map(({ instrument }) => instrument.pair));
  if (is === "cross") return refuse("how a cross pool adds up pairs is not published");
  if (pairs.size > 1 || own.some(({ instrument }) => instrument.style === "linear"))
    return refuse("several pairs or linear instruments in one matrix");
  const rules = own[0]?.matrix;
  return rules === undefined
    ? refuse(`the terms have no matrix for ${[...pairs].join() || wallets[0]?.currency}`)
    : ok(rules);
}

/** Every value counts; what is required comes out of the scenarios. */
function portfolioShare(account: Account, own: readonly Priced[]): Result<Share, Why> {
  const { balance, orderMargin } = account.wallets[0]!;
  const equity = add(balance, sumOf(own.map(valueOf)));
  if (own.length === 0) return ok({ equity, balance: equity, maintenance: ZERO, initial: orderMargin });
  const rules = matrixRulesOf(account, own);
  if (!rules.ok) return rules;
  const { margin, beyondThreshold, delta } = matrixAt(
    matrixLegs(own, rules.value),
    rules.value,
    toNumber(own[0]!.index),
  );
  if (beyondThreshold)
    return fail(
      why("deribit/delta-shock-not-modelled", {
        delta: delta.toFixed(4),
        threshold: `${rules.value.deltaShockThreshold} USD`,
        next: "take the venue's own figure: above the threshold its shock is not confirmed",
      }),
    );
  const maintenance = shown(rules.value.maintenanceFactor * margin, "ceil");
  return ok({ equity, balance: equity, maintenance, initial: add(orderMargin, shown(margin, "ceil")) });
}

/** Whether the venue requires anything of the account: long options alone can be lost, and nothing more. */
export const isCharged = ({ maintenance }: Totals): boolean => !isZero(maintenance);
