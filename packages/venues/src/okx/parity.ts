import { type ParityRow, parityRow } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  ZERO,
  add,
  dec,
  exact,
  invariant,
  isZero,
  magnitude,
  multiply,
  quotient,
} from "@plimsoll/core/units";
import { type Account, accountsOf, crossKey } from "./accounts.ts";
import { type Exposure, QUOTIENT_SCALE, chargedOf } from "./exposure.ts";
import { isIsolated, positionName } from "./holding.ts";
import { liquidationPrice } from "./liquidation-price.ts";
import { indexKey, indexOf } from "./quotes.ts";
import type { ReadAccount } from "./read-account.ts";
import type { VenueAccount, VenueCoin } from "./read-balance.ts";
import { type VenuePosition, positionOf } from "./read-positions.ts";
import type { OkxTerms } from "./terms.ts";
import { type Totals, sumOf, totalsOf } from "./totals.ts";

/** A position's figures are all of its own mark; what the venue rounds there is far below this share. */
const OWN_MARK = dec("0.000001");
/** Account figures are of other marks, a moment away; another tier or table is farther off. */
const MOMENT = dec("0.005");
/** A ratio moves as many times more as the account is levered. */
const MOMENT_OF_RATIO = dec("0.05");
const LAST_DIGITS = dec("0.00000001");
const PRICE_SHARE = exact(1n, 9);

/**
 * Our figures beside those of the same reading. What a margin call is made of decides: where it differs, it is another table,
 * another tier or another rule, and the venue acts on its own. Figures that the venue leaves empty have no row, but for a
 * liquidation price, where empty says that there is none. What cannot be assessed is unknown already and has no row.
 * @param scene marks of the venue's own position rows.
 */
export function parityOf({ body, account, positions }: ReadAccount, scene: Scene<OkxTerms>): readonly ParityRow[] {
  return accountsOf(body).flatMap((each): readonly ParityRow[] => {
    const totals = totalsOf(each, body, scene);
    if (!totals.ok) return [];
    return [
      ...accountRows(each, account, totals.value, scene),
      ...totals.value.exposures.flatMap((exposure) => {
        const row = positions.find((one) => isOf(one, exposure, body.mode));
        return row === undefined ? [] : positionRows(row, exposure, each, { body, totals: totals.value, scene });
      }),
    ];
  });
}

function isOf(row: VenuePosition, { position }: Exposure, mode: ReadAccount["body"]["mode"]): boolean {
  const read = positionOf(row, mode);
  return (
    read.ok &&
    read.value !== undefined &&
    positionName(read.value) === positionName(position) &&
    isIsolated(read.value) === isIsolated(position)
  );
}

interface Beside {
  readonly body: ReadAccount["body"];
  readonly totals: Totals;
  readonly scene: Scene<OkxTerms>;
}

function positionRows(row: VenuePosition, exposure: Exposure, account: Account, beside: Beside): readonly ParityRow[] {
  const of = positionName(exposure.position);
  const { totals, scene } = beside;
  const isolated = account.is === "isolated";
  return [
    ...figureRow(of, "maintenance margin", row.mmr, maintenanceOf(exposure, scene.terms.body), OWN_MARK, true),
    ...(isolated ? figureRow(of, "margin ratio", row.mgnRatio, ratioOf(totals), OWN_MARK, true) : []),
    ...priceRows(row, exposure, account, beside),
  ];
}

/** Within one tick, which the venue adds on some positions. Not with all coins together: there one price is not offered. @source README.md rule 11 */
function priceRows(
  row: VenuePosition,
  { position }: Exposure,
  account: Account,
  { body, scene }: Beside,
): readonly ParityRow[] {
  const found = liquidationPrice(body, account.key, position.instrument, scene);
  if (!found.ok || row.markPx === undefined) return [];
  const ours = found.value.down ?? found.value.up ?? "none";
  const venue = row.liqPx === undefined || isZero(row.liqPx) ? "none" : row.liqPx;
  const tick = scene.terms.body.contracts[position.instrument]?.tick ?? LAST_DIGITS;
  const allowed = add(tick, multiply(venue === "none" ? ZERO : venue, PRICE_SHARE));
  const of = positionName(position);
  return [parityRow({ of, figure: "liquidation price", venue, ours, allowed, decides: false })];
}

