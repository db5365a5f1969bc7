import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  add,
  fail,
  isZero,
  ok,
  quotient,
  toNumber,
  why,
} from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import { indexKey } from "./instrument.ts";
import type { MatrixGroup } from "./margin-matrix.ts";
import { type MatrixLeg, matrixLeg } from "./matrix-legs.ts";
import type { Priced } from "./priced.ts";
import { coinPriceOf, quoteOf } from "./quote.ts";
import type { DeribitTerms, MatrixRules } from "./terms.ts";

/** Coins whose price is a dollar's: what is held of them is in no scenario. @source recorded cross pools, README.md rule 20 */
const DOLLARS = new Set(["USDC", "USDT", "USDE", "USYC", "BUIDL"]);
export const isDollar = (currency: string): boolean => DOLLARS.has(currency);
const COINS_SCALE = 18;

/**
 * What an account with portfolio margin holds, by coin. Losses of different coins add up: none of the venue's currencies is said to
 * be correlated with another. In a segregated account a coin's group is one pair; in the cross pool it is the coin itself and
 * every pair of it.
 * @returns fails where a coin has no matrix or an index is missing.
 */
export function scenarioGroups(
  account: Account,
  priced: readonly Priced[],
  scene: Scene<DeribitTerms>,
): Result<readonly MatrixGroup[], Why> {
  const held = account.is === "cross" ? account.wallets.filter(isExposed(priced)).map(({ currency }) => currency) : [];
  const coins = new Set([...held, ...priced.map(({ instrument }) => instrument.base)]);
  const groups: MatrixGroup[] = [];
  for (const coin of coins) {
    const own = priced.filter(({ instrument }) => instrument.base === coin);
    const group = groupOf(account, coin, own, scene);
    if (!group.ok) return group;
    groups.push(group.value);
  }
  return ok(groups);
}

/** Coins in the wallet, or to come into it; the inverse contracts make a group of their own coin anyway. */
const isExposed =
  (priced: readonly Priced[]) =>
  ({ currency, balance }: Account["wallets"][number]): boolean =>
    !isDollar(currency) && (!isZero(balance) || priced.some(({ instrument }) => instrument.currency === currency));

function groupOf(
  account: Account,
  coin: string,
  own: readonly Priced[],
  scene: Scene<DeribitTerms>,
): Result<MatrixGroup, Why> {
  const pair = account.is === "cross" ? `${coin.toLowerCase()}_usd` : own[0]!.instrument.pair;
  const rules = matrixRulesOf(pair, scene);
  if (!rules.ok) return rules;
  const index = quoteOf(indexKey(pair), "index", scene);
  if (!index.ok) return index;
  const legs: MatrixLeg[] = [];
  for (const each of own) {
    const { style, currency } = each.instrument;
    const unit = account.is === "cross" && style === "linear" ? coinPriceOf(currency, scene) : ok(ONE);
    if (!unit.ok) return unit;
    legs.push(matrixLeg(each, rules.value, toNumber(unit.value)));
  }
  const inCoin = account.is === "segregated" && own.every(({ instrument }) => instrument.style === "inverse");
  return ok({
    coin,
    rules: rules.value,
    legs,
    pair,
    index: toNumber(index.value),
    unit: inCoin ? "coin" : "dollars",
    coins: account.is === "cross" ? toNumber(coinsOf(account, coin, own)) : 0,
  });
}

function matrixRulesOf(pair: string, scene: Scene<DeribitTerms>): Result<MatrixRules, Why> {
  const { pairs } = scene.terms.body;
  const rules = Object.hasOwn(pairs, pair) ? pairs[pair]?.matrix : undefined;
  if (rules !== undefined) return ok(rules);
  return fail(
    why("deribit/no-matrix", { pair, next: "add the parameters of private/pme/simulate for the pair to the terms" }),
  );
}

/** Balance and what the inverse futures were entered at: with what the legs are worth now it is the equity in coin. */
function coinsOf({ wallets }: Account, coin: string, own: readonly Priced[]): Exact {
  const balance = wallets.find(({ currency }) => currency === coin)?.balance ?? ZERO;
  return own
    .filter(({ is, instrument }) => is === "future" && instrument.style === "inverse")
    .reduce((sum, { position: { size, entry } }) => add(sum, quotient(size, entry, COINS_SCALE, "half-even")), balance);
}
