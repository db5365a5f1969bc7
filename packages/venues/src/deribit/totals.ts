import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  add,
  exact,
  fail,
  fromNumber,
  isNegative,
  isZero,
  larger,
  multiply,
  ok,
  rescale,
  subtract,
  why,
} from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import type { Wallet } from "./holding.ts";
import { type Matrix, type MatrixGroup, matrixOf } from "./margin-matrix.ts";
import { requirementOf, valueOf } from "./margin-standard.ts";
import { type Priced, priceAll } from "./priced.ts";
import { coinPriceOf } from "./quote.ts";
import { scenarioGroups } from "./scenario-groups.ts";
import type { DeribitTerms } from "./terms.ts";

/** The sums that decide an account: in coin of a segregated currency, in dollars of the cross pool. */
export interface Totals {
  readonly priced: readonly Priced[];
  /** Of portfolio margin, by coin. */
  readonly matrices: readonly CoinMatrix[];
  readonly equity: Exact;
  /** What counts against maintenance. */
  readonly balance: Exact;
  readonly maintenance: Exact;
  readonly initial: Exact;
  /** What counts against initial margin; unknown where a haircut of the pool is, on which maintenance does not depend. */
  readonly balanceAfterHaircut: Result<Exact, Why>;
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
  const matrices = matricesOf(account, priced.value, scene);
  if (!matrices.ok) return matrices;
  const shares: (Share & { readonly coin: Exact })[] = [];
  for (const wallet of account.wallets) {
    const own = priced.value.filter(({ instrument }) => instrument.currency === wallet.currency);
    const coin = account.is === "segregated" ? ok(ONE) : coinPriceOf(wallet.currency, scene);
    if (!coin.ok) return coin;
    const share = account.margin === "standard" ? standardShare(wallet, own, scene) : portfolioShare(wallet, own);
    shares.push({ ...share, coin: coin.value });
  }
  const total = (of: keyof Share) => sumOf(shares.map((share) => multiply(share[of], share.coin)));
  const required = (line: "maintenance" | "initial") =>
    add(total(line), sumOf(matrices.value.map((each) => each[line])));
  const sums = { equity: total("equity"), balance: total("balance"), maintenance: required("maintenance") };
  const values = shares.map(({ balance, coin }) => multiply(balance, coin));
  return ok({
    priced: priced.value,
    matrices: matrices.value,
    ...sums,
    initial: required("initial"),
    balanceAfterHaircut: afterHaircut(account, values, scene.terms.body),
  });
}

/** The wallets' values with the pool's haircuts cut from those above 0. */
function afterHaircut(
  { is, wallets }: Account,
  values: readonly Exact[],
  { haircuts }: DeribitTerms,
): Result<Exact, Why> {
  if (is === "segregated") return ok(sumOf(values));
  const unknown = wallets.find(({ currency }) => !Object.hasOwn(haircuts, currency));
  if (unknown !== undefined)
    return fail(
      why("deribit/no-haircut", { currency: unknown.currency, next: "add the currency's haircut to the terms" }),
    );
  const counted = (value: Exact, cut: Exact) => (isNegative(value) ? value : multiply(value, subtract(ONE, cut)));
  return ok(sumOf(values.map((value, i) => counted(value, haircuts[wallets[i]!.currency]!))));
}

/** What is left for new positions; unknown as far as the balance that counts is. */
export function freeOf({ balanceAfterHaircut: balance, initial }: Totals): Result<Exact, Why> {
  return balance.ok ? ok(larger(ZERO, subtract(balance.value, initial))) : balance;
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

/** Every value counts; what is required comes out of the scenarios of all currencies together. */
function portfolioShare({ balance, orderMargin }: Wallet, own: readonly Priced[]): Share {
  const equity = add(balance, sumOf(own.map(valueOf)));
  return { equity, balance: equity, maintenance: ZERO, initial: orderMargin };
}

/** What doubles of the matrix are read to; the venue's own figures end before. */
const MATRIX_SCALE = 12;
/** The venue rounds initial margin to 9 decimals. @source recorded answers of private/pme/simulate */
const INITIAL_SCALE = 9;

/** A coin's scenarios and what they require. */
export interface CoinMatrix {
  readonly group: MatrixGroup;
  readonly matrix: Matrix;
  readonly maintenance: Exact;
  readonly initial: Exact;
}

/** To the nearest last digit, and at least one where anything is required: a line that needs nothing has no health. */
const charge = (value: number, scale: number): Exact =>
  value === 0 ? ZERO : larger(exact(1n, scale), rescale(fromNumber(value), scale, "half-up"));

function matricesOf(
  account: Account,
  priced: readonly Priced[],
  scene: Scene<DeribitTerms>,
): Result<readonly CoinMatrix[], Why> {
  if (account.margin === "standard") return ok([]);
  const groups = scenarioGroups(account, priced, scene);
  if (!groups.ok) return groups;
  return ok(
    groups.value.map((group) => {
      const matrix = matrixOf(group);
      const maintenance = charge(group.rules.maintenanceFactor * matrix.margin, MATRIX_SCALE);
      const initial = charge(matrix.margin, INITIAL_SCALE);
      return { group, matrix, maintenance, initial };
    }),
  );
}

/** Whether the venue requires anything of the account: long options alone can be lost, and nothing more. */
export const isCharged = ({ maintenance }: Totals): boolean => !isZero(maintenance);
