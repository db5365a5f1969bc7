import type { Assessment, Quote } from "@plimsoll/core/margin";
import type { Danger } from "@plimsoll/core/risk";
import { type Ms, type QuoteKey, type Why, atLeast, below, compare, text, why, brief } from "@plimsoll/core/units";
import { healthOf } from "./goal.ts";
import type { Guard, Trigger } from "./guard.ts";

/** What a guard sees of one account at one moment. */
export interface Sighting {
  readonly now: Ms;
  /** As the engine computed it on the last known data; absent where it could not. */
  readonly assessment: Assessment | undefined;
  readonly danger: Danger;
  /** Time of the oldest thing the assessment rests on: the position or one of its prices. */
  readonly oldest: Ms;
  readonly quotes: ReadonlyMap<QuoteKey, Quote>;
  /** A clock that is ahead of ours by more than this is wrong, and so is every age taken from it. */
  readonly aheadMs: number;
}

/** What a trigger says. Unknown is neither met nor released: it can start nothing and end nothing. */
export type Reading =
  | { readonly is: "met"; readonly urgent: boolean; readonly because: string }
  | { readonly is: "between" | "released" }
  | { readonly is: "unknown"; readonly why: Why };

/** Reads a guard's trigger, on data no older than its owner pinned. */
export function readTrigger({ trigger, bounds }: Guard, sighting: Sighting): Reading {
  const tooOld = (oldest: Ms): Why | undefined => {
    const ageMs = sighting.now - oldest;
    if (ageMs <= bounds.maxAgeMs && ageMs >= -sighting.aheadMs) return undefined;
    return why("too-old-to-act", { ageMs: `${ageMs}`, maxAgeMs: `${bounds.maxAgeMs}`, next: "restore the feed" });
  };
  const old = tooOld(sighting.oldest);
  if (old !== undefined) return { is: "unknown", why: old };
  if (trigger.when === "health") return readBand(trigger, sighting);
  const quote = sighting.quotes.get(trigger.quote);
  if (quote === undefined) return { is: "unknown", why: why("price-unknown", { quote: trigger.quote }) };
  const oldPrice = tooOld(quote.asOf);
  return oldPrice === undefined ? readPrice(trigger, quote) : { is: "unknown", why: oldPrice };
}

function readBand(trigger: Extract<Trigger, { when: "health" }>, { assessment, now }: Sighting): Reading {
  if (assessment === undefined) return { is: "unknown", why: why("account-unreadable") };
  const health = healthOf(assessment, trigger.line, now);
  if (health.is === "none") return { is: "released" };
  if (health.is !== "known") return { is: "unknown", why: health.why };
  if (!below(health.value, trigger.below))
    return { is: atLeast(health.value, trigger.release) ? "released" : "between" };
  const because = `health ${brief(health.value)} of the ${trigger.line} line is under ${text(trigger.below)}`;
  return { is: "met", urgent: below(health.value, trigger.urgent), because };
}

function readPrice({ quote, kind, side, at }: Extract<Trigger, { when: "price" }>, seen: Quote): Reading {
  if (seen.kind !== kind)
    return { is: "unknown", why: why("wrong-price-kind", { quote, wanted: kind, found: seen.kind }) };
  const order = compare(seen.value, at);
  const met = side === "at-or-below" ? order <= 0 : order >= 0;
  if (!met) return { is: "released" };
  const words = side === "at-or-below" ? "at or below" : "at or above";
  return { is: "met", urgent: false, because: `${quote} (${kind}) at ${text(seen.value)} is ${words} ${text(at)}` };
}
