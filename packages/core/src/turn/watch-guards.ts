import { type Want, sizesLeft } from "@plimsoll/core/planner";
import {
  type Guard,
  type HashOf,
  type Watch,
  applyReading,
  asleep,
  readTrigger,
  verdictOf,
} from "@plimsoll/core/policy";
import { defaultAges } from "@plimsoll/core/risk";
import { type HoldingId, type QuoteKey, type Why, why } from "@plimsoll/core/units";
import type { Decision, TurnPorts } from "./contract.ts";
import { raise } from "./episodes.ts";
import { byId } from "./guard-index.ts";
import { type Look, groundOf, isGround } from "./look.ts";
import type { Touched } from "./looks.ts";
import type { State } from "./state.ts";

/** A want, and the watch that will remember whether it was served. */
export interface Wanted {
  readonly want: Want;
  readonly watch: string;
  readonly id: string;
  readonly holding: HoldingId;
}

/** Which guards an input concerns: those of recomputed accounts, and those whose own trigger price moved. */
export interface Concern {
  readonly accounts: Touched;
  readonly price?: QuoteKey;
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
  const ofPrice = new Set(concern.price && state.guardIndex.onQuote.get(concern.price));
  for (const guard of guardsOf(state, concern, ofPrice)) {
    const { holding, account } = guard.scope;
    const isScope = (id: string) => account === undefined || state.looks.get(id)!.view.account === account;
    const watched = state.looks.ofHolding(holding).filter(isScope);
    if (watched.length === 0) alerts.push(...tellNothingWatched(state, guard, hashOf));
    const ids = ofPrice.has(guard) ? watched : (concern.accounts.get(holding) ?? []).filter(isScope);
    for (const id of ids) {
      const look = state.looks.get(id)!;
      const seen = readGuard(ports, state, guard, id, look, hashOf);
      alerts.push(...seen.alerts);
      if (seen.fires === undefined || isBusy(state, id, look)) continue;
      const left = seen.watch.left ?? leftOf(ports, state, guard, look);
      const version = state.versions.get(guard.id)!;
      wanted.push({
        want: { guard, version, account: look.view.account, left, ...seen.fires },
        watch: watchId(guard, id),
        id,
        holding: look.view.holding,
      });
    }
  }
  return { wanted, alerts };
}

/** In the order of their ids, so that what is decided does not hang on what came first. */
function guardsOf({ guardIndex }: State, { accounts }: Concern, ofPrice: ReadonlySet<Guard>): readonly Guard[] {
  const ofAccounts = [...accounts.keys()].flatMap((holding) => guardIndex.ofHolding.get(holding) ?? []);
  return [...new Set([...ofAccounts, ...ofPrice])].toSorted(byId);
}

const watchId = (guard: Guard, account: string): string => `${guard.id} ${account}`;

/** One intent at a time, and after it only a holding that is newer than its end. */
function isBusy({ open, ended, facts }: State, id: string, { view }: Look): boolean {
  if ([...open.values()].some(({ accounts }) => accounts.includes(id))) return true;
  const end = ended.get(id);
  return end !== undefined && (facts.holdings.get(view.holding)?.asOf ?? 0) <= end;
}

interface Seen {
  readonly watch: Watch;
  readonly alerts: readonly Decision[];
  readonly fires?: { readonly urgent: boolean; readonly because: string };
}
function readGuard(ports: TurnPorts, state: State, guard: Guard, id: string, look: Look, hashOf: HashOf): Seen {
  const { at: now } = state;
  const { danger } = look.view;
  const reading = readTrigger(guard, {
    now,
    danger,
    assessment: look.assessment,
    oldest: look.oldest,
    quotes: state.facts.quotes,
    aheadMs: (ports.ages ?? defaultAges).aheadMs,
  });
  const watch = applyReading(state.watches.get(watchId(guard, id)) ?? asleep, reading, now);
  state.watches.set(watchId(guard, id), watch);
  const verdict = verdictOf(guard, watch, reading, danger, now);
  if (verdict.is === "fire") return { watch, alerts: [], fires: { urgent: verdict.urgent, because: verdict.because } };
  if (verdict.is !== "blocked") return { watch, alerts: [] };
  return { watch, alerts: tell(state, guard, id, verdict.why, hashOf) };
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

function leftOf(ports: TurnPorts, state: State, guard: Guard, { view }: Look): Want["left"] {
  const held = state.facts.holdings.get(view.holding);
  const ground = held && groundOf(ports, state.facts, held, state.at);
  return ground !== undefined && isGround(ground) ? sizesLeft(ground, guard, view.account) : {};
}
