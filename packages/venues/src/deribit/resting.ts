import type { Resting } from "@plimsoll/core/book";
import { type Scene, restingOf } from "@plimsoll/core/margin";
import type { AccountKey, Figure, PriceKind, QuoteKey } from "@plimsoll/core/units";
import { accountOf, currencyOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { indexKey, readInstrument } from "./instrument.ts";
import type { DeribitTerms } from "./terms.ts";

/** What lies at the venue for one account: orders of the contracts that are margined in its currencies. */
export function resting(body: Body, key: AccountKey, { now }: Scene<DeribitTerms>): Figure<readonly Resting[]> {
  const currencies = new Set(accountOf(body, key)?.wallets.map(({ currency }) => currency));
  return restingOf("deribit", body, ({ instrument }) => currencies.has(currencyOf(instrument)), now);
}

/** An order that waits for the index waits for that of its pair. A mark is no quote here, but what follows from an index. */
export function wakes(name: string, kind: PriceKind): QuoteKey | undefined {
  const instrument = readInstrument(name);
  return kind === "index" && instrument !== undefined ? indexKey(instrument.pair) : undefined;
}
