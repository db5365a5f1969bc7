import {
  type Exact,
  type Figure,
  ONE,
  type PriceKind,
  type QuoteKey,
  ZERO,
  add,
  below,
  brief,
  compare,
  dec,
  known,
  larger,
  multiply,
  smaller,
  subtract,
  text,
  unknown,
  why,
} from "@plimsoll/core/units";
import { healthOf } from "./goal.ts";
import { percent, readLevel } from "./level.ts";
import { unless } from "./problem.ts";
import type { Memory, Sight } from "./sight.ts";
import type { TriggerRule } from "./trigger-rule.ts";

/** A value that came back by a share from its best since the guard began to watch; over when a fifth of that is made good. */
export interface TrailingTrigger {
  readonly when: "trailing";
  readonly of: "price" | "equity" | "health";
  /** The price, where `of` is price. */
  readonly quote?: QuoteKey;
  readonly kind?: PriceKind;
  /** Falls from the highest, or rises from the lowest, which is what a short fears. */
  readonly way: "falls" | "rises";
  readonly by: Exact;
}

/** Release lies 20 % of the band on the good side of the trigger. */
export const RELEASE_PART = dec("0.2");
const HELD_PART = subtract(ONE, RELEASE_PART);

export const trailingRule: TriggerRule<TrailingTrigger> = {
  directions: () => ({
    ...{ when: "either", of: "either", quote: "either", kind: "either", way: "either" },
    by: "higher",
  }),
  problems: ({ of, quote, kind, way, by }) => [
    ...unless(
      below(ZERO, by) && (way === "rises" || below(by, ONE)),
      "trigger.by",
      by,
      "is not a share of the way back",
      "write 0.1 for ten percent",
    ),
    ...unless(
      (of === "price") === (quote !== undefined) && (of === "price") === (kind !== undefined),
      "trigger.quote",
      quote,
      of === "price" ? "names no price" : "names a price, and the price is not what is trailed",
      of === "price" ? "write the quote and its kind" : "leave it out",
    ),
    ...unless(
      of === "price" || way === "falls",
      "trigger.way",
      way,
      `of ${of} would be acting on good news`,
      'write "falls"',
    ),
  ],
  remember: ({ of, quote, kind, way }, sight, memory) => {
    const value = valueOf({ of, ...(quote && { quote }), ...(kind && { kind }) }, sight);
    if (value.is !== "known") return memory;
    const better = way === "falls" ? larger : smaller;
    return { ...memory, best: memory.best === undefined ? value.value : better(memory.best, value.value) };
  },
  read: (trigger, sight, { best }) => {
    const value = valueOf(trigger, sight);
    if (value.is === "none") return { is: "released" };
    if (value.is !== "known") return { is: "unknown", why: value.why };
    if (best === undefined) return { is: "released" };
    const at = levelOf(trigger, best, ONE);
    const name = trigger.quote ?? trigger.of;
    const from = trigger.way === "falls" ? "under its highest" : "over its lowest";
    return readLevel({
      value: value.value,
      worse: trigger.way === "falls" ? "lower" : "higher",
      ...{ at, reached: "at", release: levelOf(trigger, best, HELD_PART) },
      because: `${name} at ${brief(value.value)} is ${percent(trigger.by)} or more ${from}, ${text(best)}`,
    });
  },
  quotes: ({ quote }) => (quote === undefined ? [] : [quote]),
  stop: (trigger, { best }) =>
    trigger.quote === undefined || best === undefined
      ? undefined
      : {
          quote: trigger.quote,
          side: trigger.way === "falls" ? "at-or-below" : "at-or-above",
          at: levelOf(trigger, best, ONE),
        },
  sameMeasure: (a, b) => a.of === b.of && a.quote === b.quote && a.way === b.way,
};

/** The value that lies `part` of the way back from the best. */
const levelOf = ({ way, by }: TrailingTrigger, best: Exact, part: Exact): Exact => {
  const back = multiply(multiply(best, by), part);
  return way === "falls" ? subtract(best, back) : add(best, back);
};

function valueOf({ of, quote, kind }: Pick<TrailingTrigger, "of" | "quote" | "kind">, sight: Sight): Figure<Exact> {
  if (of === "price") {
    const price = sight.quote(quote!);
    if (!price.ok) return unknown(price.failure);
    if (price.value.kind !== kind)
      return unknown(why("wrong-price-kind", { quote: quote!, wanted: kind!, found: price.value.kind }));
    return known(price.value.value, price.value.asOf);
  }
  if (sight.assessment === undefined) return unknown(why("account-unreadable"));
  return of === "equity" ? sight.assessment.equity : healthOf(sight.assessment, "maintenance", sight.now);
}

/** The highest equity that a memory and a figure know. */
export const bestOf = ({ best }: Memory, value: Exact): Exact =>
  best !== undefined && compare(best, value) > 0 ? best : value;
