import { type Exact, ONE, type QuoteKey, ZERO, below, magnitude, quotient, subtract, text } from "@plimsoll/core/units";
import { bandProblems, percent, readLevel } from "./level.ts";
import { unless } from "./problem.ts";
import type { TriggerRule } from "./trigger-rule.ts";

/** Two prices of one thing, or a price and the value it is pegged to, that part by a share of the second: either way. */
export interface PegTrigger {
  readonly when: "peg";
  readonly quote: QuoteKey;
  /** The other price; absent where `at` is the peg. */
  readonly against?: QuoteKey;
  readonly at?: Exact;
  readonly by: Exact;
  readonly release: Exact;
}

export const pegRule: TriggerRule<PegTrigger> = {
  directions: () => ({
    ...{ when: "either", quote: "either", against: "either", at: "either" },
    ...{ by: "higher", release: "lower" },
  }),
  problems: ({ quote, against, at, by, release }) => [
    ...unless(
      (against === undefined) !== (at === undefined),
      "trigger.against",
      against ?? "",
      against === undefined ? "says not what the price is held against" : "is a second thing beside the peg",
      "write one other price, or the value it is pegged to",
    ),
    ...unless(against !== quote, "trigger.against", against, "is the same price", "write another source"),
    ...unless(at === undefined || below(ZERO, at), "trigger.at", at, "is not a value", "write 1"),
    ...unless(below(ZERO, by) && below(by, ONE), "trigger.by", by, "is not a share", "write 0.01 for one percent"),
    ...bandProblems("release", by, release, "higher"),
  ],
  read: ({ quote, against, at, by, release }, sight) => {
    const price = sight.quote(quote);
    if (!price.ok) return { is: "unknown", why: price.failure };
    const other = against === undefined ? undefined : sight.quote(against);
    if (other !== undefined && !other.ok) return { is: "unknown", why: other.failure };
    const peg = other?.value.value ?? at!;
    const value = quotient(magnitude(subtract(price.value.value, peg)), peg, 8, "ceil");
    const because = `${quote} at ${text(price.value.value)} is ${percent(value)} off ${against ?? "its peg"} at ${text(peg)}`;
    return readLevel({ value, worse: "higher", at: by, reached: "at", release, because });
  },
  quotes: ({ quote, against }) => [quote, ...(against === undefined ? [] : [against])],
};
