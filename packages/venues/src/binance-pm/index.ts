import type { Terms } from "@plimsoll/core/book";
import { bindEngine } from "@plimsoll/core/margin";
import { invariant, venueId } from "@plimsoll/core/units";
import { WrittenPortfolio, binance, readBody, readEffect, readTerms, readWritten } from "@plimsoll/venues/binance";
import { binanceCoinm } from "@plimsoll/venues/binance-coinm";
import { type VenueModule, termsDocument } from "@plimsoll/venues/wire";
import { margin } from "./margin.ts";
import spring2025 from "./terms/2025-03-28.json" with { type: "json" };
import winter2026 from "./terms/2026-01-16.json" with { type: "json" };

/** Portfolio margin charges positions by the tables of their own margin systems; only its collateral and levels are its own. */
const symbols = Object.assign({}, ...[binance, binanceCoinm].map(symbolsOf)) as object;
const [current, before] = [winter2026, spring2025].map((raw) =>
  termsDocument({ ...raw, body: { ...raw.body, symbols } }),
) as [Terms<unknown>, Terms<unknown>];
const body = readTerms(current.body);
invariant(body.ok, "the shipped terms of binance-pm are readable");

/** Binance portfolio margin: USD-M and COIN-M positions and their collateral as one account, by uniMMR. */
export const binancePm: VenueModule = {
  id: venueId("binance-pm"),
  rules: [current.rules],
  engine: bindEngine(margin, readBody, readTerms, readEffect),
  terms: [current, before],
  written: WrittenPortfolio,
  readWritten: (entry, id, at) => readWritten(entry, id, at, current, body.value),
};

function symbolsOf({ terms }: VenueModule): object {
  return (terms[0]?.body as { readonly symbols: object } | undefined)?.symbols ?? {};
}
