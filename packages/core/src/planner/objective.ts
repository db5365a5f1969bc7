import { type Assessment, type Line } from "@plimsoll/core/margin";
import { type Goal, healthOf, reaches } from "@plimsoll/core/policy";
import { type Exact, type Figure, add, multiply, none, subtract, toNumber, unknown, why } from "@plimsoll/core/units";
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
  return { reached: reaches(health, goal), health, beyond: beyondOf(assessment, goal) };
}

/** The standing where an action was refused. */
export const refusedStanding = (reason: Parameters<typeof unknown>[0]): Standing => ({
  reached: false,
  health: unknown(reason),
  beyond: undefined,
});

function beyondOf({ lines, equity }: Assessment, { line: name, at }: Goal): number | undefined {
  const line = lines.find((each) => each.name === name);
  if (line !== undefined) return equity.is === "known" ? toNumber(beyondLine(line, at)) : undefined;
  return lines.length > 0 || equity.is !== "known" ? undefined : Math.max(0, toNumber(equity.value));
}

/** have - at * need, where surplus = have - need. */
const beyondLine = ({ surplus, required }: Line, at: Exact): Exact =>
  subtract(add(surplus, required), multiply(at, required));
