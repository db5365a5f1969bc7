import type { Holding } from "@plimsoll/core/book";
import type { HoldingId, QuoteKey } from "@plimsoll/core/units";
import type { Looks, Touched } from "./looks.ts";

/** What inputs concern: accounts that were computed again, and prices that moved, on which guards of other accounts may wait. */
export interface Concern {
  readonly accounts: Touched;
  readonly prices: readonly QuoteKey[];
  /** Nothing but prices came. */
  readonly onlyPrices: boolean;
}

/** What came of a reading of which more follows: nobody decides on half a reading, whose prices are of two moments. */
export interface Unread extends Concern {
  /** Holdings as they were before the reading. */
  readonly held: ReadonlyMap<HoldingId, Holding>;
}

export const concernOf = (accounts: Touched): Concern => ({ accounts, prices: [], onlyPrices: false });

/** Both together; accounts that are gone by now concern nobody. */
export function joined(looks: Looks, before: Concern | undefined, now: Concern): Concern {
  if (before === undefined) return now;
  const accounts = new Map<HoldingId, readonly string[]>();
  for (const holding of new Set([...before.accounts.keys(), ...now.accounts.keys()])) {
    const touched = new Set([...(before.accounts.get(holding) ?? []), ...(now.accounts.get(holding) ?? [])]);
    accounts.set(
      holding,
      looks.ofHolding(holding).filter((id) => touched.has(id)),
    );
  }
  const prices = [...new Set([...before.prices, ...now.prices])];
  return { accounts, prices, onlyPrices: before.onlyPrices && now.onlyPrices };
}
