import { type Want, sizesLeft, unpairedShare } from "@plimsoll/core/planner";
import {
  type Guard,
  type HashOf,
  type Watch,
  applyFired,
  applyLock,
  applyReading,
  asleep,
  isInForce,
  readTrigger,
  ruleOf,
  severities,
  stopBeyond,
  stopWhy,
  verdictOf,
} from "@plimsoll/core/policy";
import { defaultAges } from "@plimsoll/core/risk";
import { type Exact, type HoldingId, type Why, why } from "@plimsoll/core/units";
import { askedOf } from "./asked.ts";
import type { Concern } from "./concern.ts";
import type { Decision, TurnPorts } from "./contract.ts";
import { raise } from "./episodes.ts";
import { byId } from "./guard-index.ts";
import { asItActs } from "./mode.ts";
import { type Look, groundOf, isGround } from "./look.ts";
import { type NextReport, nextReport } from "./next-report.ts";
import type { State } from "./state.ts";

/** A want, and the watch that will remember whether it was served. */
export interface Wanted {
  readonly want: Want;
  readonly watch: string;
  readonly id: string;
  readonly holding: HoldingId;
  /** The prices that the next report brings, where the guard fired on them: what is wanted is sized on them. */
  readonly next?: NextReport["quotes"];
}

/** Reads every guard that the input concerns; what fires and may act is wanted, what cannot protect is told. */
export function watchGuards(
  ports: TurnPorts,
  state: State,
  concern: Concern,
  hashOf: HashOf,
): { readonly wanted: readonly Wanted[]; readonly alerts: readonly Decision[] } {
  const wanted: Wanted[] = [];
  const alerts: Decision[] = [];
  const { onQuote, onLeg } = state.guardIndex;
  const ofPrice = concern.prices.flatMap((key) => onQuote.get(key) ?? []);
  const elsewhere = new Set([...ofPrice, ...[...concern.accounts.keys()].flatMap((id) => onLeg.get(id) ?? [])]);
  for (const guard of guardsOf(state, concern, elsewhere)) {
    const { holding, account } = guard.scope;
    const isScope = (id: string) => account === undefined || state.looks.get(id)!.view.account === account;
    const watched = state.looks.ofHolding(holding).filter(isScope);
    if (watched.length === 0) alerts.push(...tellNothingWatched(state, guard, hashOf));
    const ids = elsewhere.has(guard) ? watched : (concern.accounts.get(holding) ?? []).filter(isScope);
    for (const id of ids) {
      const look = state.looks.get(id)!;
      const seen = readGuard(ports, state, guard, id, look, hashOf);
      alerts.push(...seen.alerts);
      if (seen.fires === undefined || isBusy(state, id, look) || isLegOld(state, guard, id)) continue;
      const unpaired = unpairedShare(guard, askedOf(ports, state, look));
      const kept = unpaired === undefined ? seen.watch.left : undefined;
      const left = kept ?? leftOf(ports, state, guard, look, unpaired);
      const version = state.versions.get(guard.id)!;
      wanted.push({
        want: { guard, version, account: look.view.account, left, ...(unpaired && { unpaired }), ...seen.fires },
        watch: watchId(guard, id),
        id,
        holding: look.view.holding,
        ...(seen.next && { next: seen.next }),
      });
    }
  }
  return { wanted: mostSevere(wanted), alerts };
}

/** Of a ladder's rungs that fire together for one account the most severe acts alone. */
function mostSevere(wanted: readonly Wanted[]): readonly Wanted[] {
  const rankOf = ({ want }: Wanted) =>
    want.guard.rung === undefined ? 0 : severities.indexOf(want.guard.rung.severity);
  const sameLadder = (a: Wanted, b: Wanted) => a.id === b.id && a.want.guard.rung?.of === b.want.guard.rung?.of;
  return wanted.filter(
    (one) =>
      one.want.guard.rung === undefined ||
      !wanted.some((other) => sameLadder(one, other) && rankOf(other) > rankOf(one)),
  );
}

/** In the order of their ids, so that what is decided does not hang on what came first; what makes others hurry is read before them. */
function guardsOf({ guardIndex }: State, { accounts }: Concern, elsewhere: ReadonlySet<Guard>): readonly Guard[] {
  const ofAccounts = [...accounts.keys()].flatMap((holding) => guardIndex.ofHolding.get(holding) ?? []);
  const last = ({ target }: Guard) => (target.want === "tighten" ? 0 : 1);
  return [...new Set([...ofAccounts, ...elsewhere])].toSorted(byId).toSorted((a, b) => last(a) - last(b));
}

const watchId = (guard: Guard, account: string): string => `${guard.id} ${account}`;

/** One intent at a time, and after it only a holding that is newer than its end. */
export function isBusy({ open, ended, facts }: State, id: string, { view }: Look): boolean {
  if ([...open.values()].some(({ accounts }) => accounts.includes(id))) return true;
  const end = ended.get(id);
  return end !== undefined && (facts.holdings.get(view.holding)?.asOf ?? 0) <= end;
}

