import type { StopTrigger } from "@plimsoll/core/book";
import type { MarginForm } from "@plimsoll/core/margin";
import type { Ground } from "@plimsoll/core/planner";
import type { Guard, StandingStop } from "@plimsoll/core/policy";
import {
  type AccountKey,
  type Exact,
  ONE,
  type QuoteKey,
  type Result,
  type Why,
  ZERO,
  add,
  compare,
  fail,
  multiply,
  ok,
  quotient,
  subtract,
  brief,
  text,
  trim,
  why,
} from "@plimsoll/core/units";
import { type Position, positionsOf } from "./position.ts";
import { formOf, isTakenAt, liquidationPrice, wakingQuote, wayOf } from "./price-walk.ts";

/** A stop that shall lie at the venue now for one position. */
export interface WantedStop {
  readonly position: Position;
  readonly trigger: StopTrigger;
  /** Worst price at which it may fill; absent: at market. */
  readonly limit?: Exact;
  /** The price that wakes it, as this program names it. */
  readonly quote: QuoteKey;
  /** Where it follows the liquidation price: that price, and how far before it the stop lies, in prices. */
  readonly follows?: { readonly liquidation: Exact; readonly room: Exact };
}

/**
 * What shall lie at the venue now for one account, by one guard: each stop of the guard for each position that it names.
 * @returns for a stop that cannot be, why: beyond the liquidation price, already through its price, nothing to follow.
 */
export function wantedStops(guard: Guard, ground: Ground, account: AccountKey): readonly Result<WantedStop, Why>[] {
  const stops = guard.stops ?? [];
  if (stops.length === 0) return [];
  const positions = positionsOf(ground, account);
  if (!positions.ok) return [positions];
  const form = formOf(ground, account);
  return stops.flatMap((stop) => {
    const named = positions.value.filter(({ instrument }) => instrument === stop.instrument);
    const wanted = named.map((position) => wantedStop(ground, form, position, stop));
    // in hedge mode a price is a stop for the one side only
    const isOfOtherSide = (each: Result<WantedStop, Why>) => !each.ok && each.failure.code === "stop/already-through";
    return named.length > 1 && "at" in stop.place ? wanted.filter((each) => !isOfOtherSide(each)) : wanted;
  });
}

function wantedStop(
  ground: Ground,
  form: MarginForm | undefined,
  position: Position,
  { instrument, kind, place, through }: StandingStop,
): Result<WantedStop, Why> {
  const refuse = (code: string, facts: Record<string, string>) => fail(why(`stop/${code}`, { instrument, ...facts }));
  const quote = form && wakingQuote(ground, form.quotes, instrument, kind);
  const now = quote && ground.scene.quotes.get(quote)?.value;
  if (form === undefined || quote === undefined || now === undefined)
    return refuse("price-not-followed", { kind, next: "name the other kind of price, mark or index" });
  const way = wayOf(position.side);
  const liquidation = liquidationPrice(ground, form, quote, way);
  if ("before" in place && liquidation === undefined)
    return refuse("nothing-to-follow", { detail: `no ${way} of ${quote} liquidates it`, next: "give it a price" });
  const room = "before" in place ? multiply(liquidation!, place.before) : undefined;
  const at = "at" in place ? place.at : onGrid(position, away(position, liquidation!, room!));
  const facts = { trigger: text(trim(at)), liquidation: liquidation === undefined ? "none" : brief(liquidation) };
  if (isThrough(position, at, now)) return refuse("already-through", { ...facts, price: text(now), next: act });
  if (isTakenAt(ground, position.account, quote, at)) return refuse("beyond-liquidation", { ...facts, next: nearer });
  return ok({
    position,
    quote,
    trigger: { kind, when: position.side === "sell" ? "at-or-below" : "at-or-above", at },
    ...(through !== undefined && { limit: onGrid(position, beyond(position, at, through)) }),
    ...(room !== undefined && { follows: { liquidation: liquidation!, room } }),
  });
}

const act = "there is no room for a stop: reduce, or add margin";
const nearer = "the venue would liquidate first: put the stop nearer to the price, or let it follow";

/** On the side of the liquidation price from which the position comes. */
const away = ({ side }: Position, liquidation: Exact, room: Exact): Exact =>
  side === "sell" ? add(liquidation, room) : subtract(liquidation, room);

/** So far through a price that the position loses. */
export const beyond = ({ side }: Pick<Position, "side">, price: Exact, share: Exact): Exact =>
  multiply(price, side === "sell" ? subtract(ONE, share) : add(ONE, share));

/** Whether a stop there would go off at once. */
export const isThrough = ({ side }: Pick<Position, "side">, trigger: Exact, now: Exact): boolean =>
  side === "sell" ? compare(now, trigger) <= 0 : compare(now, trigger) >= 0;

/** Digits of the share by which a price is handed to a lever: far finer than any grid. */
const SHARE_SCALE = 18;

/** The price of the venue's grid next to `near`, on the side of today's: an engine rounds the limit of its orders so. */
function onGrid({ lever, side }: Position, near: Exact): Exact {
  const start = lever.act(lever.step, ZERO);
  if (start.do !== "order") return near;
  const gap = side === "sell" ? subtract(start.limit, near) : subtract(near, start.limit);
  const order = lever.act(lever.step, quotient(gap, start.limit, SHARE_SCALE, "down"));
  return order.do === "order" ? order.limit : near;
}
