import { type Exact, rescale, text } from "@plimsoll/core/units";
import type { Fate } from "./drill.ts";
import type { AccountResult, DrillResult, Left, SetResult } from "./drill-result.ts";

/** What is recorded of one account under one guard set; a change of any of it fails the build. */
export interface Outcome {
  readonly fate: Fate;
  readonly at?: string;
  readonly smallestHealth?: string;
  readonly cost: string;
  readonly gas: string;
  readonly equityEnd?: string;
  readonly actions: number;
  /** What a dead keeper's bound came to. */
  readonly left?: Left["is"];
}
/** By drill (and variant), guard set and account. */
export type Outcomes = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Outcome>>>>>>;

/** Digits in which outcomes are compared: what moves below them is no other outcome. */
const MONEY = 2;
const HEALTH = 3;

/** The name under which a drill, or a variant of it, is recorded. */
export const recordName = ({ drill, variant }: Pick<DrillResult, "drill" | "variant">): string =>
  variant === "" ? drill : `${drill} ${variant}`;

export const outcomesOf = (results: readonly DrillResult[]): Outcomes =>
  Object.fromEntries(
    results.map((result) => [
      recordName(result),
      Object.fromEntries(
        result.sets.map(({ guardSet, accounts }) => [
          guardSet,
          Object.fromEntries(accounts.map((account) => [account.account, outcomeOf(account)])),
        ]),
      ),
    ]),
  );

function outcomeOf({ fate, at, smallestHealth, cost, gas, equityEnd, actions, left }: AccountResult): Outcome {
  return {
    fate,
    ...(at !== undefined && { at: new Date(at).toISOString().slice(0, 19) }),
    ...(smallestHealth !== undefined && { smallestHealth: digits(smallestHealth, HEALTH) }),
    cost: digits(cost, MONEY),
    gas: digits(gas, MONEY),
    ...(equityEnd !== undefined && { equityEnd: digits(equityEnd, MONEY) }),
    actions: actions.filter(({ result }) => result === "whole" || result === "part").length,
    ...(left !== undefined && { left: left.is }),
  };
}
const digits = (value: Exact, scale: number): string => text(rescale(value, scale, "half-even"));

/** Every field that is not as recorded, in one line each: where, what it was, what it is. Records of drills that were not run are left alone. */
export function differences(recorded: Outcomes, now: Outcomes): readonly string[] {
  return Object.entries(now).flatMap(([drill, sets]) => {
    const before = recorded[drill];
    if (before === undefined) return [`${drill}: nothing is recorded of it`];
    const named = [...new Set([...Object.keys(before), ...Object.keys(sets)])];
    return named.flatMap((set) => setDifferences(`${drill}, ${set}`, before[set] ?? {}, sets[set] ?? {}));
  });
}

function setDifferences(
  where: string,
  before: Outcomes[string][string],
  now: Outcomes[string][string],
): readonly string[] {
  const accounts = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return accounts.flatMap((account) => {
    const [was, is] = [before[account], now[account]];
    if (was === undefined || is === undefined)
      return [`${where}, ${account}: ${was === undefined ? "was not there" : "is gone"}`];
    const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])] as (keyof Outcome)[];
    return fields
      .filter((field) => was[field] !== is[field])
      .map((field) => `${where}, ${account}: ${field} was ${was[field] ?? "none"}, is ${is[field] ?? "none"}`);
  });
}

const fateOf = { survive: "survived", die: "died", misfire: "misfired" } as const;

/** Guard sets that did not come to what they must, in one line each. */
export function brokenMusts({ drill, sets }: Pick<DrillResult, "drill" | "sets">): readonly string[] {
  return sets.flatMap(({ guardSet, must, accounts, of }: SetResult) => {
    if (must === undefined) return [];
    return accounts
      .filter(({ account, fate }) => of.includes(account) && fate !== fateOf[must])
      .map(({ account, fate }) => `${drill}, ${guardSet}: ${account} must ${must} and ${fate}`);
  });
}
