import {
  type Exact,
  type PriceKind,
  type QuoteKey,
  type Result,
  type Why,
  ZERO,
  below,
  compare,
  fail,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import { bandProblems, readLevel } from "./level.ts";
import { unless } from "./problem.ts";
import type { Sight } from "./sight.ts";
import type { TriggerRule } from "./trigger-rule.ts";

/** A price of a stated kind at or beyond `at`: a stop-loss or a take-profit, by which side it lies on. */
export interface PriceTrigger {
  readonly when: "price";
  readonly quote: QuoteKey;
  readonly kind: PriceKind;
  readonly side: "at-or-below" | "at-or-above";
  readonly at: Exact;
  /** The price at which it is over; absent: as soon as it is not met. */
  readonly release?: Exact;
  /** Prices of the same thing elsewhere: two of the three must be there and agree. */
  readonly others?: readonly QuoteKey[];
}

export const priceRule: TriggerRule<PriceTrigger> = {
  directions: ({ side }) => ({
    ...{ when: "either", quote: "either", kind: "either", side: "either", others: "either" },
    at: side === "at-or-below" ? "lower" : "higher",
    release: side === "at-or-below" ? "higher" : "lower",
  }),
  problems: ({ at, side, release, quote, others = [] }) => [
    ...unless(below(ZERO, at), "trigger.at", at, "is not a price", "write a price above 0"),
    ...(release === undefined ? [] : bandProblems("release", at, release, worseOf(side))),
    ...unless(
      others.length === 0 || (others.length === 2 && new Set([quote, ...others]).size === 3),
      "trigger.others",
      others.join(", ") || "[]",
      "does not make three different sources",
      "write two other prices of the same thing, or none",
    ),
  ],
  read: (trigger, sight) => {
    const { side, at, release } = trigger;
    const price = priceOf(trigger, sight);
    if (!price.ok) return { is: "unknown", why: price.failure };
    const words = side === "at-or-below" ? "at or below" : "at or above";
    const { value, of } = price.value;
    const because = `${of} at ${text(value)} is ${words} ${text(at)}`;
    const level = { value, worse: worseOf(side), at, reached: "at", because } as const;
    return readLevel({ ...level, ...(release !== undefined && { release }) });
  },
  quotes: ({ quote, others = [] }) => [quote, ...others],
  stop: ({ quote, side, at }) => ({ quote, side, at }),
};

const worseOf = (side: PriceTrigger["side"]) => (side === "at-or-below" ? "lower" : "higher");

/** The price, or where there are three sources the one on which two agree: their median, of two that are left the milder. */
function priceOf(
  { quote, kind, side, others = [] }: PriceTrigger,
  sight: Sight,
): Result<{ readonly value: Exact; readonly of: string }, Why> {
  const own = sight.quote(quote);
  if (own.ok && own.value.kind !== kind)
    return fail(why("wrong-price-kind", { quote, wanted: kind, found: own.value.kind }));
  if (others.length === 0) return own.ok ? ok({ value: own.value.value, of: `${quote} (${kind})` }) : own;
  const read = [own, ...others.map((key) => sight.quote(key))];
  const known = read.flatMap((one) => (one.ok ? [one.value.value] : [])).toSorted(compare);
  if (known.length < 2) {
    const [reason] = read.flatMap((one) => (one.ok ? [] : [one.failure]));
    return reason === undefined ? fail(why("price-unknown", { quote })) : fail(reason);
  }
  const value = known.length === 3 || side === "at-or-below" ? known[1]! : known[0]!;
  return ok({ value, of: `${quote} (${kind}), two of three sources,` });
}
