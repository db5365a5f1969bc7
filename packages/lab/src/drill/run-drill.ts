import { type GuardSet, type Drill, assumedOf } from "./drill.ts";
import { validateGuard } from "@plimsoll/core/policy";
import type { Ages } from "@plimsoll/core/risk";
import { type Decision, type Input, type Turn, type TurnPorts, createTurn } from "@plimsoll/core/turn";
import {
  type HoldingId,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  holdingId,
  ms,
  ok,
  quoteKey,
  subtract,
  text,
  trim,
} from "@plimsoll/core/units";
import type { BookEvent } from "@plimsoll/core/book";
import { checkRules } from "./check-rules.ts";
import { checkStops } from "./check-stops.ts";
import { Courier } from "./courier.ts";
import type { AccountResult, DrillResult, SetResult, Told } from "./drill-result.ts";
import { Legacy } from "./legacy.ts";
import { momentsOf } from "./moments.ts";
import { type Reach, isReached } from "./is-reached.ts";
import { readAccounts } from "./read-book.ts";
import { showsOf, Sights } from "./sights.ts";
import type { Happened } from "./stage.ts";
import { Tally } from "./tally.ts";
import type { Variant } from "./vary.ts";
import { World } from "./world.ts";

/** Guards off: the same turn, nothing to fire. */
const NOTHING: GuardSet = {
  name: "nothing",
  guards: [],
  reserves: [],
  feeCap: { by: "loss-avoided" },
  of: [],
};

/** What a venue said at the last look still holds at the next, however far apart they are; a silent venue is said to be lost. */
const AGELESS: Ages = {
  quoteMs: { mark: Infinity, index: Infinity, last: Infinity, oracle: Infinity, "next-oracle": Infinity },
  holdingMs: { exchange: Infinity, chain: Infinity },
  aheadMs: 1_000,
};

/** How long after an action its effect is read. */
const READ_AFTER_MS = 1_000;

/**
 * Plays a drill in virtual time, once without guards and once for each of its guard sets, through the same turn and engines that
 * run live. The venues are the simulated exchange where it can play them, else the engines; nothing here reads a clock.
 * @param seed of the simulated exchange's depth.
 */
export function runDrill(
  { name: variant, drill, leftOut }: Variant,
  ports: TurnPorts,
  seed = 1n,
): Result<DrillResult, Why> {
  const start = readAccounts(drill.accounts, drill.from);
  if (!start.ok) return start;
  const rules = checkRules(drill, start.value, ports);
  if (!rules.ok) return rules;
  const stops = checkStops(drill, start.value);
  if (!stops.ok) return stops;
  const moments = momentsOf(drill);
  const sights = new Sights(drill);
  const runs = [NOTHING, ...drill.guardSets].map((set) =>
    new Run(drill, set, ofGuarded(start.value, set), ports, seed).play(moments, sights),
  );
  const [nothing] = runs;
  const sets = runs.map((run) => ({ ...run, accounts: run.accounts.map((account) => compared(account, nothing!)) }));
  const { id, title } = drill;
  const shown = showsOf(drill, sets, sights);
  return ok({ drill: id, title, variant, looks: moments.length, sets, shown, assumed: assumedOf(drill), leftOut });
}

/** A guard set is played on the accounts that it guards; what becomes of the others is told by doing nothing. */
function ofGuarded(start: readonly BookEvent[], { guards, of }: GuardSet): readonly BookEvent[] {
  const guarded = new Set([...guards.map(({ scope }) => scope.holding), ...of]);
  if (guarded.size === 0) return start;
  const venues = new Set<string>();
  for (const event of start)
    if (event.type === "holding" && guarded.has(event.holding.id)) venues.add(event.holding.venue);
  return start.filter((event) => {
    if (event.type === "holding") return guarded.has(event.holding.id);
    return event.type !== "price" || venues.has(event.key.split(":")[0]!);
  });
}

/** Beside what doing nothing left of the account. */
function compared(result: AccountResult, nothing: SetResult): AccountResult {
  const other = nothing.accounts.find(({ account }) => account === result.account)?.equityEnd;
  if (other === undefined || result.equityEnd === undefined) return result;
  return { ...result, againstNothing: subtract(result.equityEnd, other) };
}

