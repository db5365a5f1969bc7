import type { BookEvent } from "@plimsoll/core/book";
import { type Guard, ruleOf } from "@plimsoll/core/policy";
import { familyOf } from "@plimsoll/core/risk";
import { type Exact, type Ms, type QuoteKey, dec, exact, ms, multiply, text } from "@plimsoll/core/units";

/** What happens next in a rehearsal; whatever is not named stays as it was and is read anew. */
export interface RehearsalStep {
  /** After the step before. */
  readonly afterMs: Ms;
  /** For people: "price x 0.95". */
  readonly note: string;
  /** What the world tells; their times are those of the step. */
  readonly events: readonly BookEvent[];
}

/** How a built-in path moves: to how much of today's price, in which steps, how fast. */
export interface PriceWay {
  readonly low: Exact;
  readonly high: Exact;
  readonly step: Exact;
  readonly everyMs: Ms;
}
export const defaultWay: PriceWay = { low: dec("0.40"), high: dec("1.60"), step: dec("0.01"), everyMs: ms(10_000) };

/** Nothing is relaxed within an hour of an extreme: a path waits longer at its end. */
const REST_MS = ms(3_660_000);

/**
 * Prices that fall, come back, rise and come back, and rest; so that every trigger on prices is passed in both directions. Those that
 * the trigger names move alone; else all prices of the book that are not pegged to the dollar move together.
 */
export function priceWay(
  guard: Guard,
  start: readonly BookEvent[],
  way: PriceWay = defaultWay,
): readonly RehearsalStep[] {
  if (guard.trigger.when === "time") return momentsAround(ms(guard.trigger.at - guard.trigger.beforeMs), start);
  const [own] = ruleOf(guard.trigger).quotes?.(guard.trigger) ?? [];
  const all = start.flatMap((event) => (event.type === "price" ? [event] : []));
  const moved = all.filter(({ key }) => (own === undefined ? isVolatile(key) : key === own));
  return multiples(way).map((multiple, index, list): RehearsalStep => ({
    afterMs: index === list.length - 1 ? REST_MS : way.everyMs,
    note: `prices x ${text(multiple)}`,
    events: moved.map((event) => ({ ...event, price: multiply(event.price, multiple) })),
  }));
}

const isVolatile = (key: QuoteKey): boolean => familyOf(key).name !== "usd";

/** From 1 to the low, to the high, and back to 1; and once more 1, for the rest. */
function multiples({ low, high, step }: PriceWay): readonly Exact[] {
  const scale = Math.max(low.scale, high.scale, step.scale);
  const at = (value: Exact) => value.digits * 10n ** BigInt(scale - value.scale);
  const [bottom, top, one, by] = [at(low), at(high), 10n ** BigInt(scale), at(step)];
  const found: bigint[] = [];
  for (let value = one; value > bottom; value -= by) found.push(value);
  for (let value = bottom; value < top; value += by) found.push(value);
  for (let value = top; value > one; value -= by) found.push(value);
  return [...found, one, one].map((digits) => exact(digits, scale));
}

/** A minute before a moment, the moment, a minute later. */
function momentsAround(moment: Ms, start: readonly BookEvent[]): readonly RehearsalStep[] {
  const begun = Math.max(...start.map(timeOf));
  const minute = 60_000;
  const first = Math.max(moment - minute - begun, minute);
  return [first, minute, minute].map((afterMs, index) => ({
    afterMs: ms(afterMs),
    note: ["a minute before", "the moment", "a minute later"][index]!,
    events: [],
  }));
}

/** When an event of a book was read. */
export function timeOf(event: BookEvent): number {
  if (event.type === "price") return event.at;
  return event.type === "holding" ? event.holding.asOf : 0;
}

/** The same, read at another moment. */
export function stamped(event: BookEvent, at: Ms): BookEvent {
  if (event.type === "price" || event.type === "effect") return { ...event, at };
  return event.type === "holding" ? { ...event, holding: { ...event.holding, asOf: at } } : event;
}
