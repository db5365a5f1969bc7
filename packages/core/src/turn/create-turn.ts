import type { BookEvent } from "@plimsoll/core/book";
import { type HashOf, hashWith } from "@plimsoll/core/policy";
import { ms } from "@plimsoll/core/units";
import { applyAct, mayAct } from "./apply-act.ts";
import { applyEvent } from "./apply-event.ts";
import { applyMode } from "./apply-mode.ts";
import { applyOutcome } from "./apply-outcome.ts";
import { applyPolicy, endWaits } from "./apply-policy.ts";
import { type Concern, type News, type Unread, concernOf } from "./concern.ts";
import type { BookView, Decision, Input, Turn, TurnPorts, Watching } from "./contract.ts";
import { coverageIn } from "./coverage.ts";
import { decide } from "./decide.ts";
import { calm, lasting, raise } from "./episodes.ts";
import { noteLoss } from "./note-loss.ts";
import { protect } from "./protect.ts";
import { type State, emptyState, stateHash } from "./state.ts";
import { noteEffect, tellChanges } from "./tell-changes.ts";
import { tellDrift } from "./tell-drift.ts";
import { tellMute } from "./tell-mute.ts";
import { tellProspects } from "./tell-prospects.ts";
import { noteHalt } from "./verify-resting.ts";
import { watchGuards } from "./watch-guards.ts";

/** The decision function: same inputs, same decisions, same state hash. @throws on a broken invariant inside an engine: a bug. */
export function createTurn(ports: TurnPorts): Turn {
  const state = emptyState();
  const hashOf = hashWith((bytes) => ports.sha256(bytes));
  return {
    turn(input) {
      const past = state.at;
      state.at = ms(Math.max(state.at, input.at));
      noteEffect(state, input);
      const before = heldBefore(state, input);
      const { news, decisions } = fold(ports, state, input, hashOf);
      if (news?.of === "nothing" && (state.unread === undefined || input.more === true)) {
        state.at = past;
        return [];
      }
      state.seq = input.seq;
      noteHalt(state, input);
      if (news === undefined) return decisions;
      const reading = [...(state.unread?.news ?? []), news];
      if (input.more === true) {
        state.unread = { news: reading, held: before };
        return [];
      }
      delete state.unread;
      const concern = concernOf(ports, state, reading);
      const changes = [...before.values()].flatMap((held) => tellChanges(ports, state, held, hashOf));
      const told = [...decisions, ...changes, ...tellDangers(state, concern, hashOf)];
      endWaits(state, hashOf);
      const { wanted, alerts } = watchGuards(ports, state, concern, hashOf);
      const decided = decide(ports, state, wanted, hashOf);
      return [...told, ...alerts, ...decided, ...protect(ports, state, concern, hashOf)];
    },
    hash: () => stateHash(state, hashOf),
    mayAct: (plan) => mayAct(ports, state, plan, hashOf),
    view: () => viewOf(state),
    coverage: (around = {}) => coverageIn(ports, state, around),
  };
}

/** Holdings as they were before an input, and before those of the same reading: what became of them is told at its end. */
function heldBefore({ facts, unread }: State, { event }: Input): Unread["held"] {
  const before = unread?.held ?? new Map();
  const held = event.type === "holding" ? facts.holdings.get(event.holding.id) : undefined;
  return held === undefined || before.has(held.id) ? before : new Map([...before, [held.id, held]]);
}

interface Folded {
  /** Absent where an input decides nothing but what stands here. */
  readonly news?: News;
  readonly decisions: readonly Decision[];
}
const folded = (news: News, decisions: readonly Decision[] = []): Folded => ({ news, decisions });

/** Folds an input in and says what is new; an outcome decides nothing by itself: the next holding does. */
function fold(ports: TurnPorts, state: State, { event }: Input, hashOf: HashOf): Folded {
  switch (event.type) {
    case "tick":
      return folded({ of: "everything" });
    case "policy": {
      const told = applyPolicy(state, event, hashOf);
      return folded({ of: "accounts", accounts: state.looks.all() }, told);
    }
    case "mode":
      applyMode(state, event.mode);
      return folded({ of: "accounts", accounts: state.looks.all() });
    case "act":
      return { decisions: applyAct(ports, state, event, hashOf) };
    case "outcome":
      return { decisions: applyOutcome(state, event.key, event.outcome, hashOf) };
    case "effect": {
      const accounts = noteLoss(state, event);
      return folded(accounts.size === 0 ? { of: "nothing" } : { of: "accounts", accounts });
    }
    case "holding":
    case "price":
    case "terms":
    case "pending":
    case "parity":
    case "venue-state":
    case "depth":
    case "gas":
    case "rate-budget":
    case "permission":
    case "lost":
      return folded(foldFact(state, event));
  }
}

function foldFact(state: State, event: BookEvent): News {
  const change = applyEvent(state.facts, event);
  if (change.of !== "nothing" && (event.type === "terms" || event.type === "pending")) state.prospects.clear();
  return change;
}

/** One alert for each episode of danger, one for each of blindness, and one for each coming change of rules that makes it worse. */
function tellDangers(state: State, { accounts }: Concern, hashOf: HashOf): readonly Decision[] {
  const decisions: Decision[] = [];
  for (const id of [...accounts.values()].flat()) {
    const { view } = state.looks.get(id)!;
    const { danger, because } = view;
    const [level, blind] = [`${id}/level`, `${id}/blind`];
    const now = state.at;
    if (danger !== "unknown") calm(state.episodes, blind, now);
    if (danger === "safe") calm(state.episodes, level, now);
    else {
      const told = { ...because, facts: { account: id, ...because.facts } };
      const identity = danger === "unknown" ? blind : level;
      decisions.push(...raise(state.episodes, identity, { danger, because: told, now }, hashOf));
    }
    decisions.push(...tellProspects(state, id, view, hashOf));
    decisions.push(...tellDrift(state, id, view, hashOf));
    decisions.push(...tellMute(state, id, view, hashOf));
  }
  return decisions;
}

function viewOf({ at, seq, mode = "armed", episodes, looks, facts, guards, reserves, open, ...rest }: State): BookView {
  const sorted = <V>(map: ReadonlyMap<string, V>) =>
    [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  const troubles = lasting(episodes, at);
  return {
    at,
    seq,
    mode,
    ...(troubles.length > 0 && { troubles }),
    accounts: [...looks.all().values()]
      .flat()
      .toSorted()
      .map((id) => looks.get(id)!.view),
    holdings: sorted(facts.holdings),
    guards,
    ...(rest.waiting.length > 0 && { waiting: rest.waiting }),
    ...(rest.readings.size > 0 && { watching: watchingOf(rest, looks) }),
    reserves,
    open: sorted(open).map(({ intent, outcome }) => ({ intent, outcome })),
  };
}

/** What each guard read last, in the order of their ids. */
function watchingOf(
  { readings, watches }: Pick<State, "readings" | "watches">,
  looks: State["looks"],
): readonly Watching[] {
  return [...readings]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, reading]) => {
      const blank = key.indexOf(" ");
      const look = looks.get(key.slice(blank + 1));
      const episode = watches.get(key)?.episode;
      if (look === undefined) return [];
      const { holding, account } = look.view;
      return [{ guard: key.slice(0, blank), holding, account, reading, ...(episode !== undefined && { episode }) }];
    });
}
