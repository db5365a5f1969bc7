import type { Resting } from "@plimsoll/core/book";
import type { Ground, Intent, Plan, PlanStep } from "@plimsoll/core/planner";
import { type Guard, type HashOf, type Watch, applyFired, asleep } from "@plimsoll/core/policy";
import { type StopWork, positionsOf, proposeStops, wantedStops } from "@plimsoll/core/protection";
import { type Figure, type Ms, ZERO, ms, none, unknown, why } from "@plimsoll/core/units";
import type { Concern } from "./concern.ts";
import type { Decision, TurnPorts } from "./contract.ts";
import { type Look, groundOf, isGround } from "./look.ts";
import { permits } from "./mode.ts";
import { type State, stopsOf } from "./state.ts";
import { isSeenSince } from "./verify-resting.ts";
import { isBusy, tell } from "./watch-guards.ts";

/**
 * Keeps at the venues what armed guards want to lie there; guards in shadow show what they would place. Stops follow readings and the
 * clock, never a single price: what moves them is slow, and venues count messages.
 */
export function protect(
  ports: TurnPorts,
  state: State,
  { accounts, onlyPrices }: Concern,
  hashOf: HashOf,
): readonly Decision[] {
  if (onlyPrices || state.mode === "halted") return [];
  const decisions: Decision[] = [];
  for (const [holding, ids] of accounts) {
    const guards = (state.guardIndex.ofHolding.get(holding) ?? []).filter(({ stops = [] }) => stops.length > 0);
    const held = guards.length === 0 ? undefined : state.facts.holdings.get(holding);
    const ground = held && groundOf(ports, state.facts, held, state.at);
    if (ground === undefined || !isGround(ground) || state.facts.lost.has(holding)) continue;
    for (const id of ids) {
      const look = state.looks.get(id)!;
      const mine = guards.filter((guard) => isFor(guard, look, state.at));
      const sends = (guard: Guard) => guard.mode === "armed" && state.mode !== "shadow";
      for (const [mode, group] of [
        ["armed", mine.filter(sends)],
        ["shadow", mine.filter((guard) => !sends(guard))],
      ] as const)
        if (group.length > 0) decisions.push(...keepStops(state, { ground, id, look, guards: group, mode }, hashOf));
    }
  }
  return decisions;
}

/** A guard that has ended, or whose data are too old to act on, places nothing; that it cannot act is told where it is read. */
function isFor({ scope, bounds }: Guard, { view, oldest }: Look, now: Ms): boolean {
  const isInScope = scope.account === undefined || scope.account === view.account;
  const isOver = bounds.expires !== undefined && now >= bounds.expires;
  return isInScope && !isOver && now - oldest <= bounds.maxAgeMs;
}

interface Keeping {
  readonly ground: Ground;
  readonly id: string;
  readonly look: Look;
  readonly guards: readonly Guard[];
  readonly mode: Plan["mode"];
}

function keepStops(state: State, keeping: Keeping, hashOf: HashOf): readonly Decision[] {
  const { ground, id, look, guards, mode } = keeping;
  const { account } = look.view;
  const decisions: Decision[] = [];
  const wanted = guards.flatMap((guard) =>
    wantedStops(guard, ground, account).flatMap((each) => {
      if (each.ok) return [each.value];
      decisions.push(...tell(state, guard, id, each.failure, hashOf));
      return [];
    }),
  );
  const positions = positionsOf(ground, account);
  if (!positions.ok) return decisions;
  const { works, refusals } = proposeStops(ground, positions.value, wanted, lyingThere(state, keeping));
  for (const refusal of refusals) decisions.push(...tell(state, guards[0]!, id, refusal, hashOf));
  if (works.length === 0) rest(state, keeping);
  const due = works.flatMap((work) => dueNow(state, keeping, work));
  if (due.length === 0 || (mode === "armed" && [id, stopsOf(id)].some((each) => isBusy(state, each, look))))
    return decisions;
  return [...decisions, ...carryOut(state, keeping, due, hashOf)];
}

/** What lies there, once a reading since the venue's last halt, or since its feed was lost, has shown it again. */
function lyingThere(state: State, { ground, look }: Keeping): Figure<readonly Resting[]> {
  const { engine, holding, scene } = ground;
  const { holding: id, venue, account } = look.view;
  const { asOf } = state.facts.holdings.get(id)!;
  if (!isSeenSince(state, id, venue, asOf))
    return unknown(why("stop/not-seen-since-halt", { venue, read: `${asOf}`, next: "wait for the next reading" }));
  return engine.resting(holding, account, scene);
}

