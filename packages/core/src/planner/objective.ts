import { type Assessment, type Line } from "@plimsoll/core/margin";
import { type Goal, healthOf, reaches } from "@plimsoll/core/policy";
import {
  type Exact,
  type Figure,
  type Why,
  add,
  brief,
  isNegative,
  multiply,
  none,
  subtract,
  toNumber,
  why,
} from "@plimsoll/core/units";
import { type Ground, assessed } from "./ground.ts";

/** How an account stands to its goal. */
export interface Standing {
  readonly reached: boolean;
  readonly health: Figure<Exact>;
  /** What it has beyond `goal * need`, in the account's unit: below 0 while the goal is missed, and a sum of what each remedy adds. */
  readonly beyond: number | undefined;
}

/** Reads the goal off the venue's own rules, exactly; `beyond` is for searching and comparing only. */
export function standingOf(ground: Ground, goal: Goal): Standing {
  const assessment = assessed(ground, goal.account);
  if (assessment === undefined)
    return { reached: true, health: none(why("account-closed", { account: goal.account })), beyond: 0 };
  const health = healthOf(assessment, goal.line, ground.scene.now);
  return { reached: reaches(health, goal) && !isBroke(assessment), health, beyond: beyondOf(assessment, goal) };
}

function beyondOf({ lines, equity }: Assessment, { line: name, at }: Goal): number | undefined {
  const line = lines.find((each) => each.name === name);
  if (line !== undefined) return equity.is === "known" ? toNumber(beyondLine(line, at)) : undefined;
  return lines.length > 0 || equity.is !== "known" ? undefined : toNumber(equity.value);
}

/** Closed for more than it had: nothing is left to liquidate, and that is no rescue. */
const isBroke = ({ lines, equity }: Assessment): boolean =>
  lines.length === 0 && equity.is === "known" && isNegative(equity.value);

/** have - at * need, where surplus = have - need. */
const beyondLine = ({ surplus, required }: Line, at: Exact): Exact =>
  subtract(add(surplus, required), multiply(at, required));

/** Doing it leaves the account no better: below the line, selling may cost more than it frees. */
export function noHelp(start: Standing, end: Standing, most: Exact): Why {
  const [before, after] = [start, end].map(({ health }) => (health.is === "known" ? brief(health.value) : "unknown"));
  return why("past-the-point-of-no-return", {
    before: before!,
    after: after!,
    most: brief(most),
    next: "what it costs is more than what it frees: it would bring liquidation nearer",
  });
}
