import { type ParityRow, type Terms, parityRow } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Ms, add, dec, isZero, larger, magnitude, multiply, subtract } from "@plimsoll/core/units";
import { accountKeyOf } from "./accounts.ts";
import { type Position, positionName } from "./holding.ts";
import { liquidationPrice } from "./liquidation-price.ts";
import { maintenance, markKey } from "./position.ts";
import type { ReadAccount, VenuePosition } from "./read-account.ts";
import type { BinanceTerms, SymbolTerms } from "./terms.ts";

/** Two marks of one row may be a moment apart; another tier or table is much farther off than this. */
const MARK_TOLERANCE = dec("0.0001");
/** Wallets and positions come in two answers; a payment between them moves the price less than another tier does. */
const PRICE_TOLERANCE = dec("0.000001");
const LAST_DIGITS = dec("0.00000002");

/**
 * Our maintenance margin and liquidation price of each position beside the venue's own, at the venue's own marks. Maintenance
 * decides: where it differs, it is another table, another tier or another rule, and the venue acts on its own.
 * Positions whose symbol has no terms are left out: they are unknown already.
 */
export function parityOf(
  { body, positions }: ReadAccount,
  symbols: ReadonlyMap<string, SymbolTerms>,
  terms: Terms<unknown>,
  now: Ms,
): readonly ParityRow[] {
  const scene = sceneAt(positions, { ...terms, body: { symbols: Object.fromEntries(symbols) } }, now);
  return positions.flatMap((row) => {
    const known = symbols.get(row.symbol);
    if (known === undefined) return [];
    const held = body.positions.find((each) => positionName(each) === positionName(row));
    const price = held && liquidationPrice(body, accountKeyOf(body, held), row.symbol, scene);
    return [
      maintenanceRow(row, known),
      ...(price?.ok === true ? [priceRow(row, [price.value.down, price.value.up])] : []),
    ];
  });
}

function maintenanceRow(row: VenuePosition, terms: SymbolTerms): ParityRow {
  const ours = maintenanceAt(row, terms);
  const allowed = add(multiply(larger(ours, magnitude(row.maintMargin)), MARK_TOLERANCE), LAST_DIGITS);
  const of = positionName(row);
  return parityRow({ of, figure: "maintenance margin", venue: row.maintMargin, ours, allowed, decides: true });
}

function maintenanceAt(
  { symbol, positionSide, positionAmt: size, entryPrice: entry, marginAsset: asset, markPrice: mark }: VenuePosition,
  terms: SymbolTerms,
): Exact {
  const position: Position = { symbol, positionSide, asset, size, entry, margin: { mode: "cross" } };
  return maintenance({ position, terms, mark });
}

/** The venue prints 0 where there is no price, and of two prices the one nearer to mark. */
function priceRow(row: VenuePosition, both: readonly (Exact | undefined)[]): ParityRow {
  const away = (price: Exact) => magnitude(subtract(price, row.markPrice));
  const ours = both
    .filter((price) => price !== undefined)
    .reduce<Exact | "none">(
      (best, each) => (best === "none" || larger(away(best), away(each)) === away(best) ? each : best),
      "none",
    );
  const venue = isZero(row.liquidationPrice) ? "none" : row.liquidationPrice;
  const allowed = add(multiply(row.liquidationPrice, PRICE_TOLERANCE), LAST_DIGITS);
  return parityRow({ of: positionName(row), figure: "liquidation price", venue, ours, allowed, decides: false });
}

/** Everything at the marks of the venue's own rows, so that both sides look at one moment. */
const sceneAt = (rows: readonly VenuePosition[], terms: Terms<BinanceTerms>, now: Ms): Scene<BinanceTerms> => ({
  now,
  terms,
  quotes: new Map(
    rows.map((row) => [markKey(row.symbol, terms.venue), { value: row.markPrice, kind: "mark", asOf: now }]),
  ),
});
