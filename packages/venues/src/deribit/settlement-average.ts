import type { Readings } from "@plimsoll/core/math";
import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Ms,
  ONE,
  type Result,
  type Why,
  ZERO,
  exact,
  multiply,
  ok,
  quotient,
  subtract,
} from "@plimsoll/core/units";
import { type Instrument, basisKey, deliveryKey, indexKey } from "./instrument.ts";
import { quoteOf } from "./quote.ts";
import type { DeribitTerms, SettlementRules } from "./terms.ts";

/** How the price that an instrument follows depends on its pair's index: `fixed + slope * index`. */
export interface MarkLine {
  readonly fixed: Exact;
  readonly slope: Exact;
  /** Of the index, still to come into the delivery price; absent outside the window before it. */
  readonly readings?: Readings;
}

const SHARE_SCALE = 18;
const yearMs = 365 * 86_400_000;

/**
 * Outside the window before delivery index times basis. Inside it the price is on its way to the average: the readings taken so
 * far are known, the rest follow the index, so that a move counts less and less (the venue's delta decay).
 * @returns fails without the basis, or in the window without the average so far.
 * @source Deribit, index and delivery; delta decay during settlement. README.md rules 18 and 19.
 */
export function markLineOf(instrument: Instrument, scene: Scene<DeribitTerms>): Result<MarkLine, Why> {
  const { settlement } = scene.terms.body;
  const left = instrument.expiry === undefined ? Infinity : instrument.expiry - scene.now;
  if (left > settlement.windowMs) {
    const basis = quoteOf(basisKey(instrument.underlying), "mark", scene);
    return basis.ok ? ok({ fixed: ZERO, slope: basis.value }) : basis;
  }
  const readings = readingsLeft(left, settlement);
  const slope = quotient(exact(BigInt(readings.count)), exact(BigInt(settlement.readings)), SHARE_SCALE, "down");
  if (readings.count === settlement.readings) return ok({ fixed: ZERO, slope: ONE, readings });
  const average = averageSoFar(instrument, left, scene);
  if (!average.ok) return average;
  return ok({ fixed: multiply(subtract(ONE, slope), average.value), slope, readings });
}

/** The venue's own; an index from before the window is all that is known of its readings, as when prices are held still to look ahead. */
function averageSoFar({ pair }: Instrument, leftMs: number, scene: Scene<DeribitTerms>): Result<Exact, Why> {
  const opened = scene.now + leftMs - scene.terms.body.settlement.windowMs;
  const asOf = scene.quotes.get(indexKey(pair))?.asOf ?? Infinity;
  return quoteOf(asOf < opened ? indexKey(pair) : deliveryKey(pair), "index", scene);
}

/** The last reading is taken at delivery, the others at equal steps before it. */
function readingsLeft(leftMs: number, { windowMs, readings }: SettlementRules): Readings {
  const stepMs = windowMs / readings;
  const count = Math.min(readings, Math.max(0, Math.ceil(leftMs / stepMs)));
  return { count, first: (leftMs - (count - 1) * stepMs) / yearMs, step: stepMs / yearMs };
}

/** Whether an instrument is in the window before its delivery, or past it and not yet delivered. */
export const isSettling = ({ expiry }: Instrument, now: Ms, { windowMs }: SettlementRules): boolean =>
  expiry !== undefined && expiry - now <= windowMs;
