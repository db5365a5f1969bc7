import type { Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Result,
  type Why,
  add,
  atLeast,
  below,
  divide,
  exact,
  fail,
  isNegative,
  magnitude,
  multiply,
  negate,
  ok,
  pow10,
  quotient,
  subtract,
  why,
} from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { type Priced, maintenance, value } from "./position.ts";
import type { HyperliquidTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

const PRICE_SCALE = 8;

/** A position inside the account that carries it. */
interface Found {
  readonly own: Priced;
  readonly totals: Totals;
}

function find(body: Body, key: AccountKey, coin: string, scene: Scene<HyperliquidTerms>): Result<Found, Why> {
  const account = accountOf(body, key);
  const none = fail(why("hyperliquid/no-position", { account: key, coin, next: "read the account again" }));
  if (account === undefined) return none;
  const totals = totalsOf(account, scene);
  if (!totals.ok) return totals;
  const own = totals.value.priced.find(({ position }) => position.coin === coin);
  return own === undefined ? none : ok({ own, totals: totals.value });
}

/**
 * The mark of a coin at which its account meets the maintenance line, all other coins standing still: 8 decimals, cut against
 * the owner. The row of the margin table is the one at that price.
 * @returns "none" where no price above 0 liquidates; a failure when a mark, a table or the position is missing.
 * @source Hyperliquid documentation, liquidations; algebra in README.md rule 6.
 */
export function liquidationPrice(
  body: Body,
  key: AccountKey,
  coin: string,
  scene: Scene<HyperliquidTerms>,
): Result<Exact | "none", Why> {
  const found = find(body, key, coin, scene);
  if (!found.ok) return found;
  const root = rootOf(found.value);
  if (root === undefined) return ok("none");
  return ok(rounded(root, isNegative(found.value.own.position.size) ? "floor" : "ceil"));
}

/**
 * The price that the venue prints as `liquidationPx` under the rule of the terms.
 * @returns "none" where it prints null.
 * @source "maintenance-frozen": five rows recorded on 2023-03-27; "at-the-line": venue documentation, rows of 2025 and 2026.
 */
export function printedPrice(
  body: Body,
  key: AccountKey,
  coin: string,
  scene: Scene<HyperliquidTerms>,
): Result<Exact | "none", Why> {
  const found = find(body, key, coin, scene);
  if (!found.ok) return found;
  if (scene.terms.body.rules.printedPrice === "at-the-line") {
    const root = rootOf(found.value);
    return ok(root === undefined ? "none" : rounded(root, "half-up"));
  }
  const { own, totals } = found.value;
  const room = subtract(totals.equity, totals.maintenance);
  const away = quotient(room, own.position.size, 2 * PRICE_SCALE, "down");
  const price = quotient(subtract(own.mark, away), exact(1n), PRICE_SCALE, "half-up");
  return ok(price.digits > 0n ? price : "none");
}

/** numerator / denominator, both above 0. */
interface Root {
  readonly over: Exact;
  readonly under: Exact;
}

const rounded = ({ over, under }: Root, rounding: "floor" | "ceil" | "half-up"): Exact =>
  exact(
    divide(over.digits * pow10(PRICE_SCALE + under.scale), under.digits * pow10(over.scale), rounding),
    PRICE_SCALE,
  );

/**
 * Solves `rest + size * p = (|size| * p * weight - amount) / under` row by row, where rest is everything but this position;
 * maintenance is convex and continuous, so at most one row holds its own root.
 */
function rootOf({ own, totals }: Found): Root | undefined {
  const { size } = own.position;
  const { under, tiers } = own.terms.table;
  const others = subtract(totals.maintenance, maintenance(own));
  const rest = subtract(subtract(totals.equity, value(own)), others);
  for (const [index, { from, weight, amount }] of tiers.entries()) {
    const fixed = add(multiply(rest, exact(under)), amount);
    const rise = subtract(multiply(size, exact(under)), multiply(magnitude(size), exact(weight)));
    const root = isNegative(rise) ? { over: fixed, under: negate(rise) } : { over: negate(fixed), under: rise };
    if (root.over.digits <= 0n) continue;
    const worth = multiply(magnitude(size), root.over);
    const next = tiers[index + 1]?.from;
    if (atLeast(worth, multiply(from, root.under)) && (next === undefined || below(worth, multiply(next, root.under))))
      return root;
  }
  return undefined;
}
