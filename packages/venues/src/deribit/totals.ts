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
  const matrices = matricesOf(account, priced.value, scene);
  if (!matrices.ok) return matrices;
  const shares: (Share & { readonly coin: Exact; readonly haircut: Exact })[] = [];
  for (const wallet of account.wallets) {
    const own = priced.value.filter(({ instrument }) => instrument.currency === wallet.currency);
    const value = valuation(account, wallet, scene);
    if (!value.ok) return value;
    const share = account.margin === "standard" ? standardShare(wallet, own, scene) : portfolioShare(wallet, own);
    shares.push({ ...share, ...value.value });
  }
  const total = (of: keyof Share) => sumOf(shares.map((share) => multiply(share[of], share.coin)));
  const balanceAfterHaircut = sumOf(
    shares.map(({ balance, coin, haircut }) => multiply(multiply(balance, coin), isNegative(balance) ? ONE : haircut)),
  );
  const required = (line: "maintenance" | "initial") =>
    add(total(line), sumOf(matrices.value.map((each) => each[line])));
  const sums = { equity: total("equity"), balance: total("balance"), maintenance: required("maintenance") };
  const initial = required("initial");
  const free = larger(ZERO, subtract(balanceAfterHaircut, initial));
  return ok({ priced: priced.value, matrices: matrices.value, ...sums, initial, balanceAfterHaircut, free });
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