interface Due {
  readonly work: StopWork;
  readonly guard: Guard;
  readonly watch: string;
}
const watchId = ({ id }: Guard, account: string): string => `${id} stop ${account}`;
const watchOf = ({ watches }: State, id: string): Watch => watches.get(id) ?? asleep;

/** Nothing is left to do: what shadow has shown it may show again. */
function rest({ watches }: State, { guards, id, mode }: Keeping): void {
  if (mode === "shadow") for (const guard of guards) watches.delete(watchId(guard, id));
}

const DAY_MS = 86_400_000;
/** A venue that takes a missing stop away again and again is not asked for it more often. */
const AGAIN_MS = 10_000;

/** A work that may be done now, under the guard that asks for it: what is missing at once, what only moves within its bounds. */
function dueNow(state: State, { guards, id, mode }: Keeping, work: StopWork): readonly Due[] {
  const instrument = work.position?.instrument;
  const guard = guards.find(({ stops = [] }) => stops.some((stop) => stop.instrument === instrument)) ?? guards[0]!;
  const watch = watchId(guard, id);
  const { attempts, fired, retryAt = ms(0) } = watchOf(state, watch);
  const { coolDownMs, perDay } = guard.bounds;
  if (mode === "shadow") return attempts > 0 ? [] : [{ work, guard, watch }];
  if (state.at < retryAt || !permits(state.mode ?? "armed", work.action)) return [];
  const today = fired.filter((at) => state.at - at < DAY_MS);
  const sinceMs = state.at - (today.at(-1) ?? -Infinity);
  const isHeldBack = work.urgent ? sinceMs < AGAIN_MS : today.length >= perDay || sinceMs < coolDownMs;
  // what another has replaced, or whose position is gone, need not wait
  return work.action.do === "cancel" || !isHeldBack ? [{ work, guard, watch }] : [];
}

function carryOut(state: State, keeping: Keeping, due: readonly Due[], hashOf: HashOf): readonly Decision[] {
  const steps = due.map(({ work, guard }) => stepOf(state, keeping, work, guard, hashOf));
  const plan = planOf(keeping, steps, due, hashOf);
  const intents = due.flatMap(({ work, guard, watch }, index): readonly Decision[] => {
    const before = watchOf(state, watch);
    const urgent = work.urgent;
    const kept = before.fired.filter((at) => state.at - at < DAY_MS);
    state.watches.set(watch, applyFired({ ...before, fired: kept }, state.at, urgent, undefined));
    if (keeping.mode === "shadow") return [];
    const step = steps[index]!;
    const version = state.versions.get(guard.id)!;
    const key = `p${hashOf(["stop", version, keeping.id, state.at, before.attempts, step.action]).slice(0, 32)}`;
    const intent: Intent = { step, plan: plan.hash, key, attempt: before.attempts };
    const outcome = { state: "intended" } as const;
    state.open.set(key, { intent, outcome, watch, firedAt: state.at, accounts: [stopsOf(keeping.id)], partly: false });
    return [{ type: "intend", intent, because: `${guard.name}: ${work.because}` }];
  });
  return [{ type: "plan", plan }, ...intents];
}

function stepOf(state: State, { id, look }: Keeping, work: StopWork, guard: Guard, hashOf: HashOf): PlanStep {
  const { holding, account } = look.view;
  return {
    id: hashOf(["stop-step", state.versions.get(guard.id), id, state.at, work.action]),
    ...{ holding, account, action: work.action, after: [], undo: "none" },
    notBefore: state.at,
    expires: ms(state.at + guard.bounds.maxAgeMs),
    arrives: { usualMs: ms(0), worstMs: ms(0) },
  };
}

/** What lies at a venue changes no figure of the account until it is woken. */
function planOf({ look, mode }: Keeping, steps: readonly PlanStep[], due: readonly Due[], hashOf: HashOf): Plan {
  const lines = [{ account: look.view.account, lines: look.assessment?.lines ?? [] }];
  const body: Omit<Plan, "hash"> = {
    ...{ mode, steps, cost: ZERO, costParts: [], gap: ZERO, realisesSale: [], alternatives: [] },
    ...{ doNothing: none(why("resting-protection")), before: lines, after: lines },
    because: due.map(({ work }) => work.because),
  };
  return { ...body, hash: hashOf(["plan", body]) };
}
