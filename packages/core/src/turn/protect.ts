import type { Resting } from "@plimsoll/core/book";
import { type Guard, type HashOf } from "@plimsoll/core/policy";
import { type StopWork, positionsOf, proposeStops, wantedStops } from "@plimsoll/core/protection";
import { DAY_MS, type Figure, type Ms, ms, unknown, why } from "@plimsoll/core/units";
import type { Concern } from "./concern.ts";
import type { Decision, TurnPorts } from "./contract.ts";
import { escalate } from "./escalate.ts";
import { type Due, type Keeping, intendWorks, watchOf } from "./intend-works.ts";
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
  const lying = lyingThere(state, keeping);
  decisions.push(...escalate(state, keeping, positions.value, lying, hashOf));
  const { works, refusals } = proposeStops(ground, positions.value, wanted, lying);
  for (const refusal of refusals) decisions.push(...tell(state, guards[0]!, id, refusal, hashOf));
  if (works.length === 0) rest(state, keeping);
  const due = works.flatMap((work) => dueNow(state, keeping, work));
  if (due.length === 0 || (mode === "armed" && [id, stopsOf(id)].some((each) => isBusy(state, each, look))))
    return decisions;
  return [...decisions, ...intendWorks(state, keeping, due, hashOf)];
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

const watchId = ({ id }: Guard, account: string): string => `${id} stop ${account}`;

/** Nothing is left to do: what shadow has shown it may show again. */
function rest({ watches }: State, { guards, id, mode }: Keeping): void {
  if (mode === "shadow") for (const guard of guards) watches.delete(watchId(guard, id));
}

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
