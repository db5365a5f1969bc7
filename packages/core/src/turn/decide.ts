import {
  type Draft,
  type Intent,
  type Plan,
  type PlanStep,
  type Planned,
  type Purse,
  available,
  planRescues,
  spendOf,
} from "@plimsoll/core/planner";
import { type HashOf, type Watch, applyFired, asleep } from "@plimsoll/core/policy";
import type { HoldingId } from "@plimsoll/core/units";
import type { Decision, TurnPorts } from "./contract.ts";
import { groundOf, isGround } from "./look.ts";
import { permits } from "./mode.ts";
import type { State } from "./state.ts";
import { type Wanted, tell } from "./watch-guards.ts";

/** Turns what guards want into plans, one a holding, and armed plans into intents. */
export function decide(ports: TurnPorts, state: State, wanted: readonly Wanted[], hashOf: HashOf): readonly Decision[] {
  const decisions: Decision[] = [];
  if (state.mode === "halted") return decisions;
  for (const id of new Set(wanted.map(({ holding }) => holding))) {
    const held = state.facts.holdings.get(id);
    const ground = held && groundOf(ports, state.facts, held, state.at);
    if (ground === undefined || !isGround(ground)) continue;
    const here = wanted.filter(({ holding }) => holding === id);
    const armed = here.filter(({ want }) => want.guard.mode === "armed" && sends(state.mode));
    const shadow = here.filter((one) => !armed.includes(one));
    let start: Pick<Draft, "ground" | "spent"> = { ground, spent: [] };
    for (const [mode, group] of [
      ["armed", armed],
      ["shadow", shadow],
    ] as const) {
      if (group.length === 0) continue;
      const wants = group.map(({ want }) => want);
      const planned = planRescues(start, wants, mode, purseOf(state, id), hashOf);
      decisions.push(...carryOut(state, planned, group, hashOf));
      start = planned.draft;
    }
  }
  return decisions;
}

/** In shadow every guard's plan is one of shadow. */
const sends = (mode: State["mode"]): boolean => mode !== "shadow";

/** Money set aside, less what open and finished intents took of it. What is under way has not shown in any count yet. */
const purseOf =
  (state: State, holding: HoldingId): Purse =>
  (asset, spent) => {
    const taken = [...state.spends].map(([key, spend]) => (state.open.has(key) ? { ...spend, at: state.at } : spend));
    return available(state.reserves, [...taken, ...spent], holding, asset);
  };

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
  for (const { watch, want } of fired)
    state.watches.set(watch, applyFired(watchOf(state, watch), state.at, want.urgent, want.left));
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
  const spend = spendOf(step.holding, step.action, state.at);
  if (spend !== undefined) state.spends.set(key, spend);
  return { type: "intend", intent, because };
}

/** The accounts whose figures a step changes: its own first, then where margin moves from or to. */
function touched({ holding, account, action }: PlanStep): readonly string[] {
  const accounts = action.do === "move-margin" ? [account, action.from, action.to] : [account];
  return [...new Set(accounts)].map((one) => `${holding}/${one}`);
}
