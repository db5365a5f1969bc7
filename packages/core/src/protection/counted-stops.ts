import type { MarginForm } from "@plimsoll/core/margin";
import type { Ground } from "@plimsoll/core/planner";
import { brief, type Exact, type QuoteKey, type Why, ZERO, add, compare, text, why } from "@plimsoll/core/units";
import type { Circumstances, CoverSettings } from "./cover.ts";
import type { Position } from "./position.ts";
import { isTakenAt, liquidationPrice, wakingQuote, wayOf } from "./price-walk.ts";
import { type LyingStop, isStop } from "./propose-stops.ts";
import { beyond } from "./wanted-stops.ts";

/** A stop that counts, with the price that wakes it. */
export interface CountedStop {
  readonly stop: LyingStop;
  readonly quote: QuoteKey;
}

/** The stops that count for a position, the one that wakes first in front, and why others count as nothing. */
export interface Counted {
  readonly stops: readonly CountedStop[];
  readonly notBy: readonly Why[];
}

/** Which of the orders that lie there protect a position while this machine is dead. */
export function countedStops(
  ground: Ground,
  form: MarginForm | undefined,
  position: Position,
  around: Circumstances,
  { gap }: CoverSettings,
): Counted {
  const { engine, holding, scene } = ground;
  const lying = engine.resting(holding, position.account, scene);
  if (lying.is !== "known") return { stops: [], notBy: [why("cover/orders-unknown", { ...lying.why.facts })] };
  const isFor = ({ instrument, side }: LyingStop) => instrument === position.instrument && side === position.side;
  const [stops, notBy]: [CountedStop[], Why[]] = [[], []];
  for (const stop of lying.value.filter(isStop).filter(isFor)) {
    const quote = form && stop.trigger.kind !== "last" ? quoteOf(ground, form, stop) : undefined;
    const not = noneAround(around) ?? noneItself(ground, form, position, stop, quote, gap);
    if (not === undefined && quote !== undefined) stops.push({ stop, quote });
    else notBy.push(not ?? why("cover/price-not-followed", { order: stop.order, kind: stop.trigger.kind }));
  }
  const order = position.side === "sell" ? -1 : 1;
  return { stops: stops.toSorted((a, b) => order * compare(a.stop.trigger.at, b.stop.trigger.at)), notBy };
}

const quoteOf = (
  ground: Ground,
  { quotes }: MarginForm,
  { instrument, trigger: { kind } }: LyingStop,
): QuoteKey | undefined =>
  kind === "mark" || kind === "index" ? wakingQuote(ground, quotes, instrument, kind) : undefined;

/** Why nothing that lies at this venue counts now. */
function noneAround({ orders, isSeenSince, deadMan }: Circumstances): Why | undefined {
  if (deadMan === "armed")
    return why("cover/dead-man-armed", {
      detail: "a timer at the venue cancels it when this machine dies",
      next: "switch it off",
    });
  if (orders === "halted" || orders === "settling" || orders === "cancel-only")
    return why("cover/venue-stopped", { state: orders, detail: "the venue fills nothing now" });
  if (!isSeenSince) return why("cover/not-seen-since-halt", { next: "wait for the next reading" });
  return undefined;
}

/** Why one stop does not close the position before the venue takes it. */
function noneItself(
  ground: Ground,
  form: MarginForm | undefined,
  position: Position,
  { order, trigger, limit }: LyingStop,
  quote: QuoteKey | undefined,
  gap: Exact,
): Why | undefined {
  const { account, side } = position;
  const facts = { order, trigger: text(trigger.at) };
  if (trigger.kind === "last")
    return why("cover/wakes-on-last-price", {
      ...facts,
      detail: "a liquidation goes by another price and may come first",
    });
  if (form === undefined || quote === undefined) return undefined;
  if (isTakenAt(ground, account, quote, trigger.at)) {
    const liquidation = liquidationPrice(ground, form, quote, wayOf(side));
    return why("cover/beyond-liquidation", {
      ...facts,
      liquidation: liquidation === undefined ? "now" : brief(liquidation),
    });
  }
  const worst = beyond(position, trigger.at, gap);
  const isShort = limit !== undefined && (side === "sell" ? compare(limit, worst) > 0 : compare(limit, worst) < 0);
  if (isShort)
    return why("cover/limit-inside-gap", { ...facts, limit: text(limit), next: "bound it wider, or not at all" });
  return undefined;
}

/** The stops needed to close the whole size, in the order in which they wake; undefined where they do not cover it. */
export function coveringSize({ stops }: Counted, size: Exact): readonly CountedStop[] | undefined {
  let covered = ZERO;
  for (const [index, { stop }] of stops.entries()) {
    if (stop.size === "all") return stops.slice(0, index + 1);
    covered = add(covered, stop.size);
    if (compare(covered, size) >= 0) return stops.slice(0, index + 1);
  }
  return undefined;
}
