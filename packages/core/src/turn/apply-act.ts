import { type Intent, type Plan, type PlanStep, available, keyForbids, spendOf } from "@plimsoll/core/planner";
import { type HashOf, readHealth } from "@plimsoll/core/policy";
import { type Hash, type Result, type Why, below, brief, fail, ok, text, why } from "@plimsoll/core/units";
import type { Decision, TurnPorts } from "./contract.ts";
import { fieldOn, takenOf, touched } from "./decide.ts";
import { raise } from "./episodes.ts";
import { groundOf, isGround } from "./look.ts";
import { permits } from "./mode.ts";
import type { State } from "./state.ts";

/**
 * Whether a plan that a person was shown may be carried out now: it is the plan of its hash, not carried out yet, not too old, allowed
 * by the mode, nothing else is under way on its accounts, and on what is known now every step still goes through and none of them
 * makes its account worse.
 */
export function mayAct(ports: TurnPorts, state: State, plan: Plan, hashOf: HashOf): Result<void, Why> {
  const { hash: given, ...body } = plan;
  const is = hashOf(["plan", body]);
  const next = "ask for a new plan and look at it";
  if (is !== given) return fail(why("act/wrong-hash", { given, is, next: "name the hash of the plan that was shown" }));
  if (state.acted.has(given)) return fail(why("act/done-already", { plan: given, next }));
  const late = plan.steps.find(({ expires }) => state.at >= expires);
  if (late !== undefined)
    return fail(why("act/plan-too-old", { now: `${state.at}`, expires: `${late.expires}`, next }));
  const mode = state.mode ?? "armed";
  const forbidden = plan.steps.find(({ action }) => !permits(mode, action));
  if (forbidden !== undefined)
    return fail(why("act/mode-forbids", { mode, action: forbidden.action.do, next: "change the mode first" }));
  const taken = [...state.open.values()].find(({ accounts }) =>
    plan.steps.some((step) => touched(step).some((account) => accounts.includes(account))),
  );
  if (taken !== undefined)
    return fail(why("act/account-busy", { intent: taken.intent.key, next: "wait until it has ended" }));
  const money = hasMoney(ports, state, plan.steps);
  return money.ok ? stillHelps(ports, state, plan.steps) : money;
}

/** Applies step after step to what is known now, by each venue's own rules; whoever cannot send one sends none. */
function stillHelps(ports: TurnPorts, { facts, at }: State, steps: readonly PlanStep[]): Result<void, Why> {
  const held = new Map(facts.holdings);
  for (const { holding: id, account, action } of steps) {
    const before = held.get(id);
    if (before === undefined || facts.lost.has(id))
      return fail(facts.lost.get(id) ?? why("act/holding-unknown", { holding: id, next: "wait for its feed" }));
    const ground = groundOf(ports, facts, before, at);
    if (!isGround(ground)) return fail(ground);
    const key = keyForbids(facts.conditions, id, at, "armed");
    if (key !== undefined) return fail(key);
    const { engine, scene } = ground;
    const applied = engine.apply(ground.holding, action, scene);
    if (!applied.ok) return applied;
    const goal = { account, line: "maintenance", at: { digits: 1n, scale: 0 } } as const;
    const [then, now] = [ok(ground.holding), applied].map((one) => readHealth(engine, one, goal, scene));
    if (then?.is === "known" && now?.is === "known" && below(now.value, then.value))
      return fail(
        why("act/no-longer-helps", {
          account,
          from: brief(then.value),
          to: brief(now.value),
          next: "ask for a new plan: the market has moved",
        }),
      );
    held.set(id, applied.value);
  }
  return ok(undefined);
}

/** No money is promised twice: what a step takes has to be left after the steps before it, and after what is under way. */
function hasMoney(ports: TurnPorts, state: State, steps: readonly PlanStep[]): Result<void, Why> {
  const { facts, at, reserves } = state;
  const held = [...new Set(steps.map(({ holding }) => holding))].flatMap((id) => facts.holdings.get(id) ?? []);
  const grounds = held.map((holding) => groundOf(ports, facts, holding, at)).filter(isGround);
  const first = fieldOn(state, new Map(grounds.map((ground) => [ground.holding.id, ground])));
  const spent = [...takenOf(state)];
  for (const { holding, account, action } of steps) {
    const spend = spendOf(holding, action, at, account);
    if (spend === undefined) continue;
    const left = available({ reserves, spent, first }, holding, spend.asset);
    if (left !== undefined && below(left, spend.amount))
      return fail(
        why("act/money-promised", {
          ...{ account, asset: spend.asset, needs: text(spend.amount), left: text(left) },
          next: "ask for a new plan: another act takes of the same money",
        }),
      );
    spent.push(spend);
  }
  return ok(undefined);
}

/** Intends every step of a plan that a person confirmed; one that may not be carried out is told and does nothing. */
export function applyAct(
  ports: TurnPorts,
  state: State,
  { plan, who }: { readonly plan: Plan; readonly who: string },
  hashOf: HashOf,
): readonly Decision[] {
  const may = mayAct(ports, state, plan, hashOf);
  if (!may.ok) {
    const because = why(may.failure.code, { who, plan: plan.hash, ...may.failure.facts });
    return raise(state.episodes, `act/${plan.hash}`, { danger: "watch", because, now: state.at }, hashOf);
  }
  state.acted.set(plan.hash, state.at);
  return plan.steps.map((step, at): Decision => {
    const intent: Intent = { step, plan: plan.hash, key: keyOf(plan.hash, step, hashOf), attempt: 0 };
    state.open.set(intent.key, {
      ...{ intent, outcome: { state: "intended" }, watch: `act ${plan.hash}`, firedAt: state.at },
      ...{ accounts: touched(step), partly: false },
    });
    const spend = spendOf(step.holding, step.action, state.at, step.account);
    if (spend !== undefined) state.spends.set(intent.key, spend);
    return { type: "intend", intent, because: `${who} confirmed the plan: ${plan.because[at] ?? sizeOf(step)}` };
  });
}

/** As long as the key of a guard's intent, and never the same. */
const keyOf = (plan: Hash, step: PlanStep, hashOf: HashOf): string => `p${hashOf(["act", plan, step.id]).slice(0, 32)}`;

const sizeOf = ({ action }: PlanStep): string =>
  action.do === "order" ? `${action.side} ${text(action.size)} ${action.instrument}` : action.do;
