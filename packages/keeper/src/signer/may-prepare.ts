import { type Ms, type Result, type Why, ok } from "@plimsoll/core/units";
import type { Counters } from "./counters.ts";
import type { Asked } from "./grammar.ts";
import { type SignerRules, judge } from "./rules.ts";

/** Judges an action by the rules and counts what it takes, on the disk, before anything is made of it. */
export function mayPrepare(
  rules: SignerRules,
  counters: Counters,
  key: string,
  action: Asked,
  now: Ms,
): Result<void, Why> {
  const judged = judge(rules, action);
  if (!judged.ok) return judged;
  return judged.value === undefined ? ok(undefined) : counters.take(key, rules.holding, judged.value, now);
}
