import type { Holding } from "@plimsoll/core/book";
import type { HoldingId, QuoteKey } from "@plimsoll/core/units";
import type { Change, Facts } from "./apply-event.ts";
import type { TurnPorts } from "./contract.ts";
import { lookAgain, lookWhere } from "./look-again.ts";
import type { Touched } from "./looks.ts";
import type { State } from "./state.ts";

/** What inputs concern: accounts that were computed again, and prices that moved, on which guards of other accounts may wait. */
export interface Concern {
  readonly accounts: Touched;
  readonly prices: readonly QuoteKey[];
  /** Nothing but prices came. */
  readonly onlyPrices: boolean;
}

/** What an input brought: facts that changed, or accounts whose figures stand and whose guards are to be read again. */
export type News = Change | { readonly of: "accounts"; readonly accounts: Touched };

/** A reading of which more follows: nobody looks at half a reading, whose prices are of two moments, or decides on it. */
export interface Unread {
  readonly news: readonly News[];
  /** Holdings as they were before the reading. */
  readonly held: ReadonlyMap<HoldingId, Holding>;
}

/** Looks again, once, at every account that a reading concerns; accounts that are gone by now concern nobody. */
export function concernOf(ports: TurnPorts, state: State, reading: readonly News[]): Concern {
  const whole = new Set(reading.flatMap((news) => wholeHoldings(state.facts, news)));
  const prices = [...new Set(reading.flatMap((news) => (news.of === "price" ? [news.key] : [])))];
  const named = reading.flatMap((news) => (news.of === "accounts" ? [news.accounts] : []));
  const parts = [...named, lookWhere(ports, state, prices, whole), lookAgain(ports, state, whole)];
  return { accounts: joined(state, parts), prices, onlyPrices: reading.every(({ of }) => of === "price") };
}

/** The holdings of which every account is to be looked at. */
function wholeHoldings({ holdings }: Facts, news: News): readonly HoldingId[] {
  switch (news.of) {
    case "holding":
      return [news.id];
    case "terms":
      return [...holdings.values()].filter(({ venue }) => venue === news.venue).map(({ id }) => id);
    case "everything":
      return [...holdings.keys()];
    case "price":
    case "condition":
    case "accounts":
    case "nothing":
      return [];
  }
}

/** In the order of each holding's engine. */
function joined({ looks }: State, parts: readonly Touched[]): Touched {
  const filled = parts.filter(({ size }) => size > 0);
  if (filled.length === 1) return filled[0]!;
  const accounts = new Map<HoldingId, readonly string[]>();
  for (const holding of new Set(filled.flatMap((part) => [...part.keys()]))) {
    const touched = new Set(filled.flatMap((part) => part.get(holding) ?? []));
    accounts.set(
      holding,
      looks.ofHolding(holding).filter((id) => touched.has(id)),
    );
  }
  return accounts;
}
