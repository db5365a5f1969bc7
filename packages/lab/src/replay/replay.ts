import type { BookEvent } from "@plimsoll/core/book";
import type { Intent, Reserve } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import { type AccountView, type Input, type Turn, type TurnPorts, createTurn } from "@plimsoll/core/turn";
import {
  type Exact,
  type Hash,
  type Ms,
  type Result,
  type Why,
  fail,
  ms,
  ok,
  smaller,
  why,
} from "@plimsoll/core/units";
import type { SeriesPoint, Tape } from "@plimsoll/lab/tape";
import { type Order, orders, pathOf } from "./path.ts";
import { type Driven, type Taken, World } from "./world.ts";

/** What is replayed: a tape, the quotes that follow it, a book as it stood at the start, and who guards it. */
export interface ReplayPlan {
  readonly tape: Tape;
  readonly driven: readonly Driven[];
  /** Terms, prices and holdings before the first bar. */
  readonly start: readonly BookEvent[];
  readonly guards: readonly Guard[];
  readonly reserves: readonly Reserve[];
  /** Settlements of the driven instruments, ascending; none are assumed. */
  readonly funding?: readonly SeriesPoint[];
}

export interface Acted {
  readonly at: Ms;
  readonly intent: Intent;
  readonly because: string;
  readonly refused?: Why;
}

/** One way through the tape. */
export interface Run {
  readonly order: Order;
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

export interface Replay {
  readonly tape: Tape["record"];
  /** Both ways through every bar, because a candle does not say which extreme came first. */
  readonly runs: readonly Run[];
  /** The worse of the two ways. */
  readonly survived: boolean;
}

/**
 * Replays a tape through the same turn and engines that run live; the world's side (fills, interest, liquidation) is the engines' own.
 * At each price the venue acts first, then we see what is left; our orders fill at the worst price their guard allows.
 * @returns a failure when no quote of the book follows the tape.
 */
export function replay(plan: ReplayPlan, ports: TurnPorts): Result<Replay, Why> {
  const priced = new Set(plan.start.flatMap((event) => (event.type === "price" ? [event.key] : [])));
  const strange = plan.driven.find(({ quote }) => !priced.has(quote));
  if (plan.driven.length === 0 || strange !== undefined) {
    const detail = strange === undefined ? "no quote follows the tape" : `the book has no quote ${strange.quote}`;
    return fail(why("replay/no-quote", { detail, next: `drive one of: ${[...priced].join(", ")}` }));
  }
  const runs = orders.map((order) => runOnce(plan, order, ports));
  return ok({ tape: plan.tape.record, runs, survived: runs.every(({ survived }) => survived) });
}

function runOnce(plan: ReplayPlan, order: Order, ports: TurnPorts): Run {
  const { tape, guards, reserves } = plan;
  const world = new World(ports, plan.start, plan.driven);
  const keeper = new Feed(createTurn(ports));
  const begin = ms(tape.record.first - 1);
  const [first] = tape.bars;
  for (const event of [{ type: "policy" as const, guards, reserves }, ...plan.start]) keeper.input(begin, event);
  if (first !== undefined) world.move(first.open, begin);
  const equityBefore = world.equity(begin);
  const settlements = (plan.funding ?? []).filter(({ at }) => at >= tape.record.first);
  let paid = 0;
  const liquidations: Taken[] = [];
  const actions: Acted[] = [];
  let lowestHealth: Exact | undefined;
  for (const bar of tape.bars) {
    for (const { at, price } of pathOf(bar, tape.intervalMs, order)) {
      const prices = world.move(price, at);
      for (; (settlements[paid]?.at ?? Infinity) <= at; paid += 1) world.fund(settlements[paid]!.value, at);
      liquidations.push(...world.liquidate(at));
      const seen = [...prices, ...world.snapshot(), { type: "tick" as const }];
      actions.push(...keeper.decide(at, seen, world));
      lowestHealth = lowest(lowestHealth, keeper.turn.view().accounts);
    }
  }
  const equityAfter = world.equity(tape.record.last);
  return {
    order,
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

/** Numbers the inputs and carries out what the turn intends. */
class Feed {
  readonly turn: Turn;
  #seq = 0n;
  constructor(turn: Turn) {
    this.turn = turn;
  }

  input(at: Ms, event: Input["event"]): readonly { readonly intent: Intent; readonly because: string }[] {
    this.#seq += 1n;
    return this.turn
      .turn({ seq: this.#seq, at, event })
      .flatMap((decision) => (decision.type === "intend" ? [decision] : []));
  }

  /** Shows the turn what is there, carries out what it wants, shows it the result, until it wants nothing more. */
  decide(at: Ms, seen: readonly Input["event"][], world: World): readonly Acted[] {
    const acted: Acted[] = [];
    let wanted = seen.flatMap((event) => this.input(at, event));
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
      wanted = [...outcomes, ...world.snapshot()].flatMap((event) => this.input(now, event));
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
