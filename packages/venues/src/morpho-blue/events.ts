import type { BookEvent, Terms } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type HoldingId, type Ms, exact, ms, why } from "@plimsoll/core/units";
import { lower, walletName } from "@plimsoll/venues/chain";
import { termsDocument } from "@plimsoll/venues/wire";
import { type MorphoSource, morphoOf } from "./discover.ts";
import type { MorphoBody } from "./holding.ts";
import { morphoBlueId, rulesV1 } from "./names.ts";
import { priceDecimals, quoteOf } from "./price.ts";
import type { MorphoSnapshot } from "./snapshot.ts";
import type { MorphoTerms } from "./terms.ts";

/**
 * The snapshot as the events of a turn, in the order in which they must be applied: terms, prices, holding. An oracle that does
 * not answer is told as lost. Allowances are left out: an actor grants with each action exactly what it needs, so what the
 * contract may take before does not limit an action.
 */
export function eventsOf(snapshot: MorphoSnapshot, id: HoldingId, source: MorphoSource): readonly BookEvent[] {
  const { body, terms } = snapshot;
  const at = momentOf(body);
  const document = termsOf(terms, at, source);
  const purses = body.purses.map((purse) => ({ ...purse, allowance: "unknown" as const }));
  const market = document.market ?? terms.deployment;
  const holding = {
    id,
    venue: morphoBlueId,
    rules: rulesV1,
    market,
    wallet: walletName(source, source.owner),
    asOf: at,
    body: { ...body, purses },
  };
  return [{ type: "terms", terms: document }, ...priceEvents(snapshot, at), { type: "holding", holding }];
}

/** One event for each quote: markets that share an oracle share its price. */
function priceEvents({ terms, prices }: MorphoSnapshot, at: Ms): readonly BookEvent[] {
  const events = new Map<string, BookEvent>();
  for (const market of terms.markets) {
    const key = quoteOf(terms, market);
    const price = prices.get(market.market);
    events.set(
      key,
      price === undefined
        ? { type: "lost", what: key, why: silent(market.oracle.address, market.market) }
        : { type: "price", key, price: exact(price, priceDecimals(market)), kind: "oracle", at },
    );
  }
  return [...events.values()];
}

const silent = (oracle: string, market: string) =>
  why("morpho-blue/oracle-does-not-answer", {
    oracle,
    market,
    next: "wait: until the oracle answers a price above 0 nobody can tell whether the position is safe",
  });

export const momentOf = ({ timestamp }: MorphoBody): Ms => ms(Number(timestamp) * 1_000);

/** The document of one owner's markets. */
export function termsOf(body: MorphoTerms, at: Ms, source: MorphoSource): Terms<MorphoTerms> {
  const document = termsDocument({
    venue: morphoBlueId,
    rules: rulesV1,
    market: `${body.deployment}/${lower(source.owner)}`,
    validFrom: new Date(at).toISOString().slice(0, 10),
    source: `Morpho ${lower(morphoOf(source))} on chain ${source.chainId}`,
    body,
  });
  return { ...document, body };
}

/** What the engine reads beside the holding, at the snapshot's own block. */
export function sceneOf({ body, terms, prices }: MorphoSnapshot, source: MorphoSource): Scene<MorphoTerms> {
  const now = momentOf(body);
  const quotes = terms.markets.flatMap((market) => {
    const price = prices.get(market.market);
    const quote = { value: exact(price ?? 0n, priceDecimals(market)), kind: "oracle", asOf: now } as const;
    return price === undefined ? [] : [[quoteOf(terms, market), quote] as const];
  });
  return { now, quotes: new Map(quotes), terms: termsOf(terms, now, source) };
}
