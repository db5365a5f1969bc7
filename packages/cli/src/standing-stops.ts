import type { Action } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { positionsOf, proposeStops, wantedStops } from "@plimsoll/core/protection";
import {
  type AccountKey,
  type HoldingId,
  type Result,
  type VenueId,
  type Why,
  fail,
  known,
  ok,
} from "@plimsoll/core/units";
import { type PlanSource, stageOf } from "./book-stage.ts";

/** One thing that a guard's standing stops do at a venue as soon as it is armed. */
export interface Placed {
  readonly holding: HoldingId;
  readonly account: AccountKey;
  readonly venue: VenueId;
  readonly action: Action;
  readonly because: string;
}

/** What is placed and cancelled at venues once guards are armed, and which of their stops cannot be, and why. */
export interface Placing {
  readonly places: readonly Placed[];
  readonly cannot: readonly Why[];
}

/**
 * What the standing stops of guards would place now, beside what lies there already; nothing is sent. Where nobody knows what lies
 * there, it is what they would place where nothing does, and that is said: a keeper places nothing before it knows.
 * @returns failure `stop/beyond-liquidation` with both prices: a stop that the liquidation comes before is refused, not armed.
 */
export function placingOf(source: PlanSource, guards: readonly Guard[]): Result<Placing, Why> {
  const own = guards.filter(({ stops = [] }) => stops.length > 0);
  if (own.length === 0) return ok({ places: [], cannot: [] });
  const stage = stageOf(source);
  if (!stage.ok) return stage;
  const { start, accounts } = stage.value;
  const places: Placed[] = [];
  const cannot: Why[] = [];
  for (const { holding, account } of accounts) {
    const mine = own.filter(({ scope }) => scope.holding === holding && (scope.account ?? account) === account);
    const ground = start.field.grounds.get(holding);
    if (ground === undefined || mine.length === 0) continue;
    const asked = mine.flatMap((guard) => wantedStops(guard, ground, account));
    cannot.push(...asked.flatMap((each) => (each.ok ? [] : [each.failure])));
    const positions = positionsOf(ground, account);
    if (!positions.ok) continue; // said by the wish already
    const wanted = asked.flatMap((each) => (each.ok ? [each.value] : []));
    const lying = ground.engine.resting(ground.holding, account, ground.scene);
    const isKnown = lying.is === "known";
    const { works, refusals } = proposeStops(ground, positions.value, wanted, isKnown ? lying : known([], source.at));
    cannot.push(...(isKnown ? [] : [lying.why]), ...refusals);
    const { venue } = ground.holding;
    places.push(...works.map(({ action, because }) => ({ holding, account, venue, action, because })));
  }
  const beyond = cannot.find(({ code }) => code === "stop/beyond-liquidation");
  return beyond === undefined ? ok({ places, cannot }) : fail(beyond);
}
