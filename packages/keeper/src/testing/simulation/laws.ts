// oxlint-disable import/no-relative-parent-imports -- like a test, the simulation reaches past the doors for the parts it runs
import type { Action } from "@plimsoll/core/book";
import { readChain } from "@plimsoll/core/journal";
import type { ExecutionState, Intent, Plan } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import {
  type AccountView,
  type BookMode,
  type Decision,
  type Facts,
  type Input,
  applyEvent,
  createTurn,
  isBookEvent,
  noFacts,
  termsOf,
} from "@plimsoll/core/turn";
import {
  type Exact,
  type Hash,
  type HoldingId,
  type Ms,
  ZERO,
  add,
  below,
  compare,
  subtract,
  text,
} from "@plimsoll/core/units";
import { engineOf } from "@plimsoll/venues";
import { isTerminal } from "../../execution/states.ts";
import type { Keeper } from "../../keeper.ts";
import { createLatest } from "../../latest.ts";
import type { Written } from "../../ledger.ts";
import { intentsOf, recover } from "../../recover.ts";
import { type JournalRecord, readRecord } from "../../records.ts";
import { sha256 } from "../../store/crypto.ts";
import type { OwnEffect } from "./effects.ts";
import type { SimulatedExchange } from "./exchange.ts";
import type { MemoryStore } from "./memory-store.ts";
import { StopLaws } from "./stop-laws.ts";
import type { Story } from "./story.ts";
import { ages, turnPorts } from "./turn-ports.ts";

export const TICK_MS = 1_000;
/** Two turns more than a guard's window, and what a reading may be late by. */
const LATE_MS = 500;
const SLACK_MS = 2 * TICK_MS + LATE_MS;

/** What must hold in every world, whatever its weather; a law that was broken says so in one sentence. */
export class Laws {
  readonly broken: string[] = [];
  readonly #guards: readonly Guard[];
  readonly #exchange: SimulatedExchange;
  readonly #stops: StopLaws;
  readonly #facts: Facts = noFacts();
  /** When a guard's trigger began to be met, as the journal knows it. */
  readonly #met = new Map<HoldingId, { readonly since: Ms; readonly of: Keeper }>();
  readonly #answered = new Set<HoldingId>();
  /** What the owner set last, as the journal knows it, and when. */
  #mode: { readonly is: BookMode; readonly since: number } = { is: "armed", since: 0 };
  #heardUpTo = 0n;
  /** Intents without an end yet, each with what it occupies and its plan. */
  readonly #open = new Map<string, { readonly lane: string; readonly of: Hash }>();
  /** When the last intent ended on what it occupied. */
  readonly #ended = new Map<string, number>();
  /** Keys of what keeps stops, and closes what one left. */
  readonly #forStops = new Set<string>();
  /** Where an intent was done in part. */
  readonly #inPart = new Set<HoldingId>();
  /** Every intent that the journal holds, and how far it came. */
  readonly #intents = new Map<string, { readonly intent: Intent; readonly state: ExecutionState }>();

  constructor({ guards, accounts }: Story, exchange: SimulatedExchange) {
    this.#guards = guards;
    this.#exchange = exchange;
    const names = accounts.map(({ name }) => name);
    this.#stops = new StopLaws(names, this.#facts, (sentence) => this.#break(sentence));
  }

  /** What lies at the exchange now. */
  lying(): void {
    this.#stops.lying(this.#exchange);
  }

  /** An effect of ours makes something smaller, and an account better or good enough. */
  effect({ reference, holding, exposure, health }: OwnEffect): void {
    if (compare(exposure.after, exposure.before) >= 0)
      this.#break(
        `${reference} raised the exposure of ${holding} from ${text(exposure.before)} to ${text(exposure.after)}`,
      );
    // a stop closes within its own limit, whatever the health of what is left on the way
    if ([...this.#forStops].some((key) => reference.startsWith(key))) return;
    const guard = this.#guards.find(({ scope }) => scope.holding === holding);
    if (guard?.target.want !== "health" || health.after.is !== "known" || health.before.is !== "known") return;
    const [then, now] = [health.before.value, health.after.value];
    if (below(now, guard.target.at) && !below(then, now))
      this.#break(
        `${reference} took ${holding} from ${text(then)} to ${text(now)}, under its target ${text(guard.target.at)}`,
      );
  }

