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
  subtract,
} from "@plimsoll/core/units";
import { WALLET, accountOf, isolatedKey } from "./accounts.ts";
import { initialOf, maintenanceOf } from "./exposure.ts";
import type { Body } from "./holding.ts";
import { liquidationPrice } from "./liquidation-price.ts";
import type { ReadAccount, VenuePosition, VenueWallet } from "./read-account.ts";
import type { BybitTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** One figure of the venue's beside ours; "none" where there is no such price. */
export interface ParityRow {
  readonly of: string;
  readonly figure: string;
  readonly venue: Exact | "none";
  readonly ours: Exact | "none";
  readonly agrees: boolean;
}

/**
 * Our figures beside those the venue sent with the same reading. A row that does not agree is an alarm about our model: another
 * table, another tier, another rule. Figures that the venue leaves empty have no row.
 * @returns a failure where we have no figure: a symbol without table or mark, portfolio margin.
 */
export function parityOf(account: ReadAccount, scene: Scene<BybitTerms>): Result<readonly ParityRow[], Why> {
  const { body, wallet, positions } = account;
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

/** Printed with 8 decimals; a wallet adds up as many roundings as it has coins and positions. */
const UNIT = dec("0.00000001");
/** The fee to close and the index are read a moment apart: as a share of the figure. */
const SHARE = dec("0.0001");

const row = (of: string, figure: string, venue: Exact | undefined, ours: Exact): ParityRow[] => {
  if (venue === undefined) return [];
  const allowed = larger(UNIT, multiply(magnitude(ours), SHARE));
  return [{ of, figure, venue, ours, agrees: compare(magnitude(subtract(venue, ours)), allowed) <= 0 }];
};

const RATE_SCALE = 8;

function walletRows(venue: VenueWallet, { have, maintenance, initial }: Totals): ParityRow[] {
  const rate = (need: Exact) => (have.digits > 0n ? quotient(need, have, RATE_SCALE, "half-even") : undefined);
  const [im, mm] = [rate(initial), rate(maintenance)];
  return [
    ...row(WALLET, "initial margin", venue.totalInitialMargin, initial),
    ...row(WALLET, "maintenance margin", venue.totalMaintenanceMargin, maintenance),
    ...(im === undefined ? [] : row(WALLET, "initial margin rate", venue.accountIMRate, im)),
    ...(mm === undefined ? [] : row(WALLET, "maintenance margin rate", venue.accountMMRate, mm)),
  ];
}

function positionRows(venue: VenuePosition, body: Body, scene: Scene<BybitTerms>): Result<ParityRow[], Why> {
  const side = (["one-way", "long", "short"] as const)[venue.positionIdx];
  const of = `${venue.symbol}:${side}`;
  const key = body.mode === "isolated" ? isolatedKey({ symbol: venue.symbol, side }) : WALLET;
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, body, scene);
  if (totals === undefined) return ok([]);
  if (!totals.ok) return totals;
  const own = totals.value.exposures.find(({ position }) => position.symbol === venue.symbol && position.side === side);
  if (own === undefined) return ok([]);
  const price = liquidationPrice(body, key, venue.symbol, scene);
  const ours = price.ok ? ((venue.side === "Sell" ? price.value.up : price.value.down) ?? "none") : undefined;
  return ok([
    ...row(of, "initial margin", venue.positionIM, initialOf(own)),
    ...row(of, "maintenance margin", venue.positionMM, maintenanceOf(own)),
    ...(ours === undefined ? [] : [priceRow(of, venue.liqPrice ?? "none", ours, own.terms.tick)]),
  ]);
}

/** Isolated prices to a tick; the venue calls those of the wallet estimates, and prints a single tick where there is none. */
function priceRow(of: string, printed: Exact | "none", ours: Exact | "none", tick: Exact): ParityRow {
  const figure = "liquidation price";
  const venue = printed === "none" || compare(printed, tick) <= 0 ? "none" : printed;
  if (venue === "none" || ours === "none") return { of, figure, venue, ours, agrees: venue === ours };
  const allowed = larger(tick, multiply(ours, SHARE));
  return { of, figure, venue, ours, agrees: compare(magnitude(subtract(venue, ours)), allowed) <= 0 };
}