class Run {
  readonly #drill: Drill;
  readonly #set: GuardSet;
  readonly #world: World;
  readonly #turn: Turn;
  readonly #tally: Tally;
  readonly #courier: Courier;
  readonly #told: Told[] = [];
  #legacy: Legacy | undefined;
  #seq = 0n;

  constructor(drill: Drill, set: GuardSet, start: readonly BookEvent[], ports: TurnPorts, seed: bigint) {
    this.#drill = drill;
    this.#set = set;
    this.#world = new World(drill, start, ports, seed);
    this.#tally = new Tally(this.#world, drill.from);
    this.#courier = new Courier(drill, set, this.#world, this.#tally);
    this.#turn = createTurn({ ...ports, ages: AGELESS });
    const reserves = set.reserves.map(({ reserve }) => reserve);
    // Prices and holdings come with the first look, when what they decide can be carried out.
    const terms = start.filter(({ type }) => type === "terms");
    for (const event of [{ type: "policy" as const, guards: set.guards, reserves }, ...terms])
      this.#input(drill.from, event);
  }

  play(moments: readonly Ms[], sights: Sights): SetResult {
    const { diesAt = ms(Infinity) } = this.#set;
    const agenda = new Agenda(moments);
    agenda.add([diesAt]);
    for (let at = agenda.next(); at !== undefined; at = agenda.next()) {
      const happened = this.#world.move(at);
      this.#happen(happened);
      this.#tally.look(at);
      if (this.#set === NOTHING) sights.look(this.#world, at);
      if (at >= diesAt) {
        this.#goOnAlone(at, happened);
        continue;
      }
      const later = this.#courier.deliver(at).flatMap(({ key, outcome }) => {
        const wanted = this.#handle(this.#input(at, { type: "outcome", key, outcome }), at);
        return [...wanted, ms(at! + READ_AFTER_MS)];
      });
      const wanted = this.#isWatched ? this.#feed(at) : [];
      agenda.add([...later, ...wanted, ...this.#courier.nextAt()]);
    }
    this.#courier.close(this.#drill.to);
    const { name: guardSet, must, guards } = this.#set;
    const refusals = guards.flatMap((guard) =>
      validateGuard(guard).map(({ field, value, wrong }) => `${guard.id}: ${field} ${value} ${wrong}`),
    );
    const accounts = this.#tally.results(this.#drill.to).map((account) => {
      const left = this.#legacy?.of(account.account, account.equityEnd);
      return { ...account, ...(left && { left }) };
    });
    const of = this.#set.of.length > 0 ? this.#set.of : guards.map(({ scope }) => scope.holding);
    return { guardSet, ...(must !== undefined && { must }), of, accounts, told: this.#told, refusals };
  }