/** What a guard did last may stand in the other leg: it decides again only on a reading of that which is newer, too. */
function isLegOld({ ended, facts }: State, { trigger }: Guard, id: string): boolean {
  const end = ended.get(id);
  const legs = ruleOf(trigger).holdings?.(trigger) ?? [];
  return end !== undefined && legs.some((leg) => (facts.holdings.get(leg)?.asOf ?? 0) <= end);
}

interface Seen {
  readonly watch: Watch;
  readonly alerts: readonly Decision[];
  readonly fires?: { readonly urgent: boolean; readonly because: string };
  readonly next?: NextReport["quotes"];
}
function readGuard(ports: TurnPorts, state: State, guard: Guard, id: string, look: Look, hashOf: HashOf): Seen {
  const { at: now } = state;
  const { danger } = look.view;
  const key = watchId(guard, id);
  const before = state.watches.get(key) ?? asleep;
  const { next, missing } = nextReport(ports, state, guard, look);
  const { range } = look;
  const isBlind = guard.bounds.blind === "act" && range !== undefined;
  const seen = isBlind ? { ...look, assessment: range.assessment, oldest: range.asOf } : look;
  const sighting = {
    ...{ now, danger, assessment: seen.assessment, oldest: seen.oldest, quotes: state.facts.quotes },
    ...(next && { next: next.assessment }),
    aheadMs: (ports.ages ?? defaultAges).aheadMs,
    asked: askedOf(ports, state, look, next),
  };
  const { reading, memory } = readTrigger(guard, sighting, before.memory);
  const isKept = Object.keys(memory).length > 0;
  const watch = applyReading({ ...before, ...(isKept && { memory }) }, reading, now);
  state.readings.set(key, reading);
  state.watches.set(key, watch);
  const alerts = [
    ...missing.flatMap((quote) => tell(state, guard, id, why("estimate-missing", { quote }), hashOf)),
    ...tellBeyond(state, guard, id, look, watch, hashOf),
  ];
  const verdict = verdictOf(asItActs(state.mode, guard), watch, reading, danger, now, isTight(state, guard, id, look));
  if (verdict.is === "blocked") return { watch, alerts: [...alerts, ...tell(state, guard, id, verdict.why, hashOf)] };
  if (verdict.is !== "fire") return { watch, alerts };
  const locked = applyLock(guard, watch, now);
  state.watches.set(key, locked);
  const { urgent, because } = verdict;
  if (guard.target.want === "notice" || guard.target.want === "tighten")
    return { watch: locked, alerts: [...alerts, ...notice(state, guard, id, because, hashOf)] };
  if (isBlind) return { watch: locked, alerts, fires: { urgent, because: `${because}, blind` }, next: range.quotes };
  return { watch: locked, alerts, fires: { urgent, because }, ...(next && { next: next.quotes }) };
}

/** A guard that only speaks or tightens does so once an episode. */
function notice(state: State, guard: Guard, id: string, because: string, hashOf: HashOf): readonly Decision[] {
  const key = watchId(guard, id);
  const watch = state.watches.get(key)!;
  if (watch.attempts > 0) return [];
  state.watches.set(key, applyFired(watch, state.at, false, undefined));
  return tell(state, guard, id, why(`guard-${guard.target.want}s`, { because }), hashOf);
}

/** Whether another guard of the account says that nothing waits now. */
function isTight({ guardIndex, watches }: State, guard: Guard, id: string, { view }: Look): boolean {
  const others = guardIndex.ofHolding.get(view.holding) ?? [];
  return others.some(
    (other) =>
      other !== guard && other.target.want === "tighten" && isInForce(watches.get(watchId(other, id)) ?? asleep),
  );
}

/** A stop that the venue's liquidation would come before protects nothing, and the liquidation price moves. */
function tellBeyond(
  state: State,
  guard: Guard,
  id: string,
  { view }: Look,
  { memory }: Watch,
  hashOf: HashOf,
): readonly Decision[] {
  const beyond = stopBeyond(guard, view.boundaries, memory);
  return beyond === undefined ? [] : tell(state, guard, id, stopWhy(beyond), hashOf);
}

/** A guard that cannot protect says so, once for each reason. */
export function tell(state: State, guard: Guard, id: string, reason: Why, hashOf: HashOf): readonly Decision[] {
  const danger = state.looks.get(id)?.view.danger ?? "unknown";
  const because = why(reason.code, { guard: guard.id, account: id, ...reason.facts });
  return raise(state.episodes, `${id}/guard:${guard.id}/${reason.code}`, { danger, because, now: state.at }, hashOf);
}

/** A holding that is known and has no such account: the guard protects nothing, perhaps by a slip of the pen. */
function tellNothingWatched(state: State, guard: Guard, hashOf: HashOf): readonly Decision[] {
  const { holding, account } = guard.scope;
  if (!state.facts.holdings.has(holding)) return [];
  const identity = `${holding}/${account ?? "*"}`;
  return tell(state, guard, identity, why("guard-watches-nothing", { next: "check its scope" }), hashOf);
}

function leftOf(ports: TurnPorts, state: State, guard: Guard, { view }: Look, unpaired?: Exact): Want["left"] {
  const held = state.facts.holdings.get(view.holding);
  const ground = held && groundOf(ports, state.facts, held, state.at);
  if (ground === undefined || !isGround(ground)) return {};
  return sizesLeft(ground, guard, view.account, unpaired);
}
