import { basename } from "node:path";
import { readTape } from "@plimsoll/lab";
import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  below,
  exact,
  fail,
  larger,
  ms,
  multiply,
  ok,
  quotient,
  rescale,
  subtract,
  why,
} from "@plimsoll/core/units";
import { generateCrash } from "@plimsoll/sim/exchange";

/** A moment of the market that is played: the index, and where the perpetual trades (8 decimals). */
export interface Moment {
  readonly at: Ms;
  readonly index: Exact;
  readonly mid: Exact;
}
export interface MarketPath {
  readonly title: string;
  readonly moments: readonly Moment[];
}

const SCALE = 8;

export interface CrashChoice {
  readonly seed: bigint;
  readonly start: Exact;
  /** Share of the price. */
  readonly drop: Exact;
  readonly minutes: number;
}

/** How many moments a played crash has: enough to watch, few enough to wait for. */
const MOMENTS = 180;

/** A generated crash: calm, fall, partial rebound; the same for the same choice. */
export function generatedPath({ seed, start, drop, minutes }: CrashChoice, from: Ms): MarketPath {
  const price = rescale(start, SCALE, "down").digits;
  const { ticks } = generateCrash({
    seed,
    from,
    minutes,
    symbols: [{ symbol: "BTCUSDT", start: price, beta: 100_000_000n }],
    drop: rescale(drop, SCALE, "down").digits,
  });
  const every = Math.max(1, Math.floor(ticks.length / MOMENTS));
  const moments = ticks
    .filter((_tick, place) => place % every === 0)
    .map(({ at, index, mid }) => ({ at: ms(at), index: exact(index, SCALE), mid: exact(mid, SCALE) }));
  return { title: `A generated crash, seed ${seed}: ${fallOf(moments)} in ${minutes} minutes`, moments };
}

/** Bars before and after the lowest point that are played from a tape. */
const BEFORE = 36;
const AFTER = 12;

/**
 * The deepest fall of a recorded tape: the bar that lies furthest below the highest price of the bars before it, with what led
 * there and what followed. Inside a bar the path is open, the extreme against the bar's direction, the other extreme, close.
 */
export function recordedPath(file: string): Result<MarketPath, Why> {
  const tape = readTape(file);
  if (!tape.ok) return tape;
  const { bars, intervalMs } = tape.value;
  if (bars.length < BEFORE + AFTER) {
    return fail(
      why("tape-invalid", {
        where: file,
        detail: `${file} has ${bars.length} candles`,
        next: `give at least ${BEFORE + AFTER}`,
      }),
    );
  }
  let [worst, depth] = [BEFORE, exact(1n)];
  for (let index = BEFORE; index < bars.length; index += 1) {
    const high = bars.slice(index - BEFORE, index).reduce((top, bar) => larger(top, bar.high), exact(0n));
    const left = quotient(bars[index]!.low, high, 12, "down");
    if (below(left, depth)) [worst, depth] = [index, left];
  }
  const chosen = bars.slice(worst - BEFORE, worst + AFTER);
  const moments = chosen.flatMap(({ at, open, high, low, close }) => {
    const inside = below(close, open) ? [open, high, low, close] : [open, low, high, close];
    return inside.map((price, index): Moment => {
      const value = rescale(price, SCALE, "down");
      return { at: ms(at + Math.floor((index * intervalMs) / 4)), index: value, mid: value };
    });
  });
  const when = new Date(bars[worst]!.at).toISOString().slice(0, 16).replace("T", " ");
  return ok({ title: `${basename(file)} around ${when} UTC: ${fallOf(moments)}`, moments });
}

/** "BTC falls 18.6 %": from the highest price to the lowest one after it. */
function fallOf(moments: readonly Moment[]): string {
  let [high, deepest] = [exact(0n), exact(0n)];
  for (const { index } of moments) {
    high = larger(high, index);
    deepest = larger(deepest, subtract(exact(1n), quotient(index, high, 12, "up")));
  }
  return `BTC falls ${percent(deepest)}`;
}

const percent = (share: Exact): string => {
  const { digits, scale } = rescale(multiply(share, exact(100n)), 1, "half-up");
  return `${Number(digits) / 10 ** scale} %`;
};
