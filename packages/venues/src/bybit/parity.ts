import { type Compared, type ParityRow, parityRow } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  add,
  compare,
  dec,
  larger,
  magnitude,
  multiply,
  ok,
  quotient,
  subtract,
} from "@plimsoll/core/units";
import { WALLET, accountOf, isolatedKey } from "./accounts.ts";
import { type Exposure, initialOf, maintenanceOf } from "./exposure.ts";
import type { Body } from "./holding.ts";
import { liquidationPrice } from "./liquidation-price.ts";
import type { ReadAccount } from "./read-account.ts";
import { SIDES, type VenuePosition, type VenueWallet } from "./read-rows.ts";
import type { BybitTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

/**
 * Our figures beside those the venue sent with the same reading. A row that differs is an alarm about our model: another table,
 * another tier, another rule. Figures that the venue leaves empty have no row.
 * @param scene its marks are those of the positions as last read.
 * @param earlier the marks of the positions as read before the wallet, whose figures stand somewhere between the two.
 * @returns a failure where we have no figure: a symbol without table or mark, portfolio margin.
 */
export function parityOf(
  { body, wallet, positions }: ReadAccount,
  scene: Scene<BybitTerms>,
  earlier: Scene<BybitTerms> = scene,
): Result<readonly ParityRow[], Why> {
  const totals = totalsOf({ is: "wallet", key: WALLET }, body, scene);
  if (!totals.ok) return totals;
  const before = totalsOf({ is: "wallet", key: WALLET }, body, earlier);
  if (!before.ok) return before;
  const rows = body.mode === "isolated" ? [] : walletRows(wallet, totals.value, before.value);
  for (const position of positions) {
    const read = positionRows(position, body, scene);
    if (!read.ok) return read;
    rows.push(...read.value);
  }
  return ok(rows);
}

/** Printed with 8 decimals. */
const UNIT = dec("0.00000001");
/** The fee to close and the index are read a moment apart: as a share of the figure. */
const SHARE = dec("0.0001");
const allowance = (ours: Exact): Exact => larger(UNIT, multiply(magnitude(ours), SHARE));

/**
 * @param before our figure at the marks of a moment before, where the venue's is from between.
 * @param printed one unit of the last digit that the venue prints.
 */
function row(
  of: string,
  figure: string,
  venue: Exact | undefined,
  ours: Exact,
  before = ours,
  printed = UNIT,
): ParityRow[] {
  if (venue === undefined) return [];
  const allowed = add(larger(printed, allowance(ours)), magnitude(subtract(ours, before)));
  return [parityRow({ of, figure, venue, ours, allowed, decides: true })];
}

const RATE_SCALE = 8;
/** Account rates are printed with up to four decimals. @source documentation and recorded examples, "0.0101" at most */
const RATE_UNIT = dec("0.0001");

function walletRows(venue: VenueWallet, now: Totals, before: Totals): ParityRow[] {
  const margins = [
    ...row(WALLET, "initial margin", venue.totalInitialMargin, now.initial, before.initial),
    ...row(WALLET, "maintenance margin", venue.totalMaintenanceMargin, now.maintenance, before.maintenance),
  ];
  if (now.have.digits <= 0n || before.have.digits <= 0n) return margins;
  const rate = (of: Totals, need: "initial" | "maintenance") => quotient(of[need], of.have, RATE_SCALE, "half-even");
  const rateRow = (need: "initial" | "maintenance", printed: Exact | undefined) =>
    row(WALLET, `${need} margin rate`, printed, rate(now, need), rate(before, need), RATE_UNIT);
  return [...margins, ...rateRow("initial", venue.accountIMRate), ...rateRow("maintenance", venue.accountMMRate)];
}

function positionRows(venue: VenuePosition, body: Body, scene: Scene<BybitTerms>): Result<ParityRow[], Why> {
  const named = { symbol: venue.symbol, side: SIDES[venue.positionIdx] };
  const key = body.mode === "isolated" ? isolatedKey(named) : WALLET;
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, body, scene);
  if (totals?.ok === false) return totals;
  const own = totals?.value.exposures.find(({ position }) => isolatedKey(position) === isolatedKey(named));
  if (own === undefined) return ok([]);
  const of = isolatedKey(named);
  const price = liquidationPrice(body, key, venue.symbol, scene);
  return ok([
    ...row(of, "initial margin", venue.positionIM, initialOf(own)),
    ...row(of, "maintenance margin", venue.positionMM, maintenanceOf(own)),
    ...(price.ok
      ? [priceRow(of, venue, own, (venue.side === "Sell" ? price.value.up : price.value.down) ?? "none")]
      : []),
  ]);
}

/**
 * Isolated prices to a tick; the venue calls those of the wallet estimates, and prints a single tick where there is none: they
 * decide nothing.
 */
function priceRow(of: string, { liqPrice }: VenuePosition, { position, terms }: Exposure, ours: Compared): ParityRow {
  const { tick } = terms;
  const isolated = position.posted !== undefined;
  const venue = liqPrice === undefined || compare(liqPrice, tick) <= 0 ? "none" : liqPrice;
  const allowed = isolated || ours === "none" ? tick : larger(tick, allowance(ours));
  return parityRow({ of, figure: "liquidation price", venue, ours, allowed, decides: isolated });
}
