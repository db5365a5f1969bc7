import {
  type Field,
  type Ground,
  type Intent,
  type Plan,
  type PlanStep,
  type Planned,
  type Spend,
  type Start,
  planRescues,
  spendOf,
  withNetLeft,
} from "@plimsoll/core/planner";
import { type HashOf, type Watch, applyFired, asleep } from "@plimsoll/core/policy";
import type { HoldingId } from "@plimsoll/core/units";
import type { Decision, TurnPorts } from "./contract.ts";
import { groundOf, isGround, walletsOf } from "./look.ts";
import { asItActs, permits } from "./mode.ts";
import type { State } from "./state.ts";
import { type Wanted, tell } from "./watch-guards.ts";

/** Turns what guards want into one plan for what is armed and one for what is shadow, and the armed one into intents. */
export function decide(ports: TurnPorts, state: State, wanted: readonly Wanted[], hashOf: HashOf): readonly Decision[] {
  const decisions: Decision[] = [];
  if (state.mode === "halted") return decisions;
  const grounds = groundsOf(ports, state, wanted);
  const field: Field = fieldOn(state, grounds);
  const here = wanted
    .filter(({ holding }) => grounds.has(holding))
    .map((one): Wanted => ({ ...one, want: withNetLeft(field, one.want) }));
  let start: Start = { field, reserves: state.reserves, spent: takenOf(state) };
  for (const mode of ["armed", "shadow"] as const) {
    const group = here.filter(({ want }) => asItActs(state.mode, want.guard).mode === mode);
    if (group.length === 0) continue;
    const wants = group.map(({ want }) => want);
    const planned = planRescues(start, wants, mode, hashOf);
    decisions.push(...carryOut(state, planned, group, hashOf));
    start = planned.draft;
  }
  return decisions;
}

/** The holdings that wants are about, each brought to now, and those that their ladders name for hedges where they are as fresh as the guard asks. */
function groundsOf(ports: TurnPorts, state: State, wanted: readonly Wanted[]): ReadonlyMap<HoldingId, Ground> {
  const { facts, at } = state;
  const isFresh = (id: HoldingId, maxAgeMs: number) =>
    !facts.lost.has(id) && at - (facts.holdings.get(id)?.asOf ?? 0) <= maxAgeMs;
  const hedged = wanted.flatMap(({ want: { guard } }) =>
    guard.ladder.flatMap((one) =>
      one.use === "hedge" && isFresh(one.holding, guard.bounds.maxAgeMs) ? [one.holding] : [],
    ),
  );
  const grounds = new Map<HoldingId, Ground>();
  for (const id of new Set([...wanted.map(({ holding }) => holding), ...hedged])) {
    const held = facts.holdings.get(id);
    const ground = held && groundOf(ports, facts, held, at);
    if (ground !== undefined && isGround(ground)) grounds.set(id, atNextReport(ground, wanted));
  }
  return grounds;
}

/** A want that fired on the next report of its prices is sized on them: on today's its target may be reached already. */
function atNextReport(ground: Ground, wanted: readonly Wanted[]): Ground {
  const next = wanted.filter(({ holding }) => holding === ground.holding.id).flatMap((one) => [...(one.next ?? [])]);
  if (next.length === 0) return ground;
  return { ...ground, scene: { ...ground.scene, quotes: new Map([...ground.scene.quotes, ...next]) } };
}

/** What plans are made on: these holdings, and what everything else that is known or under way leaves to them. */
export const fieldOn = (state: State, grounds: Field["grounds"]): Field => ({
  grounds,
  conditions: state.facts.conditions,
  wallets: walletsOf(state.facts),
  underway: underwayIn(state),
});

/** Each intent that has not ended may have a message to send, which its venue counts. */
const underwayIn = ({ open, facts }: State): NonNullable<Field["underway"]> =>
  [...open.values()].map(({ intent: { step } }) => ({
    holding: step.holding,
    venue: facts.holdings.get(step.holding)?.venue,
  }));

/** What open and finished intents took of money set aside, or of a wallet. What is under way has not shown in any count yet. */
export const takenOf = (state: State): readonly Spend[] =>
  [...state.spends].map(([key, spend]) => (state.open.has(key) ? { ...spend, at: state.at } : spend));

function carryOut(state: State, planned: Planned, group: readonly Wanted[], hashOf: HashOf): readonly Decision[] {
  const decisions: Decision[] = [];
  const wantedOf = (want: Wanted["want"]) => group.find((one) => one.want === want)!;
  for (const { want, why } of planned.shortfalls)
    decisions.push(...tell(state, want.guard, wantedOf(want).id, why, hashOf));
  const { plan } = planned;
  if (plan === undefined) return decisions;
  decisions.push({ type: "plan", plan });
  const fired = new Set<Wanted>();
  for (const { step, want, proposal } of planned.steps) {
    const wanted = wantedOf(want);
    if (plan.mode === "armed" && step.after.length > 0) continue;
    if (plan.mode === "armed" && !permits(state.mode ?? "armed", step.action)) continue;
    if (plan.mode === "armed") decisions.push(intend(state, plan, step, wanted, proposal.because, hashOf));
    fired.add(wanted);
  }
  for (const { watch, want } of fired) {
    const hasMore = plan.mode === "armed" && planned.steps.filter((each) => each.want === want).length > 1;
    state.watches.set(watch, applyFired(watchOf(state, watch), state.at, want.urgent, want.left, hasMore));
  }
  return decisions;
}

const watchOf = (state: State, id: string): Watch => state.watches.get(id) ?? asleep;

/**
 * An intent under a key that only the same guard version, account, episode and attempt give again: 33 characters that every
 * exchange takes as a client order id.
 */
function intend(
  state: State,
  plan: Plan,
  step: PlanStep,
  { want, watch, id }: Wanted,
  because: string,
  hashOf: HashOf,
): Decision {
  const { attempts, episode = state.at } = watchOf(state, watch);
  const key = `p${hashOf(["intent", want.version, id, episode, attempts]).slice(0, 32)}`;
  const intent: Intent = { step, plan: plan.hash, key, attempt: attempts };
  const outcome = { state: "intended" } as const;
  state.open.set(key, { intent, outcome, watch, firedAt: state.at, accounts: touched(step), partly: false });
  const spend = spendOf(step.holding, step.action, state.at, step.account);
  if (spend !== undefined) state.spends.set(key, spend);
  return { type: "intend", intent, because };
}

/** The accounts whose figures a step changes: its own first, then where margin moves from or to, and the one that a hedge protects. */
export function touched({ holding, account, action }: PlanStep): readonly string[] {
  if (action.do === "order" && action.hedges !== undefined) return [action.hedges];
  const accounts = action.do === "move-margin" ? [account, action.from, action.to] : [account];
  return [...new Set(accounts)].map((one) => `${holding}/${one}`);
}
