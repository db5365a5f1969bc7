import type { BookEvent, Terms } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type HoldingId, type Ms, exact, ms, why } from "@plimsoll/core/units";
import { lower, walletName } from "@plimsoll/venues/chain";
import { termsDocument } from "@plimsoll/venues/wire";
import { PRICE_DECIMALS } from "./comet-math.ts";
import type { CometSource } from "./discover.ts";
import type { CometBody } from "./holding.ts";
import { compoundV3Id, oracleQuote, rulesWhole } from "./names.ts";
import type { CometSnapshot } from "./snapshot.ts";
import type { CometTerms } from "./terms.ts";

/**
 * The snapshot as the events of a turn, in the order in which they must be applied: terms, prices, holding. A feed that does not answer is
 * told as lost.
 */
export function eventsOf(snapshot: CometSnapshot, id: HoldingId, source: CometSource): readonly BookEvent[] {
  const { body, terms } = snapshot;
  const at = momentOf(body);
  const holding = {
    id,
    venue: compoundV3Id,
    rules: rulesWhole,
    market: terms.market,
    wallet: walletName(source, source.user),
    asOf: at,
    body: asPaid(body),
  };
  return [
    { type: "terms", terms: termsOf(terms, at, source) },
    ...priceEvents(snapshot, at),
    { type: "holding", holding },
  ];
}

/** An action brings its own allowance, so what is allowed now limits nothing. */
const asPaid = (body: CometBody): CometBody => ({
  ...body,
  funds: { ...body.funds, allowance: "unknown" },
  collateral: body.collateral.map((each) => ({ ...each, funds: { ...each.funds, allowance: "unknown" } })),
});

const priceEvents = ({ terms, prices }: CometSnapshot, at: Ms): readonly BookEvent[] =>
  [terms.base, ...terms.assets].map(({ asset }): BookEvent => {
    const key = oracleQuote(terms.market, asset);
    const price = prices.get(asset);
    if (price === undefined) return { type: "lost", what: key, why: silent(asset) };
    return { type: "price", key, price: exact(price, PRICE_DECIMALS), kind: "oracle", at };
  });

const silent = (asset: string) =>
  why("compound-v3/feed-does-not-answer", {
    asset,
    next: "wait: until the feed answers a price above 0 nobody can be absorbed, and nobody can tell who is safe",
  });

export const momentOf = ({ timestamp }: CometBody): Ms => ms(Number(timestamp) * 1_000);

const termsOf = (body: CometTerms, at: Ms, { comet, chainId }: CometSource): Terms<CometTerms> => ({
  ...termsDocument({
    venue: compoundV3Id,
    rules: rulesWhole,
    market: body.market,
    validFrom: new Date(at).toISOString().slice(0, 10),
    source: `Comet ${lower(comet)} on chain ${chainId}`,
    body,
  }),
  body,
});

/** What the engine reads beside the holding, at the snapshot's own block. */
export function sceneOf({ body, terms, prices }: CometSnapshot, source: CometSource): Scene<CometTerms> {
  const now = momentOf(body);
  const quotes = [...prices].map(([asset, price]) => {
    const quote = { value: exact(price, PRICE_DECIMALS), kind: "oracle", asOf: now } as const;
    return [oracleQuote(terms.market, asset), quote] as const;
  });
  return { now, quotes: new Map(quotes), terms: termsOf(terms, now, source) };
}
