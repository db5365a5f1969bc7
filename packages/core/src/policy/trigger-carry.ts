import { type Exact, type Ms, ZERO, below, exact } from "@plimsoll/core/units";
import { bandProblems, percent, readLevel } from "./level.ts";
import { isWhole, unless } from "./problem.ts";
import type { TriggerRule } from "./trigger-rule.ts";

/** The share of its equity that an account pays in a day for funding and interest, at present or at the worst rates its venue allows. */
export interface RatesTrigger {
  readonly when: "rates";
  readonly rates: "present" | "worst";
  readonly above: Exact;
  readonly release: Exact;
}

/** The day on which funding and interest alone take the account, nearer than `withinMs`. */
export interface CarryTrigger {
  readonly when: "carry";
  readonly rates: "present" | "worst";
  readonly withinMs: Ms;
  readonly releaseMs: Ms;
}

/** A moment: an expiry, a date. From `beforeMs` before it on the trigger is met. */
export interface TimeTrigger {
  readonly when: "time";
  readonly at: Ms;
  readonly beforeMs: Ms;
}

const ofMs = (value: number): Exact => exact(BigInt(Math.round(value)));
const days = (value: number): string => `${(value / 86_400_000).toFixed(1)} d`;

export const ratesRule: TriggerRule<RatesTrigger> = {
  directions: () => ({ when: "either", rates: "either", above: "higher", release: "lower" }),
  problems: ({ above, release }) => [
    ...unless(
      below(ZERO, above),
      "trigger.above",
      above,
      "is no cost",
      "write 0.005 for half a percent of equity a day",
    ),
    ...bandProblems("release", above, release, "higher"),
  ],
  read: ({ rates, above: at, release }, { asked }) => {
    const cost = asked.costOfDay(rates);
    if (cost.is === "none") return { is: "released" };
    if (cost.is !== "known") return { is: "unknown", why: cost.why };
    const because = `funding and interest at ${rates} rates take ${percent(cost.value)} of equity a day, over ${percent(at)}`;
    return readLevel({ value: cost.value, worse: "higher", at, reached: "beyond", release, because });
  },
};

export const carryRule: TriggerRule<CarryTrigger> = {
  directions: () => ({ when: "either", rates: "either", withinMs: "lower", releaseMs: "higher" }),
  problems: ({ withinMs, releaseMs }) => [
    ...unless(isWhole(withinMs, 1), "trigger.withinMs", withinMs, "is not a time", "write milliseconds above 0"),
    ...unless(
      isWhole(releaseMs, withinMs + 1),
      "trigger.releaseMs",
      releaseMs,
      "is not above the trigger: leaving the band would at once be entering it",
      "write more than the trigger",
    ),
  ],
  read: ({ rates, withinMs, releaseMs }, { now, asked }) => {
    const carry = asked.carry();
    const date = rates === "present" ? carry.atPresent : carry.atWorst;
    if (date.is === "none") return { is: "released" };
    if (date.is !== "known") return { is: "unknown", why: date.why };
    const left = date.value - now;
    const because = `funding and interest alone take it in ${days(left)}, nearer than ${days(withinMs)}`;
    const level = { worse: "lower", reached: "beyond", because } as const;
    return readLevel({ ...level, value: ofMs(left), at: ofMs(withinMs), release: ofMs(releaseMs) });
  },
};

export const timeRule: TriggerRule<TimeTrigger> = {
  directions: () => ({ when: "either", at: "higher", beforeMs: "lower" }),
  problems: ({ at, beforeMs }) => [
    ...unless(isWhole(at, 1), "trigger.at", at, "is not a moment", "write milliseconds since 1970"),
    ...unless(isWhole(beforeMs, 0), "trigger.beforeMs", beforeMs, "is not a time", "write milliseconds, 0 or more"),
  ],
  read: ({ at, beforeMs }, { now }) => {
    const because = at > now ? `only ${days(at - now)} are left until its moment` : "its moment has come";
    const level = { worse: "lower", reached: "at", because } as const;
    return readLevel({ ...level, value: ofMs(at - now), at: ofMs(beforeMs) });
  },
};
