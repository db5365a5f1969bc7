import type { Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Result,
  type Why,
  add,
  compare,
  fail,
  isNegative,
  isZero,
  magnitude,
  multiply,
  negate,
  ok,
  quotient,
  exact,
  subtract,
  why,
} from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import { type Exposure, haveOf, needOf } from "./exposure.ts";
import type { Body } from "./holding.ts";
import type { OkxTerms } from "./terms.ts";
import { balanceOf, sumOf, totalsOf } from "./totals.ts";

const PRICE_SCALE = 18;

/** Marks at which the account meets its maintenance line; either may not exist, and then it is absent, never 0. */
export interface LiquidationPrices {
  readonly down?: Exact;
  readonly up?: Exact;
}

/**
 * Liquidation price of an instrument in a coin's cross account or in its isolated account, everything else frozen at its
 * mark; 18 decimals, cut against the owner. The tier counts contracts, so it is the same at every price.
 * @returns a failure where the account cannot be assessed, has no such position, or is the account of all coins: there
 *   discounts and debts bend with the price, and the form answers.
 * @source venues-perps formulas with the taker fee inside, README.md rules 10 and 11.
 */
export function liquidationPrice(
  body: Body,
  key: AccountKey,
  instrument: string,
  scene: Scene<OkxTerms>,
): Result<LiquidationPrices, Why> {
  const account = accountOf(body, key);
  if (account === undefined) return fail(why("okx/no-account", { account: key }));
  if (account.is === "all-coins")
    return fail(why("okx/no-single-price", { account: key, next: "ask the form for its boundaries" }));
  const totals = totalsOf(account, body, scene);
  if (!totals.ok) return totals;
  const own = totals.value.exposures.filter(({ position }) => position.instrument === instrument);
  const [first] = own;
  if (first === undefined) return fail(why("okx/no-position", { account: key, instrument }));
  const others = totals.value.exposures.filter((each) => !own.includes(each));
  const balance = account.is === "coin" ? [balanceOf(body, account.coin)] : [];
  const fixed = sumOf([
    ...balance,
    ...others.map((each) => subtract(haveOf(each), needOf(each))),
    ...own.map((each) => part(each, "fixed")),
  ]);
  return ok(rootOf(fixed, sumOf(own.map((each) => part(each, "slope"))), first.power));
}

/** One coefficient of have - need in x. */
const part = ({ have, charged, rate }: Exposure, of: "fixed" | "slope"): Exact =>
  subtract(have[of], multiply(charged[of], rate));

/** Where fixed + slope * x is 0, as a price above 0: x is the price, or its inverse. */
function rootOf(fixed: Exact, slope: Exact, power: 1 | -1): LiquidationPrices {
  const [over, under] = power === 1 ? [negate(fixed), slope] : [negate(slope), fixed];
  if (isZero(under) || isZero(over) || isNegative(over) !== isNegative(under)) return {};
  const rises = isNegative(slope) === (power === -1);
  return rises
    ? { down: quotient(over, under, PRICE_SCALE, "ceil") }
    : { up: quotient(over, under, PRICE_SCALE, "floor") };
}

/** Digits beyond this share of a price are lost in what the venue prints of the margin behind it. */
const PRINTED_SHARE = 9;

/**
 * Whether a price of ours agrees with the one the venue prints: within one tick, which it adds against the owner on isolated
 * inverse positions and not on the others.
 * @source recorded rows, README.md rule 11.
 */
export function agreesWithin(ours: Exact, printed: Exact, tick: Exact): boolean {
  const noise = multiply(magnitude(ours), exact(1n, PRINTED_SHARE));
  return compare(magnitude(subtract(ours, printed)), add(tick, noise)) <= 0;
}
