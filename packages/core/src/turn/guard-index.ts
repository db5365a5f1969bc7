import type { Guard } from "@plimsoll/core/policy";
import type { HoldingId, QuoteKey } from "@plimsoll/core/units";

/** Guards found without passing over the others: by the holding they protect, by the price they wait for. */
export interface GuardIndex {
  readonly ofHolding: ReadonlyMap<HoldingId, readonly Guard[]>;
  readonly onQuote: ReadonlyMap<QuoteKey, readonly Guard[]>;
}

export function indexGuards(guards: readonly Guard[]): GuardIndex {
  const ofHolding = Map.groupBy(guards, ({ scope }) => scope.holding);
  const onQuote = new Map<QuoteKey, Guard[]>();
  for (const guard of guards) {
    if (guard.trigger.when !== "price") continue;
    const { quote } = guard.trigger;
    onQuote.set(quote, [...(onQuote.get(quote) ?? []), guard]);
  }
  return { ofHolding, onQuote };
}

export const byId = (a: Guard, b: Guard): number => (a.id < b.id ? -1 : 1);
