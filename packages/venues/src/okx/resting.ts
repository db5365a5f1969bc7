import type { Resting } from "@plimsoll/core/book";
import { type Scene, restingOf, sideMeantBy } from "@plimsoll/core/margin";
import type { AccountKey, Figure } from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import { type Body, isIsolated, positionName } from "./holding.ts";
import { contractOf } from "./exposure.ts";
import type { OkxTerms } from "./terms.ts";

/** What lies at the venue for one account: an isolated position has the orders of its own side, a pool all others of its coin. */
export function resting(body: Body, key: AccountKey, { now, terms }: Scene<OkxTerms>): Figure<readonly Resting[]> {
  const account = accountOf(body, key);
  const isolated = new Set(body.positions.filter(isIsolated).map(positionName));
  const settles = (instrument: string) => {
    const contract = contractOf(instrument, terms.body);
    return contract.ok ? contract.value.settle : undefined;
  };
  const belongs = (each: Resting): boolean => {
    const name = `${each.instrument}:${body.positionMode === "net" ? "net" : sideMeantBy(each)}`;
    if (account?.is === "isolated") return name === key;
    const coin = settles(each.instrument);
    // of an instrument without terms nobody knows the pool: it is shown in each
    return !isolated.has(name) && (account?.is === "all-coins" || coin === undefined || coin === account?.coin);
  };
  return restingOf("okx", body, belongs, now);
}