  /** Reads what was written and told to nobody: by a process in the moment of its end, and by a keeper on its way to start. */
  begins(store: MemoryStore): void {
    const unheard = store.since((bytes) => readRecord(bytes).number <= this.#heardUpTo).map(readRecord);
    for (const record of unheard.toSorted((a, b) => Number(a.number - b.number))) {
      this.#heardUpTo = record.number;
      this.#note(record);
    }
  }

  /** What a keeper that starts warns of: it read its journal back, and decided otherwise. */
  warned(facts: object): void {
    if ("differing" in facts) this.#break(`${String(facts.differing)} decisions come out otherwise after a restart`);
  }

  #note(record: JournalRecord): void {
    if (record.kind === "input") this.#learn(record.input);
    if (record.kind === "decided") this.#intended(record.decisions);
  }

  #intended(decisions: readonly Decision[]): void {
    const ofStops = decisions.flatMap((each) =>
      each.type === "plan" && isForStops(each.plan) ? [each.plan.hash] : [],
    );
    for (const intent of intentsOf(decisions)) {
      if (this.#intents.has(intent.key)) continue;
      this.#intents.set(intent.key, { intent, state: "intended" });
      if (ofStops.includes(intent.plan)) this.#forStops.add(intent.key);
    }
  }

  #learn(input: Input): void {
    const { event, at } = input;
    this.#stops.learn(input);
    if (event.type === "mode") this.#mode = { is: event.mode, since: at };
    if (event.type === "outcome") this.#ends(event.key, event.outcome.state, at);
    if (isBookEvent(event)) applyEvent(this.#facts, event);
  }

