import { type HashOf, applyActed, applyRefused, asleep } from "@plimsoll/core/policy";
import type { Outcome } from "@plimsoll/core/planner";
import { why } from "@plimsoll/core/units";
import type { Decision } from "./contract.ts";
import { raise } from "./episodes.ts";
import type { State } from "./state.ts";

/** Folds in what became of an intent; a report about an intent that is not open is an old one and changes nothing. */
export function applyOutcome(state: State, key: string, outcome: Outcome, hashOf: HashOf): readonly Decision[] {
  const open = state.open.get(key);
  if (open === undefined) return [];
  if (!("verified" in outcome)) {
    state.open.set(key, { ...open, outcome, partly: open.partly || outcome.state === "partly" });
    return [];
  }
  const { at: now } = state;
  state.open.delete(key);
  for (const account of open.accounts) state.ended.set(account, now);
  const { step } = open.intent;
  state.deeds.set(step.holding, [...(state.deeds.get(step.holding) ?? []), { step, at: now }]);
  const watch = state.watches.get(open.watch) ?? asleep;
  const acted = outcome.state === "done" || open.partly || outcome.verified === "differs";
  const isWhole = outcome.state === "done" || !open.partly;
  state.watches.set(open.watch, acted ? applyActed(watch, isWhole) : applyRefused(watch, open.firedAt, now));
  // Money counts as gone unless it is known that nothing was taken: never sent, refused, or seen to be without effect.
  const untouched =
    open.outcome.state === "intended" || outcome.state === "refused" || outcome.verified === "as-predicted";
  const isSpent = acted || !untouched;
  const spend = state.spends.get(key);
  if (spend !== undefined && isSpent) state.spends.set(key, { ...spend, at: now });
  if (!isSpent) state.spends.delete(key);
  if (outcome.state === "done" && outcome.verified !== "differs") return [];
  const account = `${step.holding}/${step.account}`;
  const danger = state.looks.get(account)?.view.danger ?? "unknown";
  const because = why(outcome.state === "done" ? "differs-from-prediction" : `intent-${outcome.state}`, {
    intent: key,
    account: open.intent.step.account,
    ...(outcome.why && { code: outcome.why.code, ...outcome.why.facts }),
  });
  return raise(state.episodes, `${account}/intent:${because.code}`, { danger, because, now }, hashOf);
}
