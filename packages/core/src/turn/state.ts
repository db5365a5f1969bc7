import { type Intent, type Outcome, type PlanStep, type Reserve, type Spend } from "@plimsoll/core/planner";
import { type Guard, type HashOf, type Reading, type Waiting, type Watch } from "@plimsoll/core/policy";
import type { EffectEvent, WokenStop } from "@plimsoll/core/protection";
import { type Hash, type HoldingId, type Ms, ms } from "@plimsoll/core/units";
import { type Facts, noFacts } from "./apply-event.ts";
import type { Unread } from "./concern.ts";
import { type Episodes, told } from "./episodes.ts";
import { type GuardIndex, indexGuards } from "./guard-index.ts";
import { Looks } from "./looks.ts";
import type { BookMode } from "./mode.ts";
import type { ProspectBook } from "./prospects.ts";

/** An intent whose end is not known yet, and what it occupies. */
export interface OpenIntent {
  readonly intent: Intent;
  readonly outcome: Outcome;
  /** The watch of the guard and account it serves. */
  readonly watch: string;
  readonly firedAt: Ms;
  /** Accounts that it changes; each takes no second intent meanwhile. */
  readonly accounts: readonly string[];
  readonly partly: boolean;
}

/** What an intent about the resting stops of an account occupies: it changes no figure, and no rescue waits for it. */
export const stopsOf = (account: string): string => `${account} stops`;

/** All that a turn remembers. Ids of accounts are "holding/account". */
export interface State {
  /** What came of a reading of which more follows. */
  unread?: Unread;
  at: Ms;
  seq: bigint;
  readonly facts: Facts;
  /** Computed from the facts. */
  readonly looks: Looks;
  /** Computed from the facts. */
  readonly prospects: ProspectBook;
  /** Absent until somebody sets it: armed, so that each guard's own mode decides. */
  mode?: BookMode;
  shadowSince?: Ms;
  /** In the order of their ids. */
  guards: readonly Guard[];
  /** Computed from the guards. */
  guardIndex: GuardIndex;
  versions: ReadonlyMap<string, Hash>;
  /** Looser versions that are asked for and not in force; `guards` is what is. */
  waiting: readonly Waiting[];
  /** What each watch read last; computed from the facts and the watches. */
  readonly readings: Map<string, Reading>;
  reserves: readonly Reserve[];
  readonly watches: Map<string, Watch>;
  readonly episodes: Episodes;
  readonly open: Map<string, OpenIntent>;
  /** When the last intent on an account ended: only a holding newer than that may decide about it again. */
  readonly ended: Map<string, Ms>;
  /** Money that intents took, by intent key. */
  readonly spends: Map<string, Spend>;
  /** Plans that a person confirmed and that were carried out: none is twice. */
  readonly acted: Map<Hash, Ms>;
  /** When a venue stopped last, or a holding was lost: until when, by its id. What lies there has to be seen again. */
  readonly halts: Map<string, Ms | "lasts">;
  /** Stops of ours that woke and did not fill, by account. */
  readonly woken: Map<string, readonly WokenStop[]>;
  /** What venues reported and no reading has shown yet. */
  readonly effects: Map<HoldingId, readonly EffectEvent[]>;
  /** Steps that ended and no reading has shown yet. */
  readonly deeds: Map<HoldingId, readonly { readonly step: PlanStep; readonly at: Ms }[]>;
}

export const emptyState = (): State => ({
  at: ms(0),
  seq: 0n,
  facts: noFacts(),
  looks: new Looks(),
  prospects: new Map(),
  guards: [],
  guardIndex: indexGuards([]),
  versions: new Map(),
  waiting: [],
  readings: new Map(),
  reserves: [],
  watches: new Map(),
  episodes: new Map(),
  open: new Map(),
  ended: new Map(),
  spends: new Map(),
  acted: new Map(),
  halts: new Map(),
  woken: new Map(),
  effects: new Map(),
  deeds: new Map(),
});

/** Hash of what was learnt and decided; not of the clock, and not of what is computed from the rest. Terms count by their own hash. */
export function stateHash(state: State, hashOf: HashOf): Hash {
  const {
    unread: _unread,
    at: _at,
    seq: _seq,
    looks: _looks,
    prospects: _prospects,
    guardIndex: _index,
    facts,
    halts,
    woken,
    effects,
    deeds,
    acted,
    episodes,
    ...rest
  } = state;
  const terms = [...facts.terms].map(
    ([key, documents]) => [key, documents.map(({ validFrom, hash }) => [validFrom, hash])] as const,
  );
  const pending = facts.pending.size === 0 ? undefined : facts.pending;
  const parity = facts.parity.size === 0 ? undefined : facts.parity;
  const conditions = facts.conditions.size === 0 ? undefined : facts.conditions;
  const unlessEmpty = (map: ReadonlyMap<string, unknown>) => (map.size === 0 ? undefined : map);
  const young = {
    halts: unlessEmpty(halts),
    woken: unlessEmpty(woken),
    effects: unlessEmpty(effects),
    deeds: unlessEmpty(deeds),
    acted: unlessEmpty(acted),
  };
  return hashOf([
    "state",
    {
      ...rest,
      ...young,
      episodes: told(episodes),
      facts: { ...facts, terms: new Map(terms), pending, parity, conditions },
    },
  ]);
}
