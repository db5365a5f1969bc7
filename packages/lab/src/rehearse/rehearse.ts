import type { Action, BookEvent } from "@plimsoll/core/book";
import type { Plan } from "@plimsoll/core/planner";
import { type Guard, type Reading, stopProblems, validateGuard } from "@plimsoll/core/policy";
import { type Decision, type Input, type Turn, type TurnPorts, type Watching, createTurn } from "@plimsoll/core/turn";
import { type AccountKey, type Exact, type Ms, type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import { concerning } from "./concerning.ts";
import { type RehearsalStep, priceWay, stamped, timeOf } from "./path.ts";

/** One thing that a guard did in a rehearsal. */
export interface RehearsalMoment {
  readonly at: Ms;
  /** What had just happened. */
  readonly note: string;
  readonly account: AccountKey;
  /**
   * `met`: its trigger is met; `fires`: it acts, or would; `says`: it tells a person; `releases`: ready again; `over`: its episode
   * is, and with it its vigilance; `blind`: it does not know.
   */
  readonly what: "met" | "fires" | "says" | "releases" | "over" | "blind";
  /** The number that decided. */
  readonly value?: Exact;
  readonly because: string;
  /** What it would do. */
  readonly proposes: readonly Action[];
}

export interface Rehearsal {
  readonly guard: string;
  readonly steps: number;
  readonly moments: readonly RehearsalMoment[];
}

/**
 * Runs one guard, in shadow, through the turn that runs live: over a path of steps, or over the built-in one through its trigger and
 * back. Nothing is sent, and the book stays as it is but for the path: the rehearsal says when the guard would have fired, with
 * which reading, what it would have proposed, and when it was ready again.
 * @param start the book: terms, prices and holdings, as a book file gives them.
 * @returns a failure where the guard itself is wrong, or nothing of it is in the book.
 */
export function rehearse(
  guard: Guard,
  start: readonly BookEvent[],
  ports: TurnPorts,
  path: readonly RehearsalStep[] = priceWay(guard, start),
): Result<Rehearsal, Why> {
  const [problem] = validateGuard(guard);
  if (problem !== undefined) return fail(why("guard-invalid", { guard: guard.id, ...problem }));
  if (!start.some((event) => event.type === "holding" && event.holding.id === guard.scope.holding))
    return fail(
      why("guard-watches-nothing", { guard: guard.id, holding: guard.scope.holding, next: "check its scope" }),
    );
  const stage = new Stage(guard, ports);
  const begin = ms(Math.max(...start.map(timeOf)));
  const moments = [...stage.begin(begin, concerning(guard, start))];
  const beyond = stage.beyondLiquidation();
  if (beyond !== undefined) return fail(beyond);
  let now = begin;
  for (const { afterMs, note, events } of path) {
    now = ms(now + afterMs);
    moments.push(...stage.play(now, note, events));
  }
  return ok({ guard: guard.id, steps: path.length, moments });
}

/** A turn with one guard in it, and the world as last told, which is read anew at each step. */
class Stage {
  readonly #turn: Turn;
  readonly #guard: Guard;
  readonly #told = new Map<string, BookEvent>();
  #seq = 0n;
  #before = new Map<AccountKey, Watching>();

  constructor(guard: Guard, ports: TurnPorts) {
    this.#guard = guard;
    this.#turn = createTurn(ports);
  }

  /** The book first, then the guard: it never sees a part of it. */
  begin(at: Ms, start: readonly BookEvent[]): readonly RehearsalMoment[] {
    for (const event of start) this.#input(at, stamped(event, at));
    const armed = this.#input(at, { type: "policy", guards: [{ ...this.#guard, mode: "shadow" }], reserves: [] });
    for (const event of start) this.#remember(event);
    return [...this.#moments(at, "the start", armed), ...this.play(at, "the start", [])];
  }

  #remember(event: BookEvent): void {
    const name = nameOf(event);
    if (name !== undefined) this.#told.set(name, event);
  }

  #input(at: Ms, event: Input["event"], more = false): readonly Decision[] {
    this.#seq += 1n;
    return this.#turn.turn({ seq: this.#seq, at, event, ...(more && { more }) });
  }

  /** One reading: nobody decides on a part of it. */
  #read(at: Ms, events: readonly BookEvent[]): readonly Decision[] {
    return events.flatMap((event, place) => this.#input(at, stamped(event, at), place < events.length - 1));
  }

  /** Tells a step and everything else anew, lets the confirmation window pass, and says what came of it. */
  play(at: Ms, note: string, events: readonly BookEvent[]): readonly RehearsalMoment[] {
    const once = events.filter((event) => nameOf(event) === undefined);
    for (const event of events) this.#remember(event);
    const { confirmMs } = this.#guard.bounds;
    const told = [...this.#told.values()];
    const first = this.#read(at, [...once, ...told]);
    const moments = this.#moments(at, note, [...first, ...this.#input(at, { type: "tick" })]);
    if (confirmMs === 0 || !moments.some(({ what }) => what === "met")) return moments;
    const later = ms(at + confirmMs);
    const again = this.#read(later, told);
    const waited = this.#moments(later, `${note}, held ${confirmMs / 1_000} s`, again);
    return [...moments, ...waited];
  }

  #moments(at: Ms, note: string, decisions: readonly Decision[]): readonly RehearsalMoment[] {
    const watching = new Map((this.#turn.view().watching ?? []).map((one) => [one.account, one]));
    const moments: RehearsalMoment[] = [];
    for (const [account, now] of watching) {
      const moment = (
        what: RehearsalMoment["what"],
        because: string,
        proposes: readonly Action[] = [],
      ): RehearsalMoment => ({
        ...{ at, note, account, what, because, proposes },
        ...valueOf(now.reading),
      });
      const what = changeOf(this.#before.get(account), now);
      if (what !== undefined) moments.push(moment(what, becauseOf(now.reading)));
      const wasOver = this.#before.get(account)?.episode !== undefined && now.episode === undefined;
      if (wasOver) moments.push(moment("over", "its hour is over"));
      // while a step is told some of it is older than the rest: only what is still unknown at its end is said
      const isNoise = (code: string) => code === "too-old-to-act" && now.reading.is !== "unknown";
      const said = decisions.flatMap((one) =>
        one.type === "alert" && isOf(one.why, this.#guard, account) && !isNoise(one.why.code) ? [one.why] : [],
      );
      for (const told of said) moments.push(moment("says", sentence(told)));
      for (const { steps, because } of plansOf(decisions)) {
        const actions = steps.filter((step) => step.account === account).map(({ action }) => action);
        if (actions.length > 0) moments.push(moment("fires", because.join("; "), actions));
      }
    }
    this.#before = watching;
    return moments;
  }

  /** A stop that could never fire, at the prices of the start. */
  beyondLiquidation(): Why | undefined {
    const { holding, account } = this.#guard.scope;
    const mine = this.#turn
      .view()
      .accounts.filter((one) => one.holding === holding && (account === undefined || one.account === account));
    const [problem] = mine.flatMap(({ boundaries }) => stopProblems(this.#guard, boundaries));
    return problem && why("stop-beyond-liquidation", { guard: this.#guard.id, ...problem });
  }
}

/** What an event tells again and again; what happens once has no name. */
function nameOf(event: BookEvent): string | undefined {
  if (event.type === "price") return `price ${event.key}`;
  return event.type === "holding" ? `holding ${event.holding.id}` : undefined;
}

function changeOf(before: Watching | undefined, { reading }: Watching): RehearsalMoment["what"] | undefined {
  const was = before?.reading.is;
  if (reading.is === was) return undefined;
  if (reading.is === "met") return "met";
  if (reading.is === "unknown") return "blind";
  return reading.is === "released" && (was === "met" || was === "between") ? "releases" : undefined;
}

const valueOf = (reading: Reading): Pick<RehearsalMoment, "value"> =>
  reading.is !== "unknown" && reading.seen !== undefined ? { value: reading.seen.value } : {};

function becauseOf(reading: Reading): string {
  if (reading.is === "met") return reading.because;
  return reading.is === "unknown" ? sentence(reading.why) : reading.is;
}

const sentence = ({ code, facts }: Why): string =>
  [code, ...Object.entries(facts).map(([name, value]) => `${name} ${value}`)].join(", ");

const isOf = ({ facts }: Why, guard: Guard, account: AccountKey): boolean =>
  facts["guard"] === guard.id && (facts["account"]?.endsWith(`/${account}`) ?? false);

const plansOf = (decisions: readonly Decision[]): readonly Plan[] =>
  decisions.flatMap((one) => (one.type === "plan" ? [one.plan] : []));
