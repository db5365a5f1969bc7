import type { Resting } from "@plimsoll/core/book";
import { type Scene, restingOf } from "@plimsoll/core/margin";
import type { AccountKey, Figure } from "@plimsoll/core/units";
import { accountOf, currencyOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import type { DeribitTerms } from "./terms.ts";

/** What lies at the venue for one account: orders of the contracts that are margined in its currencies. */
export function resting(body: Body, key: AccountKey, { now }: Scene<DeribitTerms>): Figure<readonly Resting[]> {
  const currencies = new Set(accountOf(body, key)?.wallets.map(({ currency }) => currency));
  return restingOf("deribit", body, ({ instrument }) => currencies.has(currencyOf(instrument)), now);
}
