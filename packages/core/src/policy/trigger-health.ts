import type { LineName } from "@plimsoll/core/margin";
import { type Exact, ONE, atLeast, below, brief, text, unknown, why } from "@plimsoll/core/units";
import { healthOf } from "./goal.ts";
import { bandProblems, readLevel } from "./level.ts";
import { unless } from "./problem.ts";
import type { Reading, Sight } from "./sight.ts";
import type { TriggerRule } from "./trigger-rule.ts";

/** Health of a line under `below`; fires again only after health was at `release` or above. A margin or collateral ratio is a health. */
export interface HealthTrigger {
  readonly when: "health";
  readonly line: LineName;
  readonly below: Exact;
  readonly release: Exact;
  readonly urgent: Exact;
}

export const healthRule: TriggerRule<HealthTrigger> = {
  directions: () => ({ when: "either", line: "either", below: "lower", release: "higher", urgent: "lower" }),
  problems: ({ line, below: edge, release, urgent }) => {
    const isLast = line === "maintenance" && !below(ONE, edge);
    return [
      ...unless(!isLast, "trigger.below", edge, "is where the venue itself acts, or later", "write a health above 1"),
      ...bandProblems("release", edge, release, "lower"),
      ...unless(
        below(urgent, edge),
        "trigger.urgent",
        urgent,
        `is not under ${text(edge)}: every firing would be urgent`,
        `write less than ${text(edge)}`,
      ),
      ...unless(
        atLeast(urgent, ONE) || line !== "maintenance",
        "trigger.urgent",
        urgent,
        "is under 1: the venue acts first",
        "write 1 or more",
      ),
    ];
  },
  read: (trigger, sight) => {
    const [now, next] = [healthNow(trigger.line, sight), healthNext(trigger.line, sight)];
    if (now.is === "none") return { is: "released" };
    if (now.is !== "known") return { is: "unknown", why: now.why };
    const isNext = next?.is === "known" && below(next.value, now.value);
    return readBand(trigger, isNext ? next.value : now.value, isNext ? ", at the price that is reported next," : "");
  },
};

function readBand({ line, below: at, release, urgent }: HealthTrigger, value: Exact, when: string): Reading {
  const because = `health ${brief(value)} of the ${line} line${when} is under ${text(at)}`;
  return readLevel({ value, worse: "lower", reached: "beyond", at, release, urgent, because });
}

const healthNow = (line: LineName, { assessment, now }: Sight) =>
  assessment === undefined ? unknown(why("account-unreadable")) : healthOf(assessment, line, now);

/** Health as it will be at the next report, where that is worse: on a chain nobody can act between a report and its liquidation. */
const healthNext = (line: LineName, { next, now }: Sight) =>
  next === undefined ? undefined : healthOf(next, line, now);
