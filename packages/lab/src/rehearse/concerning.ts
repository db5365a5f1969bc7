import type { BookEvent } from "@plimsoll/core/book";
import { type Guard, ruleOf } from "@plimsoll/core/policy";

/** What of a book a guard depends on: the holdings that it watches, looks at or hedges in, and all where it counts the whole book. */
export function concerning({ scope, trigger, ladder }: Guard, start: readonly BookEvent[]): readonly BookEvent[] {
  if (trigger.when === "concentration") return start;
  const hedges = ladder.flatMap((remedy) => (remedy.use === "hedge" ? [remedy.holding] : []));
  const ids = new Set([scope.holding, ...hedges, ...(ruleOf(trigger).holdings?.(trigger) ?? [])]);
  return start.filter((event) => event.type !== "holding" || ids.has(event.holding.id));
}