  #ends(key: string, state: ExecutionState, at: Ms): void {
    const known = this.#intents.get(key);
    if (known !== undefined) this.#intents.set(key, { ...known, state });
    if (known !== undefined && state === "partly") this.#inPart.add(known.intent.step.holding);
    if (!isTerminal(state)) return;
    const lane = this.#open.get(key)?.lane;
    if (lane !== undefined) this.#ended.set(lane, at);
    this.#open.delete(key);
  }

  /** What a keeper wrote: decisions rest on fresh data on which their guard says so, and nobody is safe on old data. */
  heard(written: readonly Written[], keeper: Keeper, now: Ms): void {
    const decided = new Map(
      written.flatMap(({ record }) => (record.kind === "decided" ? [[record.of, record] as const] : [])),
    );
    for (const { at: writtenAt, record } of written) {
      // told by a process that stood still: others have written since, and what it decided shows in their view
      if (record.number < this.#heardUpTo) continue;
      this.#heardUpTo = record.number;
      this.#note(record);
      if (record.kind === "prepared" && writtenAt > this.#mode.since) this.#allowed(record.key, record.action);
      if (record.kind !== "input") continue;
      const { seq, at } = record.input;
      const decisions = decided.get(seq)?.decisions ?? [];
      this.#intended(decisions);
      for (const intent of intentsOf(decisions)) {
        this.#alone(intent);
        this.#justified(intent, at);
        this.#allowed(intent.key, intent.step.action);
      }
      for (const decision of decided.get(seq)?.decisions ?? []) {
        if (decision.type === "intend") this.#answered.add(decision.intent.step.holding);
        if (decision.type === "alert" && decision.why.facts["guard"] !== undefined)
          for (const { id, scope } of this.#guards)
            if (id === decision.why.facts["guard"]) this.#answered.add(scope.holding);
      }
    }
    this.#watch(keeper, now);
    if (this.#guards.some(({ stops = [] }) => stops.length > 0)) this.#stops.covered(keeper.coverage(), this.#exchange);
    if (written.some(({ record }) => record.kind === "input" && record.input.event.type === "tick"))
      this.#looked(keeper);
  }

  /** Nothing else is under way on what an intent occupies, and what was last is seen. */
  #alone({ key, plan, step: { holding, action } }: Intent): void {
    const lane = action.do === "stop" || action.do === "cancel" ? `${holding} stops` : holding;
    for (const [other, { lane: taken, of }] of this.#open)
      if (taken === lane && of !== plan) this.#break(`${key} is intended on ${lane} while ${other} is open`);
    if ((this.#facts.holdings.get(holding)?.asOf ?? 0) <= (this.#ended.get(lane) ?? -1))
      this.#break(`${key} is intended on ${lane} without a reading since the last one ended`);
    this.#open.set(key, { lane, of: plan });
  }

  /** Whether the house may intend, or send, this now. */
  #allowed(key: string, action: Action | undefined): void {
    const { is } = this.#mode;
    const adds = action === undefined || action.do === "withdraw" || (action.do === "order" && !action.reduceOnly);
    if (is === "shadow" || is === "halted" || (is === "reduce-only" && adds))
      this.#break(`${key}: ${action?.do ?? "a message"} while the house is ${is}`);
    if (action?.do === "order" && !action.reduceOnly) this.#break(`${key} is an order that may open`);
  }

  /** Every account was looked at just now: no figure that rests on old data counts as known; no guard is disarmed within its day. */
  #looked(keeper: Keeper): void {
    const { at, accounts, guards } = keeper.view();
    for (const { holding, equity, danger, asOf, boundaries } of accounts) {
      if (!this.#isOld(at, asOf, boundaries)) continue;
      if (equity.is === "known") this.#break(`the equity of ${holding} is called known on old data`);
      if (danger === "safe") this.#break(`${holding} is called safe on old data`);
    }
    for (const { id, mode } of this.#guards)
      if (mode === "armed" && guards.find((guard) => guard.id === id)?.mode !== "armed")
        this.#break(`${id} is disarmed before its day is over`);
  }

  #isOld(at: number, asOf: number, boundaries: AccountView["boundaries"]): boolean {
    const { holdingMs, quoteMs } = ages;
    if (at - asOf > (boundaries[0]?.kind === "oracle" ? holdingMs.chain : holdingMs.exchange)) return true;
    return boundaries.some(({ quote, kind }) => at - (this.#facts.quotes.get(quote)?.asOf ?? 0) > quoteMs[kind]);
  }

  /** Nobody is called safe on old data; a guard whose trigger stays met does something, or says why not. */
  #watch(keeper: Keeper, now: Ms): void {
    const { at, accounts, open } = keeper.view();
    for (const { intent } of open) this.#answered.add(intent.step.holding);
    for (const { holding, danger, maintenance, asOf, boundaries } of accounts) {
      const guard = this.#guards.find(({ scope }) => scope.holding === holding);
      if (guard?.trigger.when !== "health") continue;
      // the last look at it may be as old as a tick
      if (danger === "safe" && this.#isOld(at - TICK_MS - LATE_MS, asOf, boundaries))
        this.#break(`${holding} is called safe on old data`);
      const met = maintenance !== undefined && danger !== "unknown" && below(maintenance.health, guard.trigger.below);
      const before = this.#met.get(holding);
      const mayAct = guard.mode === "armed" && this.#mode.is === "armed";
      if (!met || !mayAct) this.#met.delete(holding);
      else if (before?.of !== keeper) this.#met.set(holding, { since: at, of: keeper });
      else if (now - before.since > guard.bounds.confirmMs + SLACK_MS && !this.#answered.has(holding))
        this.#break(
          `${holding} stands under ${text(guard.trigger.below)} for ${now - before.since} ms and nothing is done`,
        );
    }
  }

  /** On what the journal knew at that moment, does the guard say so? */
  #justified({ key, step: { holding: id } }: Intent, at: Ms): void {
    const guard = this.#guards.find(({ scope }) => scope.holding === id);
    const holding = this.#facts.holdings.get(id);
    const terms = holding && termsOf(this.#facts, holding, at);
    const engine = holding && engineOf(holding.venue, holding.rules);
    if (guard === undefined) return this.#break(`an intent on ${id} that no guard asked for`);
    // what a process wrote in the moment of its end was heard by nobody
    if (holding === undefined || terms === undefined || engine === undefined) return undefined;
    if (guard.mode !== "armed") return this.#break(`an intent on ${id} in shadow`);
    const scene = { now: at, quotes: this.#facts.quotes, terms };
    const account = engine.accounts(holding)[0]!;
    const compiled = engine.compile(holding, account, scene, "maintenance");
    const quotes = "form" in compiled ? compiled.form.quotes : [];
    const oldest = Math.min(holding.asOf, ...quotes.map((key) => scene.quotes.get(key)?.asOf ?? 0));
    if (at - oldest > guard.bounds.maxAgeMs)
      return this.#break(`an intent on ${id} on data of ${at - oldest} ms, older than ${guard.bounds.maxAgeMs}`);
    if (this.#forStops.has(key)) return undefined;
    const advanced = at > holding.asOf ? engine.advance(holding, at, scene) : holding;
    const assessment = engine.assess(advanced, account, scene);
    const health = assessment.lines.find(({ name }) => name === "maintenance")?.health;
    if (guard.trigger.when !== "health") return undefined;
    // what was done in part may be finished until the trigger is released
    const until = this.#inPart.has(id) ? guard.trigger.release : guard.trigger.below;
    if (health === undefined || !below(health, until))
      this.#break(`an intent on ${id} at health ${health === undefined ? "unknown" : text(health)}`);
  }

  /** The journal is whole, every intent has ended and did at most what it said, and nothing was done that no intent explains. */
  async end(store: MemoryStore, effects: readonly OwnEffect[]): Promise<void> {
    this.begins(store);
    for (const stream of await store.streams()) {
      const chain = await readChain(sha256, stream, store.read(stream, 1n));
      if (!chain.ok) this.#break(`the journal's chain of ${stream} is broken`);
    }
    for (const { intent, state } of this.#intents.values()) {
      if (!isTerminal(state)) this.#break(`${intent.key} is still ${state} long after the storm`);
      const own = effects.filter(({ reference }) => reference.startsWith(intent.key));
      const done = own.reduce((sum, { amount }) => add(sum, amount), ZERO);
      const meant = sizeOf(intent.step.action);
      if (meant !== "all" && below(meant, done))
        this.#break(`${intent.key} meant ${text(meant)} and did ${text(done)}`);
    }
    const keys = [...this.#intents.keys()];
    for (const { reference } of effects)
      if (!keys.some((key) => reference.startsWith(key)))
        this.#break(`${reference} is an effect that no intent explains`);
  }

  /** The journal gives everything back to a keeper that would start now. */
  async readBack(store: MemoryStore): Promise<void> {
    const again = await recover(store, createTurn(turnPorts), createLatest());
    if (!again.ok) return this.#break(`the journal cannot be read back: ${again.failure.code}`);
    if (again.value.differing > 0) this.#break(`${again.value.differing} decisions come out otherwise on reading back`);
    for (const { intent, state } of again.value.tracks)
      if (this.#intents.get(intent.key)?.state !== state)
        this.#break(`${intent.key} comes back as ${state}, and was ${this.#intents.get(intent.key)?.state}`);
    return undefined;
  }

  /** No more left the wallet than was set aside. */
  spent(spent: Exact, free: Exact, floor: Exact): void {
    if (below(subtract(free, floor), spent) && compare(spent, ZERO) > 0)
      this.#break(`${text(spent)} was spent of ${text(free)} with a floor of ${text(floor)}`);
  }

  #break(sentence: string): void {
    if (!this.broken.includes(sentence)) this.broken.push(sentence);
  }
}

function sizeOf(action: Action): Exact | "all" {
  if (action.do === "order" || action.do === "stop") return action.size;
  return action.do === "cancel" ? ZERO : action.amount;
}

const isForStops = ({ doNothing }: Plan): boolean =>
  doNothing.is === "none" && doNothing.why.code === "resting-protection";