function accountRows(
  account: Account,
  venue: VenueAccount,
  totals: Totals,
  scene: Scene<OkxTerms>,
): readonly ParityRow[] {
  switch (account.is) {
    case "isolated":
      return [];
    case "coin":
      return coinRows(account.coin, venue.details, totals, scene);
    case "all-coins":
      return allCoinRows(account.key, venue, totals, scene);
  }
}

function coinRows(coin: string, details: readonly VenueCoin[], totals: Totals, scene: Scene<OkxTerms>) {
  const venue = details.find(({ ccy }) => ccy === coin);
  if (venue === undefined || totals.exposures.length === 0) return [];
  const of = crossKey("futures", coin);
  const maintenance = sumOf(totals.exposures.map((each) => maintenanceOf(each, scene.terms.body)));
  return [
    ...figureRow(of, "maintenance margin", venue.mmr, maintenance, MOMENT, true),
    ...figureRow(of, "margin ratio", venue.mgnRatio, ratioOf(totals), MOMENT_OF_RATIO, false),
  ];
}

function allCoinRows(of: string, venue: VenueAccount, totals: Totals, scene: Scene<OkxTerms>) {
  const indexAt = (coin: string) => {
    const index = indexOf(coin, scene);
    return index.ok ? index.value : ZERO;
  };
  const ofPositions = totals.exposures.map((each) =>
    multiply(maintenanceOf(each, scene.terms.body), indexAt(each.coin)),
  );
  const maintenance = sumOf([...ofPositions, ...totals.coins.map(({ need }) => need)]);
  return [
    ...figureRow(of, "adjusted equity", venue.adjEq, totals.have, MOMENT, true),
    ...figureRow(of, "maintenance margin", venue.mmr, maintenance, MOMENT, true),
    ...figureRow(of, "margin ratio", venue.mgnRatio, ratioOf(totals), MOMENT_OF_RATIO, false),
    ...figureRow(of, "total equity", venue.totalEq, totalEquity(venue, scene), MOMENT, false),
  ];
}

/** All the venue's coins, undiscounted, at the index prices that we read; undefined where one is missing. */
function totalEquity({ details }: VenueAccount, scene: Scene<OkxTerms>): Exact | undefined {
  if (details.some(({ ccy }) => !scene.quotes.has(indexKey(ccy)))) return undefined;
  return sumOf(
    details.map(({ ccy, eq }) => {
      const index = indexOf(ccy, scene);
      return index.ok ? multiply(eq, index.value) : ZERO;
    }),
  );
}

function figureRow(
  of: string,
  figure: string,
  venue: Exact | undefined,
  ours: Exact | undefined,
  share: Exact,
  decides: boolean,
): readonly ParityRow[] {
  if (venue === undefined || ours === undefined) return [];
  const allowed = add(multiply(magnitude(venue), share), LAST_DIGITS);
  return [parityRow({ of, figure, venue, ours, allowed, decides })];
}

/** Maintenance alone: the venue's `mmr` leaves the fee to close out. */
function maintenanceOf(exposure: Exposure, { contracts, pairs }: OkxTerms): Exact {
  const { instrument } = exposure.position;
  const row = (contracts[instrument] ?? pairs[instrument])?.tiers[exposure.tier - 1];
  invariant(row !== undefined, `an exposure has its tier: ${instrument}`);
  return multiply(chargedOf(exposure), row.mmr);
}

const ratioOf = ({ have, need }: Totals): Exact | undefined =>
  isZero(need) ? undefined : quotient(have, need, QUOTIENT_SCALE, "half-even");
