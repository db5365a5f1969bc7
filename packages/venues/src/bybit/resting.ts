import type { Resting } from "@plimsoll/core/book";
import { type Scene, restingOf, sideMeantBy } from "@plimsoll/core/margin";
import type { AccountKey, Figure } from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import type { Body, Position } from "./holding.ts";

/** What lies at the venue for one account: an isolated position has the orders of its own side, the wallet all others. */
export function resting(body: Body, key: AccountKey, { now }: Scene<unknown>): Figure<readonly Resting[]> {
  const account = accountOf(body, key);
  const belongs =
    account?.is === "isolated"
      ? (each: Resting) => isFor(account.position, each)
      : (each: Resting) => body.mode !== "isolated" || !body.positions.some((position) => isFor(position, each));
  return restingOf("bybit", body, belongs, now);
}

const isFor = ({ symbol, side }: Position, each: Resting): boolean =>
  symbol === each.instrument && (side === "one-way" || side === sideMeantBy(each));
