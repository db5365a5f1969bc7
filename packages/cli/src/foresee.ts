import type { Guard } from "@plimsoll/core/policy";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { sha256 } from "@plimsoll/keeper";
import { type History, type Rehearsal, type Relived, relive, rehearse } from "@plimsoll/lab";
import { engineOf } from "@plimsoll/venues";
import type { PlanSource } from "./book-stage.ts";
import { type AccountPlan, plansOfGuards } from "./make-plans.ts";
import { recordedHistory } from "./recorded-history.ts";
import { type Placing, placingOf } from "./standing-stops.ts";

/** The guards of one entry, the book that they would watch, and where histories of it are. */
export interface ForeseeWork extends PlanSource {
  readonly guards: readonly Guard[];
  /** Candles that a person gave; they go before what was recorded. */
  readonly candles?: History;
  /** The journal of a keeper of this book: a data folder, or the URL of a PostgreSQL server. */
  readonly journal?: string;
}

/** What arming guards would mean. */
export interface Foreseen {
  /** What they would have done over a history of the book; absent where there is none. */
  readonly relived?: Relived;
  /** Without a history: over the built-in path, price down, up and back. */
  readonly rehearsals: readonly Rehearsal[];
  readonly placing: Placing;
  /** What they would do at this moment if their triggers were met. */
  readonly now: readonly AccountPlan[];
}

/** Looks ahead at the guards of an entry; a stop that the liquidation comes before is the failure, with both prices. */
export async function foresee({ guards, candles, journal, ...source }: ForeseeWork): Promise<Result<Foreseen, Why>> {
  const { events, reserves } = source;
  const placing = placingOf(source, guards);
  if (!placing.ok) return placing;
  const recorded =
    candles === undefined && journal !== undefined ? await recordedHistory(journal, events) : ok(candles);
  if (!recorded.ok) return recorded;
  const history = recorded.value;
  const rehearsals: Rehearsal[] = [];
  for (const guard of guards) {
    // with a history only the start: whether the guard can stand at all
    const ran = rehearse(guard, events, ports, history === undefined ? undefined : []);
    if (!ran.ok) return ran;
    rehearsals.push(ran.value);
  }
  const now = plansOfGuards(source, guards);
  if (!now.ok) return now;
  const ahead = { placing: placing.value, now: now.value };
  return history === undefined
    ? ok({ ...ahead, rehearsals })
    : ok({ ...ahead, rehearsals: [], relived: relive(guards, events, reserves, history, ports) });
}

const ports = { engineOf, sha256 };
