import type { Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Result,
  type Rounding,
  type Why,
  add,
  divide,
  exact,
  fail,
  invariant,
  isZero,
  magnitude,
  negate,
  ok,
  pow10,
  subtract,
  why,
} from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import { type Ratio, cellsOf, order, ratio } from "./cells.ts";
import { powerOf, profitLine } from "./contract-value.ts";
import type { Body } from "./holding.ts";
import { BALANCE_SCALE, maintenance, profit } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";
import { sumOf, totalsOf } from "./totals.ts";

/** Marks at which the account meets its maintenance line; either may not exist, and then it is absent, never 0. */
export interface LiquidationPrices {
  /** Reached from above: what the venue prints for a long. */
  readonly down?: Exact;
  /** Reached from below: what it prints for a short; in hedge mode both sides of a cross pair share what there is. */
  readonly up?: Exact;
}

/**
 * Liquidation price of a symbol in an account, everything else frozen at its mark; 8 decimals, cut against the owner.
 * The tier is the one at the liquidation price: every piece of the maintenance curve is solved and kept where its root lies in it.
 * @returns a failure when a mark or a tier table is missing, the symbol has no position in the account, or the account counts all
 *   assets together: its prices bend with every index, and the form finds them.
 * @source linear `(WB + U_o - M_o + A - side S E) / (S mmr - side S)`, inverse `N (side + mmr) / (WB + U_o - M_o + A + side N / E)`:
 *   one equation in the mark or its inverse; README.md rules 8 to 10.
 */
export function liquidationPrice(
  body: Body,
  key: AccountKey,
  symbol: string,
  scene: Scene<BinanceTerms>,
): Result<LiquidationPrices, Why> {
  const account = accountOf(body, key);
  const positions = account?.positions.filter((each) => each.symbol === symbol) ?? [];
  if (account === undefined || positions.length === 0)
    return fail(why("binance/no-position", { account: key, symbol }));
  if (account.is === "unified")
    return fail(why("binance/no-closed-price", { account: key, next: "read the boundaries of the account's form" }));
  const totals = totalsOf(account, scene);
  if (!totals.ok) return totals;
  const others = totals.value.priced.filter(({ position }) => position.symbol !== symbol);
  const own = totals.value.priced.filter(({ position }) => position.symbol === symbol);
  const [first] = own;
  invariant(first !== undefined, "every position of the account is priced");
  const { terms } = first;
  const lines = positions.map(({ size, entry }) => profitLine(size, entry, terms));
  const rest = sumOf(others.map((each) => subtract(profit(each), maintenance(each))));
  const fixed = sumOf([account.wallet, rest, ...lines.map((each) => each.fixed)]);
  const net = sumOf(lines.map(({ slope }) => slope));
  const cells = cellsOf(
    lines.map(({ slope }) => magnitude(slope)),
    terms.tiers,
  );
  const roots: { down?: Exact; up?: Exact } = {};
  for (const [index, { from, slope, amount }] of cells.entries()) {
    const rise = subtract(net, slope);
    if (isZero(rise)) continue;
    const root = ratio(negate(add(fixed, amount)), rise);
    if (root.over <= 0n || !within(root, from, cells[index + 1]?.from)) continue;
    const linear = powerOf(terms) === 1;
    const price = linear ? root : { over: root.under, under: root.over };
    if (rise.digits > 0n === linear) roots.down = decimals(price, "ceil");
    else roots.up = decimals(price, "floor");
  }
  return ok(roots);
}

const within = (root: Ratio, from: Ratio, to: Ratio | undefined): boolean =>
  order(root, from) >= 0 && (to === undefined || order(root, to) <= 0);

const decimals = ({ over, under }: Ratio, rounding: Rounding): Exact =>
  exact(divide(over * pow10(BALANCE_SCALE), under, rounding), BALANCE_SCALE);
