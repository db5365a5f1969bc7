import type { BookEvent } from "@plimsoll/core/book";
import type { Intent, Reserve } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import { type AccountView, type Input, type Turn, type TurnPorts, createTurn } from "@plimsoll/core/turn";
import { type Exact, type Hash, type Ms, type QuoteKey, type Why, ms, smaller } from "@plimsoll/core/units";
import type { SeriesPoint } from "@plimsoll/lab/tape";
import { type Driven, type Taken, World } from "./world.ts";

/** Prices of one moment; what is not named stands still. */
export interface CoursePoint {
  readonly at: Ms;
  readonly prices: ReadonlyMap<QuoteKey, Exact>;
}

/** Prices in their order, a book as it stood before the first of them, and who guards it. */
export interface Course {
  readonly points: readonly CoursePoint[];
  readonly driven: readonly Driven[];
  /** Terms, prices and holdings. */
  readonly start: readonly BookEvent[];
  readonly guards: readonly Guard[];
  readonly reserves: readonly Reserve[];
  /** Settlements of the driven instruments, ascending; none are assumed. */
  readonly funding?: readonly SeriesPoint[];
  /** A price at which a trigger is met is looked at again so much later; left out: once only. */
  readonly holdMs?: Ms;
}

export interface Acted {
  readonly at: Ms;
  readonly intent: Intent;
  readonly because: string;
  readonly refused?: Why;
}

/** What became of the book. */
export interface Ran {
  /** No account was liquidated. */
  readonly survived: boolean;
  readonly liquidations: readonly Taken[];
  readonly actions: readonly Acted[];
  /** Lowest health of any maintenance line that was left standing. */
  readonly lowestHealth?: Exact;
  /** Equity by unit before and after; absent where one account's is unknown. */
  readonly equityBefore?: ReadonlyMap<string, Exact>;
  readonly equityAfter?: ReadonlyMap<string, Exact>;
  /** State of the turn at the end: the same plan gives the same hash. */
  readonly hash: Hash;
}

/** Lives through prices: at each of them the venue acts first, then we see what is left. @param course has a point at least. */
export function runCourse(course: Course, ports: TurnPorts): Ran {
  const { points, start, guards, reserves, holdMs } = course;
  const [first] = points;
  const world = new World(ports, start, course.driven);
  const keeper = new Feed(createTurn(ports));
  const begin = ms((first?.at ?? 0) - 1);
  for (const event of [{ type: "policy" as const, guards, reserves }, ...start]) keeper.input(begin, event);
  if (first !== undefined) world.move(first.prices, begin);
  const equityBefore = world.equity(begin);
  const settlements = (course.funding ?? []).filter(({ at }) => at > begin);
  let paid = 0;
  const liquidations: Taken[] = [];
  const actions: Acted[] = [];
  let lowestHealth: Exact | undefined;
  const look = ({ at, prices }: CoursePoint) => {
    const told = world.move(prices, at);
    for (; (settlements[paid]?.at ?? Infinity) <= at; paid += 1) world.fund(settlements[paid]!.value, at);
    liquidations.push(...world.liquidate(at));
    actions.push(...keeper.decide(at, [...told, ...world.snapshot(), { type: "tick" }], world));
    lowestHealth = lowest(lowestHealth, keeper.turn.view().accounts);
  };
  for (const point of points) {
    look(point);
    if (holdMs !== undefined && keeper.waits()) look({ ...point, at: ms(point.at + holdMs) });
  }
  const equityAfter = world.equity(points.at(-1)?.at ?? begin);
  return {
    survived: liquidations.length === 0,
    liquidations,
    actions,
    ...(lowestHealth !== undefined && { lowestHealth }),
    ...(equityBefore !== undefined && { equityBefore }),
    ...(equityAfter !== undefined && { equityAfter }),
    hash: keeper.turn.hash(),
  };
}

/** Most rounds of decisions at one price; more means that guards chase each other. */
const MAX_ROUNDS = 20;

interface Wanted {
  readonly intent: Intent;
  readonly because: string;
}

/** Numbers the inputs and carries out what the turn intends. */
class Feed {
  readonly turn: Turn;
  #seq = 0n;
  constructor(turn: Turn) {
    this.turn = turn;
  }

  input(at: Ms, event: Input["event"], more = false): readonly Wanted[] {
    this.#seq += 1n;
    return this.turn
      .turn({ seq: this.#seq, at, event, ...(more && { more: true as const }) })
      .flatMap((decision) => (decision.type === "intend" ? [decision] : []));
  }

  /** One reading: what it tells is told whole before anything is decided. */
  #read(at: Ms, events: readonly Input["event"][]): readonly Wanted[] {
    return events.flatMap((event, index) => this.input(at, event, index < events.length - 1));
  }

  /** Whether a trigger is met: then what confirms it is time. */
  waits(): boolean {
    return (this.turn.view().watching ?? []).some(({ reading }) => reading.is === "met");
  }

  /** Shows the turn what is there, carries out what it wants, shows it the result, until it wants nothing more. */
  decide(at: Ms, seen: readonly Input["event"][], world: World): readonly Acted[] {
    const acted: Acted[] = [];
    let wanted = this.#read(at, seen);
    for (let round = 1; wanted.length > 0; round += 1) {
      if (round > MAX_ROUNDS)
        throw new Error(`invariant broken: more than ${MAX_ROUNDS} rounds of actions at one price`);
      // Each round is a millisecond later: an outcome and the holding that shows it come after the order.
      const now = ms(at + round);
      const outcomes = wanted.map(({ intent, because }) => {
        const done = world.act(intent.step.holding, intent.step.action, now);
        acted.push({ at: now, intent, because, ...(!done.ok && { refused: done.failure }) });
        const outcome = done.ok
          ? ({ state: "done", verified: "as-predicted" } as const)
          : ({ state: "refused", why: done.failure, verified: "not-yet" } as const);
        return { type: "outcome" as const, key: intent.key, outcome };
      });
      wanted = this.#read(now, [...outcomes, ...world.snapshot()]);
    }
    return acted;
  }
}

function lowest(before: Exact | undefined, accounts: readonly AccountView[]): Exact | undefined {
  return accounts.reduce((least, { maintenance }) => {
    if (maintenance === undefined) return least;
    return least === undefined ? maintenance.health : smaller(least, maintenance.health);
  }, before);
}
