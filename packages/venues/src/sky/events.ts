import type { BookEvent, Terms } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type HoldingId, type Ms, type QuoteKey, type Why, exact, ms, why } from "@plimsoll/core/units";
import { lower, walletName } from "@plimsoll/venues/chain";
import { termsDocument } from "@plimsoll/venues/wire";
import type { SkySource } from "./discover.ts";
import type { SkyBody } from "./holding.ts";
import { currentQuote, nextQuote, rulesDss, skyId } from "./names.ts";
import type { SkySnapshot } from "./snapshot.ts";
import type { SkyTerms } from "./terms.ts";

/** The snapshot as the events of a turn, in the order in which they must be applied; a price that was not read is told as lost. */
export function eventsOf(snapshot: SkySnapshot, id: HoldingId, source: SkySource): readonly BookEvent[] {
  const { body, terms } = snapshot;
  const at = momentOf(body);
  const holding = {
    id,
    venue: skyId,
    rules: rulesDss,
    market: terms.market,
    wallet: walletName(source, source.user),
    asOf: at,
    body,
  };
  return [
    { type: "terms", terms: termsOf(terms, at, source) },
    ...priceEvents(snapshot, at),
    { type: "holding", holding },
  ];
}

function priceEvents({ terms, prices }: SkySnapshot, at: Ms): readonly BookEvent[] {
  const { asset, delay } = terms.ilks[0]!;
  const told = (key: QuoteKey, kind: "oracle" | "next-oracle", wad: bigint | undefined): BookEvent =>
    wad === undefined || wad === 0n
      ? { type: "lost", what: key, why: unread(asset, kind) }
      : { type: "price", key, price: exact(wad, 18), kind, at };
  const current = told(currentQuote(asset), "oracle", prices.current);
  return delay === 0n ? [current] : [current, told(nextQuote(asset), "next-oracle", prices.next)];
}

const unread = (asset: string, kind: "oracle" | "next-oracle"): Why =>
  why("sky/price-not-read", {
    asset,
    detail: `the price module ${kind === "oracle" ? "has no price in force" : "has no queued price"} that can be read`,
    next: "use an endpoint that answers eth_getStorageAt; where the module is void or of another kind, watch its price elsewhere",
  });

export const momentOf = ({ timestamp }: SkyBody): Ms => ms(Number(timestamp) * 1_000);

const termsOf = (body: SkyTerms, at: Ms, { dog, chainId }: SkySource): Terms<SkyTerms> => ({
  ...termsDocument({
    venue: skyId,
    rules: rulesDss,
    market: body.market,
    validFrom: new Date(at).toISOString().slice(0, 10),
    source: `the core of dog ${lower(dog)} on chain ${chainId}`,
    body,
  }),
  body,
});

/** What the engine reads beside the holding, at the snapshot's own block. */
export function sceneOf(snapshot: SkySnapshot, source: SkySource): Scene<SkyTerms> {
  const now = momentOf(snapshot.body);
  const quotes = priceEvents(snapshot, now).flatMap((event) =>
    event.type === "price" ? [[event.key, { value: event.price, kind: event.kind, asOf: now }] as const] : [],
  );
  return { now, quotes: new Map(quotes), terms: termsOf(snapshot.terms, now, source) };
}