  /** What venues did by themselves: what they took, and the stops that they woke. */
  #happen({ taken, woken }: Happened): void {
    for (const stop of woken) {
      this.#tally.wake(stop);
      const { holding, instrument, trigger, at } = stop;
      if (trigger.kind === "last")
        this.#noteMisfire(holding, quoteKey(`${this.#venueOf(holding)}:${instrument}:last`), trigger, at);
    }
    for (const each of taken) this.#tally.die(each);
  }

  /** The machine is dead: what was sent arrives, what lies at venues works, and nothing else of ours does. */
  #goOnAlone(at: Ms, { woken }: Happened): void {
    if (this.#legacy === undefined) {
      for (const event of this.#world.events(at)) this.#input(at, event);
      const covers = this.#turn.coverage({ deadMan: () => "off" });
      const equities = new Map(
        this.#world.holdings.map((holding) => [holding.id, this.#tally.equity(holding, at)?.value]),
      );
      this.#legacy = new Legacy(covers, equities, at);
    }
    this.#courier.deliver(at);
    this.#legacy.look(this.#world.quotes, woken);
  }

  #venueOf(holding: HoldingId): string {
    return this.#drill.accounts.find(({ name }) => holdingId(name) === holding)!.venue;
  }

  /** Nobody is asked for decisions where there are no guards, unless the drill wants to know when danger was told. */
  get #isWatched(): boolean {
    return this.#set !== NOTHING || this.#drill.shows.some(({ look }) => look?.at === "danger");
  }

  /** Tells the turn what a feed would tell now; a tick where it tells of no holding, so that ages grow. */
  #feed(at: Ms): readonly Ms[] {
    const events = this.#world.events(at);
    const all = events.some(({ type }) => type === "holding") ? events : [...events, { type: "tick" as const }];
    return all.flatMap((event) => this.#handle(this.#input(at, event), at));
  }

  #input(at: Ms, event: Input["event"]): readonly Decision[] {
    this.#seq += 1n;
    return this.#turn.turn({ seq: this.#seq, at, event });
  }

  /** Carries decisions out. @returns moments at which there is something to see. */
  #handle(decisions: readonly Decision[], at: Ms): readonly Ms[] {
    return decisions.flatMap((decision) => {
      switch (decision.type) {
        case "alert":
          this.#tell(decision, at);
          return [];
        case "intend":
          return this.#send(decision, at);
        case "plan":
          return [];
      }
    });
  }

  #send({ intent, because }: Extract<Decision, { readonly type: "intend" }>, at: Ms): readonly Ms[] {
    this.#watchForMisfire(intent.step.holding, at);
    const taken = this.#courier.take(intent, because, at);
    if (taken.ok) return taken.value;
    this.#handle(this.#input(at, { type: "outcome", key: intent.key, outcome: taken.failure }), at);
    return [];
  }

  /** A guard that a last price fired, while the mark by which the venue liquidates is not there: what it does, it does for nothing. */
  #watchForMisfire(holding: HoldingId, at: Ms): void {
    for (const { scope, trigger } of this.#set.guards) {
      if (scope.holding !== holding || trigger.when !== "price" || trigger.kind !== "last") continue;
      const { quote, side: when, at: price } = trigger;
      if (isReached({ when, at: price }, this.#world.quotes.get(quote)?.value))
        this.#noteMisfire(holding, quote, { when, at: price }, at);
    }
  }

  /** The venue liquidates by its mark: where that is not there, what a last price set off was for nothing. */
  #noteMisfire(holding: HoldingId, quote: QuoteKey, trigger: Reach, at: Ms): void {
    const last = this.#world.quotes.get(quote)?.value;
    const mark = this.#world.quotes.get(quoteKey(quote.replace(/:last$/, ":mark")))?.value;
    if (mark === undefined || isReached(trigger, mark)) return;
    const [said, to] = [last === undefined ? "the last price" : `last ${text(trim(last))}`, text(trim(trigger.at))];
    this.#tally.misfire(holding, at, `${said} reached ${to}, mark ${text(trim(mark))} did not`);
  }

  #tell({ danger, why: reason }: Extract<Decision, { readonly type: "alert" }>, at: Ms): void {
    const named = reason.facts["account"] ?? "";
    const account = this.#drill.accounts.find(({ name }) => named.startsWith(`${name}/`))?.name;
    if (account === undefined) return;
    const of = holdingId(account);
    if (this.#told.some((each) => each.account === of && each.danger === danger && each.code === reason.code)) return;
    const arrived = this.#world.weather.alertsArrive(at);
    this.#told.push({ at, account: of, danger, code: reason.code, facts: reason.facts, arrived });
  }
}

/** Moments still to come, in order; those of the scenario and those that actions ask for. */
class Agenda {
  readonly #planned: readonly Ms[];
  readonly #end: Ms;
  #extra: Ms[] = [];
  #index = 0;
  #last = -Infinity;

  constructor(moments: readonly Ms[]) {
    this.#planned = moments;
    this.#end = moments.at(-1)!;
  }

  add(moments: readonly Ms[]): void {
    for (const at of moments) if (at > this.#last && at <= this.#end && !this.#extra.includes(at)) this.#extra.push(at);
    this.#extra.sort((a, b) => a - b);
  }

  next(): Ms | undefined {
    const [planned, extra] = [this.#planned[this.#index], this.#extra[0]];
    const at = extra !== undefined && (planned === undefined || extra <= planned) ? extra : planned;
    if (at === undefined) return undefined;
    if (at === planned) this.#index += 1;
    if (at === extra) this.#extra.shift();
    this.#last = at;
    return at;
  }
}
