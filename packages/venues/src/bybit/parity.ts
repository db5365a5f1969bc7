import { type Compared, type ParityRow, parityRow } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  compare,
  dec,
  larger,
  magnitude,
  multiply,
  ok,
  quotient,
} from "@plimsoll/core/units";
import { WALLET, accountOf, isolatedKey } from "./accounts.ts";
import { type Exposure, initialOf, maintenanceOf } from "./exposure.ts";
import type { Body } from "./holding.ts";
import { liquidationPrice } from "./liquidation-price.ts";
import { type ReadAccount, SIDES } from "./read-account.ts";
import type { VenuePosition, VenueWallet } from "./read-rows.ts";
import type { BybitTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

/**
 * Our figures beside those the venue sent with the same reading. A row that differs is an alarm about our model: another table,
 * another tier, another rule. Figures that the venue leaves empty have no row.
 * @returns a failure where we have no figure: a symbol without table or mark, portfolio margin.
 */
export function parityOf(
  { body, wallet, positions }: ReadAccount,
  scene: Scene<BybitTerms>,
): Result<readonly ParityRow[], Why> {
  const totals = totalsOf({ is: "wallet", key: WALLET }, body, scene);
  if (!totals.ok) return totals;
  const rows = body.mode === "isolated" ? [] : walletRows(wallet, totals.value);
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

const row = (of: string, figure: string, venue: Exact | undefined, ours: Exact): ParityRow[] =>
  venue === undefined ? [] : [parityRow({ of, figure, venue, ours, allowed: allowance(ours), decides: true })];

const RATE_SCALE = 8;

function walletRows(venue: VenueWallet, { have, maintenance, initial }: Totals): ParityRow[] {
  const margins = [
    ...row(WALLET, "initial margin", venue.totalInitialMargin, initial),
    ...row(WALLET, "maintenance margin", venue.totalMaintenanceMargin, maintenance),
  ];
  if (have.digits <= 0n) return margins;
  const rate = (need: Exact) => quotient(need, have, RATE_SCALE, "half-even");
  return [
    ...margins,
    ...row(WALLET, "initial margin rate", venue.accountIMRate, rate(initial)),
    ...row(WALLET, "maintenance margin rate", venue.accountMMRate, rate(maintenance)),
  ];
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
