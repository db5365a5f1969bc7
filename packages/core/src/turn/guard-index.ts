import { type Guard, ruleOf } from "@plimsoll/core/policy";
import type { HoldingId, QuoteKey } from "@plimsoll/core/units";

/** Guards found without passing over the others: by the holding they protect, by the price they wait for. */
export interface GuardIndex {
  readonly ofHolding: ReadonlyMap<HoldingId, readonly Guard[]>;
  readonly onQuote: ReadonlyMap<QuoteKey, readonly Guard[]>;
  /** By the other holding that they look at. */
  readonly onLeg: ReadonlyMap<HoldingId, readonly Guard[]>;
}

export function indexGuards(guards: readonly Guard[]): GuardIndex {
  const ofHolding = Map.groupBy(guards, ({ scope }) => scope.holding);
  const onQuote = new Map<QuoteKey, Guard[]>();
  const onLeg = new Map<HoldingId, Guard[]>();
  for (const guard of guards) {
    const own = ruleOf(guard.trigger).quotes?.(guard.trigger) ?? [];
    for (const quote of new Set([...own, ...(guard.estimates ?? []).map(({ by }) => by)]))
      onQuote.set(quote, [...(onQuote.get(quote) ?? []), guard]);
    for (const leg of ruleOf(guard.trigger).holdings?.(guard.trigger) ?? [])
      onLeg.set(leg, [...(onLeg.get(leg) ?? []), guard]);
  }
  return { ofHolding, onQuote, onLeg };
}

export const byId = (a: Guard, b: Guard): number => (a.id < b.id ? -1 : 1);
