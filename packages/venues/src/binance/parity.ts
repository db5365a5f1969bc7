import {
  type Exact,
  type Why,
  add,
  compare,
  dec,
  larger,
  magnitude,
  multiply,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import type { Position } from "./holding.ts";
import { positionName } from "./holding.ts";
import { maintenance } from "./position.ts";
import type { VenuePosition } from "./read-account.ts";
import type { SymbolTerms } from "./terms.ts";

/** Two marks of one row may be a moment apart; another tier or table is much farther off than this. */
const TOLERANCE = dec("0.0001");
const LAST_DIGITS = dec("0.00000002");

/**
 * Where the venue's own maintenance margin is not ours: another table, another tier, another rule. The venue's figure is what
 * it acts on, so a difference is an alarm about our model.
 */
export function checkParity(
  rows: readonly VenuePosition[],
  symbols: ReadonlyMap<string, SymbolTerms>,
): Why | undefined {
  for (const row of rows) {
    const terms = symbols.get(row.symbol);
    if (terms === undefined) continue;
    const ours = maintenanceAt(row, terms);
    const allowed = add(multiply(larger(ours, magnitude(row.maintMargin)), TOLERANCE), LAST_DIGITS);
    if (compare(magnitude(subtract(ours, row.maintMargin)), allowed) <= 0) continue;
    return why("binance/differs-from-venue", {
      position: positionName(row),
      figure: "maintenance margin",
      venue: text(row.maintMargin),
      ours: text(ours),
      next: "do not rely on our health of this account; compare the leverage brackets with the venue's page",
    });
  }
  return undefined;
}

function maintenanceAt(
  { symbol, positionSide, positionAmt: size, entryPrice: entry, marginAsset: asset, markPrice: mark }: VenuePosition,
  terms: SymbolTerms,
): Exact {
  const position: Position = { symbol, positionSide, asset, size, entry, margin: { mode: "cross" } };
  return maintenance({ position, terms, mark });
}
