import type { BookEvent, Terms } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type HoldingId, type Ms, exact, ms, why } from "@plimsoll/core/units";
import { lower, walletName } from "@plimsoll/venues/chain";
import { termsDocument } from "@plimsoll/venues/wire";
import type { LiquitySource } from "./discover.ts";
import type { LiquityBody } from "./holding.ts";
import { liquityV2Id, oracleQuote, rulesBold } from "./names.ts";
import type { LiquitySnapshot } from "./snapshot.ts";
import type { LiquityTerms } from "./terms.ts";

/** The snapshot as the events of a turn, in the order in which they must be applied; a price that was not read is told as lost. */
export function eventsOf(snapshot: LiquitySnapshot, id: HoldingId, source: LiquitySource): readonly BookEvent[] {
  const { body, terms, price } = snapshot;
  const at = momentOf(body);
  const { branch } = terms.branches[0]!;
  const key = oracleQuote(branch);
  const holding = {
    id,
    venue: liquityV2Id,
    rules: rulesBold,
    market: terms.market,
    wallet: walletName(source, source.user),
    asOf: at,
    body,
  };
  return [
    { type: "terms", terms: termsOf(terms, at, source) },
    price === undefined
      ? { type: "lost", what: key, why: silent(branch) }
      : { type: "price", key, price: exact(price, 18), kind: "oracle", at },
    { type: "holding", holding },
  ];
}

const silent = (branch: string) =>
  why("liquity-v2/feed-does-not-answer", {
    branch,
    next: "look at the branch: its price feed answers nothing or reports a failed oracle, which shuts the branch down",
  });

export const momentOf = ({ timestamp }: LiquityBody): Ms => ms(Number(timestamp) * 1_000);

const termsOf = (body: LiquityTerms, at: Ms, { registry, chainId }: LiquitySource): Terms<LiquityTerms> => ({
  ...termsDocument({
    venue: liquityV2Id,
    rules: rulesBold,
    market: body.market,
    validFrom: new Date(at).toISOString().slice(0, 10),
    source: `the branch of registry ${lower(registry)} on chain ${chainId}`,
    body,
  }),
  body,
});

/** What the engine reads beside the holding, at the snapshot's own block. */
export function sceneOf(snapshot: LiquitySnapshot, source: LiquitySource): Scene<LiquityTerms> {
  const { body, terms, price } = snapshot;
  const now = momentOf(body);
  const quote = price === undefined ? [] : [{ value: exact(price, 18), kind: "oracle" as const, asOf: now }];
  const quotes = quote.map((each) => [oracleQuote(terms.branches[0]!.branch), each] as const);
  return { now, quotes: new Map(quotes), terms: termsOf(terms, now, source) };
}
