import type { BookEvent } from "@plimsoll/core/book";
import type { Reserve } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import type { TurnPorts } from "@plimsoll/core/turn";
import { type QuoteKey, ms } from "@plimsoll/core/units";
import { type Driven, type Ran, orders, runCourse } from "@plimsoll/lab/replay";
import { concerning } from "./concerning.ts";
import { type History, courseOf } from "./history.ts";
import { stamped } from "./path.ts";

/** A book through a history, with some guards armed and with none. */
export interface Relived {
  readonly history: History;
  /** Of the two ways through every bar the worse one: a candle does not say which extreme came first. */
  readonly without: Ran;
  readonly withGuards: Ran;
}

/**
 * Lives through a history with the guards of one entry armed, by the turn that runs live, and without any: what they do is carried out by
 * the venues' own rules. Stops that lie at a venue do not fire in it.
 * @param start the book as it stands today; the history begins with it.
 */
export function relive(
  guards: readonly Guard[],
  start: readonly BookEvent[],
  reserves: readonly Reserve[],
  history: History,
  ports: TurnPorts,
): Relived {
  const armed = guards.map((guard): Guard => ({ ...guard, mode: "armed" }));
  const begin = ms(history.from - 1);
  const mine = new Set(guards.flatMap((guard) => concerning(guard, start)));
  const book = start.filter((event) => mine.has(event)).map((event) => stamped(event, begin));
  const confirmMs = Math.max(0, ...guards.map(({ bounds }) => bounds.confirmMs));
  const holdMs = ms(Math.min(confirmMs, Math.floor(history.everyMs / 3) - 1));
  const driven = history.tracks.flatMap(({ quotes }) => quotes.map(drivenBy));
  const ways = (own: readonly Guard[]) =>
    orders.map((order) =>
      runCourse({ points: courseOf(history, order), driven, start: book, guards: own, reserves, holdMs }, ports),
    );
  return { history, without: worseOf(ways([])), withGuards: worseOf(ways(armed)) };
}

/** The way on which more was liquidated, else the one on which more had to be done. */
const worseOf = (runs: readonly Ran[]): Ran =>
  runs.toSorted((a, b) => b.liquidations.length - a.liquidations.length || b.actions.length - a.actions.length)[0]!;

/** Orders in an instrument fill at the price that is named for it. */
const drivenBy = (quote: QuoteKey): Driven => {
  const [instrument] = quote.split(":").slice(-2);
  return { quote, ...(instrument !== undefined && { instrument }) };
};
