import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, exact, fail, ok, why } from "@plimsoll/core/units";
import { accountData } from "./account-data.ts";
import { healthUint } from "./health.ts";
import type { AaveTerms } from "./terms.ts";
import { oracleQuote } from "./names.ts";
import { readPositions } from "./position.ts";
import { pricePositions } from "./prices.ts";
import { revisionOf } from "./revision.ts";
import type { AaveSnapshot } from "./snapshot.ts";
import type { VenueAccountData } from "./snapshot-reads.ts";
import { momentOf, termsOf } from "./events.ts";
import type { AaveSource } from "./discover.ts";
import { isFlagged } from "./user-config.ts";

/** What the engine reads beside the holding, at the snapshot's own block. */
export function sceneOf({ body, terms, prices }: AaveSnapshot, source: AaveSource): Scene<AaveTerms> {
  const now = momentOf(body);
  const quotes = new Map(
    [...prices].map(([asset, price]) => [
      oracleQuote(terms.market, asset),
      { value: exact(price, terms.baseDecimals), kind: "oracle", asOf: now } as const,
    ]),
  );
  return { now, quotes, terms: { ...termsOf(terms, now, source), body: terms } };
}

/** Our account data in the contract's own words. */
export function ownAccountData(snapshot: AaveSnapshot, source: AaveSource): Result<VenueAccountData, Why> {
  const positions = readPositions(snapshot.body, snapshot.terms);
  if (!positions.ok) return positions;
  const priced = pricePositions(positions.value.filter(isFlagged), sceneOf(snapshot, source));
  if (!priced.ok) return priced;
  const { collateral, debt, availableBorrows, liquidationThreshold, ltv, health } = accountData(
    priced.value,
    revisionOf(snapshot.terms),
  );
  return ok({ collateral, debt, availableBorrows, liquidationThreshold, ltv, health: healthUint(health) });
}

/** Compares our account data with what the contract answered in the same block; every field must be equal to the last unit. */
export function selfCheck(snapshot: AaveSnapshot, source: AaveSource): Result<void, Why> {
  const own = ownAccountData(snapshot, source);
  if (!own.ok) return own;
  for (const field of Object.keys(own.value) as (keyof VenueAccountData)[]) {
    const theirs = snapshot.venue?.[field];
    if (own.value[field] === theirs) continue;
    return fail(
      why("aave-v3/self-check-failed", {
        field,
        ours: `${own.value[field]}`,
        venue: `${theirs ?? "no answer"}`,
        block: `${snapshot.body.block}`,
        next: "trust the venue's figure; report the difference together with the journal",
      }),
    );
  }
  return ok(undefined);
}
