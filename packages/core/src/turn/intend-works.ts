import type { Action } from "@plimsoll/core/book";
import { type CostPart, type Ground, type Intent, type Plan, type PlanStep, assessed } from "@plimsoll/core/planner";
import { type Guard, type HashOf, type Watch, applyFired, asleep } from "@plimsoll/core/policy";
import { DAY_MS, ZERO, ms, none, why } from "@plimsoll/core/units";
import type { Decision } from "./contract.ts";
import type { Look } from "./look.ts";
import { type State, stopsOf } from "./state.ts";

/** The account whose stops are kept, and whether what is decided is sent. */
export interface Keeping {
  readonly ground: Ground;
  readonly id: string;
  readonly look: Look;
  readonly guards: readonly Guard[];
  readonly mode: Plan["mode"];
}

/** One thing to do about the stops of an account, and the guard that asks for it. */
export interface Due {
  readonly work: { readonly action: Action; readonly urgent: boolean; readonly because: string };
  readonly guard: Guard;
  readonly watch: string;
}

export const watchOf = ({ watches }: State, id: string): Watch => watches.get(id) ?? asleep;

/** Makes one plan of what is due and, where it is sent, its intents. What trades occupies the account, all else its stops only. */
export function intendWorks(state: State, keeping: Keeping, due: readonly Due[], hashOf: HashOf): readonly Decision[] {
  const steps = due.map(({ work, guard }) => stepOf(state, keeping, work, guard, hashOf));
  const plan = planOf(keeping, steps, due, hashOf);
  const intents = due.flatMap(({ work, guard, watch }, index): readonly Decision[] => {
    const before = watchOf(state, watch);
    const kept = before.fired.filter((at) => state.at - at < DAY_MS);
    state.watches.set(watch, applyFired({ ...before, fired: kept }, state.at, work.urgent, undefined));
    if (keeping.mode === "shadow") return [];
    const step = steps[index]!;
    const version = state.versions.get(guard.id)!;
    const key = `p${hashOf(["stop", version, keeping.id, state.at, before.attempts, step.action]).slice(0, 32)}`;
    const intent: Intent = { step, plan: plan.hash, key, attempt: before.attempts };
    const accounts = [step.action.do === "order" ? keeping.id : stopsOf(keeping.id)];
    const outcome = { state: "intended" } as const;
    state.open.set(key, { intent, outcome, watch, firedAt: state.at, accounts, partly: false });
    return [{ type: "intend", intent, because: `${guard.name}: ${work.because}` }];
  });
  return [{ type: "plan", plan }, ...intents];
}

function stepOf(state: State, { id, look }: Keeping, { action }: Due["work"], guard: Guard, hashOf: HashOf): PlanStep {
  const { holding, account } = look.view;
  return {
    id: hashOf(["stop-step", state.versions.get(guard.id), id, state.at, action]),
    ...{ holding, account, action, after: [], undo: "none" },
    notBefore: state.at,
    expires: ms(state.at + guard.bounds.maxAgeMs),
    arrives: { usualMs: ms(0), worstMs: ms(0) },
  };
}

/** What lies at a venue changes no figure of the account until it is woken; an order does. */
function planOf(
  { ground, look, mode }: Keeping,
  steps: readonly PlanStep[],
  due: readonly Due[],
  hashOf: HashOf,
): Plan {
  const { account, assessment } = look.view;
  const orders = steps.flatMap(({ action }) => (action.do === "order" ? [action] : []));
  const body: Omit<Plan, "hash"> = {
    ...{ mode, steps, cost: ZERO, costParts: orders.map(() => uncounted), gap: ZERO, alternatives: [] },
    realisesSale: orders.map(({ instrument, size }) => ({ instrument, size })),
    doNothing: none(why("resting-protection")),
    before: [{ account, lines: assessment?.lines ?? [] }],
    after: [{ account, lines: assessed(afterOf(ground, orders), account)?.lines ?? [] }],
    because: due.map(({ work }) => work.because),
  };
  return { ...body, hash: hashOf(["plan", body]) };
}

const uncounted: CostPart = {
  ...{ of: "spread and impact", amount: ZERO, is: "not-counted" },
  because: "what a stop left is closed within its bound, whatever that costs",
};

const afterOf = (ground: Ground, orders: readonly Action[]): Ground =>
  orders.reduce((before, action) => {
    const applied = before.engine.apply(before.holding, action, before.scene);
    return applied.ok ? { ...before, holding: applied.value } : before;
  }, ground);
