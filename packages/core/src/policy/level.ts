import {
  type Exact,
  ONE,
  ZERO,
  brief,
  compare,
  exact,
  multiply,
  quotient,
  smaller,
  subtract,
  text,
} from "@plimsoll/core/units";
import type { Problem } from "./problem.ts";
import { unless } from "./problem.ts";
import type { Reading, Seen } from "./sight.ts";

/** A number against the level at which something is wanted. */
export interface Level extends Seen {
  readonly at: Exact;
  /** Whether the level itself counts as met. */
  readonly reached: "at" | "beyond";
  /** Where the trigger is over; absent: as soon as it is not met. */
  readonly release?: Exact;
  readonly urgent?: Exact;
  readonly because: string;
}

/** Met, between, or released, by exact comparison. */
export function readLevel({ value, worse, at, reached, release, urgent, because }: Level): Reading {
  const seen = { value, worse };
  /** Above 0 where `a` is worse than `b`. */
  const worseThan = (a: Exact, b: Exact) => (worse === "lower" ? compare(b, a) : compare(a, b));
  const over = worseThan(value, at);
  if (reached === "at" ? over < 0 : over <= 0) {
    const isOver = release === undefined || worseThan(value, release) <= 0;
    return { is: isOver ? "released" : "between", seen };
  }
  if (urgent === undefined) return { is: "met", urgent: false, because, seen };
  return { is: "met", urgent: worseThan(value, urgent) > 0, because, seen, headroom: headroomOf(value, at, urgent) };
}

/** How much of the way from urgent to the trigger is left, 0 to 1, to six digits, rounded down. */
function headroomOf(value: Exact, at: Exact, urgent: Exact): Exact {
  const whole = subtract(at, urgent);
  if (compare(whole, ZERO) === 0) return ZERO;
  const left = quotient(subtract(value, urgent), whole, 6, "floor");
  return compare(left, ZERO) < 0 ? ZERO : smaller(left, ONE);
}

/** A band must have room: `release` lies on the good side of the trigger, so that leaving it is not entering it. */
export const bandProblems = (field: string, at: Exact, release: Exact, worse: Seen["worse"]): readonly Problem[] =>
  unless(
    worse === "lower" ? compare(at, release) < 0 : compare(release, at) < 0,
    `trigger.${field}`,
    release,
    `is not ${worse === "lower" ? "above" : "under"} ${text(at)}: leaving the band would at once be entering it`,
    `write ${worse === "lower" ? "more" : "less"} than ${text(at)}`,
  );

/** A share for sentences. */
export const percent = (share: Exact): string => `${brief(multiply(share, exact(100n)))} %`;
