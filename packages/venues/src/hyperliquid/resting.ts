import type { Resting } from "@plimsoll/core/book";
import { type Scene, restingOf } from "@plimsoll/core/margin";
import type { AccountKey, Figure } from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { dexOf } from "./names.ts";

/** What lies at the venue for one account: an isolated position has the orders of its coin, a pool all others of its dex. */
export function resting(body: Body, key: AccountKey, { now }: Scene<unknown>): Figure<readonly Resting[]> {
  const account = accountOf(body, key);
  const isolated = new Set(body.positions.filter(({ margin }) => margin.mode === "isolated").map(({ coin }) => coin));
  const belongs = ({ instrument }: Resting): boolean =>
    account?.is === "isolated"
      ? account.positions.some(({ coin }) => coin === instrument)
      : dexOf(instrument) === account?.dex && !isolated.has(instrument);
  return restingOf("hyperliquid", body, belongs, now);
}
