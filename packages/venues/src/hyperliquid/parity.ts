import { type ParityRow, parityRow } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Result,
  type Why,
  ZERO,
  exact,
  larger,
  multiply,
  ok,
} from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { printedPrice } from "./liquidation-price.ts";
import { crossKey, dexOf, isolatedKey } from "./names.ts";
import { AMOUNT_SCALE, initialMargin } from "./position.ts";
import type { ReadAccount, VenuePool, VenuePosition } from "./read-account.ts";
import type { HyperliquidTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

/**
 * Our figures beside those the venue sent with the same reading. A row that does not agree is an alarm about our model: another
 * table, another tier, another rule.
 * @returns a failure where we have no figure: a coin without a table or mark.
 */
export function parityOf(
  { body, pools, positions }: ReadAccount,
  scene: Scene<HyperliquidTerms>,
): Result<readonly ParityRow[], Why> {
  const rows: ParityRow[] = [];
  for (const pool of pools) {
    const totals = sumsOf(body, crossKey(pool.dex), scene);
    if (!totals.ok) return totals;
    if (totals.value !== undefined) rows.push(...poolRows(pool, totals.value));
  }
  for (const position of positions) {
    const read = positionRows(position, body, scene);
    if (!read.ok) return read;
    rows.push(...read.value);
  }
  return ok(rows);
}

function sumsOf(body: Body, key: AccountKey, scene: Scene<HyperliquidTerms>): Result<Totals | undefined, Why> {
  const account = accountOf(body, key);
  return account === undefined ? ok(undefined) : totalsOf(account, scene);
}

/** Each margin is cut once, so a sum may be off by one unit a position. */
function poolRows(venue: VenuePool, { equity, initial, maintenance, free, priced }: Totals): readonly ParityRow[] {
  const allowed = exact(BigInt(priced.length + 1), AMOUNT_SCALE);
  const of = crossKey(venue.dex);
  const row = (figure: string, theirs: Exact, ours: Exact) =>
    parityRow({ of, figure, venue: theirs, ours, allowed, decides: figure !== "withdrawable" });
  const { accountValue, totalMarginUsed } = venue.crossMarginSummary;
  const used = venue.crossMaintenanceMarginUsed;
  return [
    row("account value", accountValue, equity),
    row("margin used", totalMarginUsed, initial),
    row("withdrawable", venue.withdrawable, free),
    ...(used === undefined ? [] : [row("maintenance margin", used, maintenance)]),
  ];
}

function positionRows(
  venue: VenuePosition,
  body: Body,
  scene: Scene<HyperliquidTerms>,
): Result<readonly ParityRow[], Why> {
  const { coin, leverage } = venue;
  const isolated = leverage.type === "isolated";
  const key = isolated ? isolatedKey(coin) : crossKey(dexOf(coin));
  const totals = sumsOf(body, key, scene);
  if (!totals.ok) return totals;
  const own = totals.value?.priced.find(({ position }) => position.coin === coin);
  const price = printedPrice(body, key, coin, scene);
  if (!price.ok) return price;
  const used = isolated || own === undefined ? totals.value?.equity : initialMargin(own);
  return ok([
    priceRow(coin, venue.liquidationPx ?? "none", price.value),
    ...(used === undefined ? [] : [marginRow(coin, venue.marginUsed, used)]),
  ]);
}

const marginRow = (of: string, venue: Exact, ours: Exact): ParityRow =>
  parityRow({ of, figure: "margin used", venue, ours, allowed: exact(1n, AMOUNT_SCALE), decides: false });

/** One part in 10^9, and the last digit that the venue prints. */
function priceRow(of: string, venue: Exact | "none", ours: Exact | "none"): ParityRow {
  const allowed = venue === "none" ? ZERO : larger(multiply(venue, exact(1n, 9)), exact(1n, 8));
  return parityRow({ of, figure: "liquidation price", venue, ours, allowed, decides: false });
}
