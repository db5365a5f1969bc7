import { type Figure, type Ms, type Why, fail, ok, unknown, why } from "@plimsoll/core/units";
import type { Guard } from "./guard.ts";
import type { Memory, Reading, Sight, Sighting } from "./sight.ts";
import { ruleOf } from "./triggers.ts";

/** What a guard reads of one account, and what it keeps of it. */
export interface Read {
  readonly reading: Reading;
  readonly memory: Memory;
}

/** Reads a guard's trigger, on data no older than its owner pinned; what is too old is not remembered either. */
export function readTrigger({ trigger, bounds }: Guard, sighting: Sighting, memory: Memory = {}): Read {
  const tooOld = (oldest: Ms): Why | undefined => {
    const ageMs = sighting.now - oldest;
    if (ageMs <= bounds.maxAgeMs && ageMs >= -sighting.aheadMs) return undefined;
    return why("too-old-to-act", { ageMs: `${ageMs}`, maxAgeMs: `${bounds.maxAgeMs}`, next: "restore the feed" });
  };
  const old = tooOld(sighting.oldest);
  if (old !== undefined) return { reading: { is: "unknown", why: old }, memory };
  const sight: Sight = {
    ...sighting,
    quote: (key) => {
      const quote = sighting.quotes.get(key);
      const wrong = quote === undefined ? why("price-unknown", { quote: key }) : tooOld(quote.asOf);
      return quote === undefined || wrong !== undefined ? fail(wrong!) : ok(quote);
    },
    young: <T>(figure: Figure<T>) => {
      const wrong = figure.is === "known" ? tooOld(figure.asOf) : undefined;
      return wrong === undefined ? figure : unknown(wrong);
    },
  };
  const rule = ruleOf(trigger);
  const remembered = rule.remember?.(trigger, sight, memory) ?? memory;
  return { reading: rule.read(trigger, sight, remembered), memory: remembered };
}
