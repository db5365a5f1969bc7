import type { Market, Repayable, RepayRoute, Scene } from "@plimsoll/core/margin";
import {
  type Figure,
  type Ms,
  type Why,
  assetId,
  exact,
  known,
  minOf,
  ms,
  none,
  unknown,
  why,
} from "@plimsoll/core/units";
import type { AaveBody } from "./holding.ts";
import { type FlashSale, applySale, loanCost, proceeds } from "./flash-sale.ts";
import { fundsOf } from "./levers.ts";
import { type Position, readPositions } from "./position.ts";
import { repay } from "./repay.ts";
import { repayWithOwnSupply } from "./repay-own-supply.ts";
import { openReserve } from "./reserve-access.ts";
import { type Sellable, flashable, sellables, unlocked } from "./sellable.ts";
import type { AaveTerms } from "./terms.ts";
import { borrowsAny, withBorrowing } from "./user-config.ts";

/** A route's answer before it is put into words: debt units, and what binds. */
interface Answer {
  readonly most: Figure<bigint>;
  readonly limit: string;
}

/**
 * For each debt, how much of it can be repaid now: from the payer's wallet, with what is supplied of the same asset, and by one
 * flash loan that is paid back by selling collateral. Every known amount goes through the engine's own rules at that size.
 * Empty where the snapshot is incomplete.
 */
export function repayableAave(body: AaveBody, scene: Scene<AaveTerms>, market: Market): readonly Repayable[] {
  const positions = readPositions(body, scene.terms.body);
  if (!positions.ok) return [];
  return positions.value
    .filter(({ owed }) => owed > 0n)
    .flatMap((debt) => [
      rowOf(debt, "wallet", fromWallet(body, scene, debt)),
      rowOf(debt, "own-supply", fromOwnSupply(body, scene, debt)),
      rowOf(debt, "sell-collateral", fromCollateral({ body, scene, market, debt })),
    ]);
}

const rowOf = ({ terms }: Position, route: RepayRoute, { most, limit }: Answer): Repayable => ({
  debt: assetId(terms.asset),
  route,
  most: most.is === "known" ? { ...most, value: exact(most.value, terms.decimals) } : (most as Figure<never>),
  limit,
});

const momentOf = ({ timestamp }: AaveBody): Ms => ms(Number(timestamp) * 1000);
const shut = (reason: Why, limit: string): Answer => ({ most: none(reason), limit });
const unread = (reason: Why, limit: string): Answer => ({ most: unknown(reason), limit });
const wholeDebt = "the whole debt";
const soldCollateral = "collateral that may be withdrawn and sold";

function fromWallet(body: AaveBody, scene: Scene<AaveTerms>, debt: Position): Answer {
  const { asset, decimals } = debt.terms;
  const limit = `${asset} in the wallet`;
  const open = openReserve(debt);
  if (!open.ok) return shut(open.failure, `the reserve of ${asset}`);
  const funds = fundsOf(debt);
  if (funds === "unknown")
    return unread(why("aave-v3/wallet-not-read", { asset, next: "write what the wallet holds" }), limit);
  if (funds === 0n)
    return shut(why("aave-v3/wallet-empty", { asset, next: `send ${asset} to the paying wallet` }), limit);
  const most = minOf(funds, debt.owed);
  const done = repay(body, scene.terms.body, debt, exact(most, decimals));
  if (!done.ok) return shut(done.failure, limit);
  return { most: known(most, momentOf(body)), limit: most === debt.owed ? wholeDebt : limit };
}

function fromOwnSupply(body: AaveBody, scene: Scene<AaveTerms>, debt: Position): Answer {
  const { asset, decimals } = debt.terms;
  const limit = `${asset} supplied by the account`;
  const open = openReserve(debt);
  if (!open.ok) return shut(open.failure, `the reserve of ${asset}`);
  if (debt.supplied === 0n)
    return shut(why("aave-v3/nothing-supplied", { asset, next: `supply ${asset}, or repay from the wallet` }), limit);
  const most = minOf(debt.supplied, debt.owed);
  const done = repayWithOwnSupply(body, scene, debt, exact(most, decimals));
  // A supply that is collateral weighs less than the debt it pays: where the largest amount leaves health below 1, all do.
  if (!done.ok) return shut(done.failure, limit);
  return { most: known(most, momentOf(body)), limit: most === debt.owed ? wholeDebt : limit };
}

function fromCollateral(sale: FlashSale): Answer {
  const { debt, body } = sale;
  const lent = flashable(sale);
  if (!lent.ok && lent.failure.code === "aave-v3/pool-not-read") return unread(lent.failure, "liquidity of the pool");
  if (!lent.ok) return shut(lent.failure, `${debt.terms.asset} that the pool lends by flash loan`);
  if (lent.value >= debt.owed && owesOnly(debt, body)) {
    const whole = sell(sale, unlocked(sale), debt.owed);
    if (whole.limit === wholeDebt || whole.most.is === "unknown") return whole;
  }
  const all = sellables(sale);
  if (!all.ok) return shut(all.failure, "collateral that may be withdrawn");
  return sell(sale, all.value, minOf(lent.value, debt.owed));
}

const owesOnly = ({ held }: Position, { config }: AaveBody): boolean =>
  !borrowsAny(withBorrowing(config, held.id, false));

/** The largest repayment of at most `asked` that selling covers. */
function sell(sale: FlashSale, all: readonly Sellable[], asked: bigint): Answer {
  const raised = raise(sale, all, loanCost(sale, asked));
  if (raised.is !== "known") return { most: raised as Figure<never>, limit: "depth of the market for the collateral" };
  const paid = largest(asked, (units) => loanCost(sale, units) <= raised.value);
  const done = applySale(sale, all, paid);
  if (done.ok) return { most: known(paid, momentOf(sale.body)), limit: limitOf(sale, paid, asked) };
  return paid === 0n ? shut(done.failure, soldCollateral) : belowHealth(sale, all, paid, done.failure);
}

function limitOf({ debt }: FlashSale, paid: bigint, asked: bigint): string {
  if (paid === debt.owed) return wholeDebt;
  return paid === asked ? `${debt.terms.asset} that the pool lends by flash loan` : soldCollateral;
}

/** What all that can be sold brings; stops asking the market once it is `enough`. */
function raise(sale: FlashSale, all: readonly Sellable[], enough: bigint): Figure<bigint> {
  let raised = known(0n, momentOf(sale.body)) as Figure<bigint> & { is: "known" };
  for (const each of all) {
    if (raised.value >= enough) break;
    const brings = proceeds(sale, each, each.most);
    if (brings.is !== "known") return brings;
    raised = { ...brings, value: raised.value + brings.value };
  }
  return raised;
}

/** Where the largest loan leaves health below 1: an account above it can do with less; one below it finds nothing that helps. */
function belowHealth(sale: FlashSale, all: readonly Sellable[], paid: bigint, failure: Why): Answer {
  const limit = "health of 1 after the sale";
  const most = largest(paid, (units) => applySale(sale, all, units).ok);
  return most === 0n ? shut(failure, limit) : { most: known(most, momentOf(sale.body)), limit };
}

/** The largest whole number up to `most` for which something holds that does not hold again once it failed; 0 where none. */
function largest(most: bigint, holds: (units: bigint) => boolean): bigint {
  if (holds(most)) return most;
  let [yes, no] = [0n, most];
  while (no - yes > 1n) {
    const middle = (yes + no) / 2n;
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
