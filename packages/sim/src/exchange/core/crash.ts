import { drawBelow, happens } from "./chance.ts";
import { ONE } from "./fixed.ts";

/** A generated crash. Shares are integers of 1e-8 (a 20 % drop is 20_000_000n). */
export interface CrashParameters {
  readonly seed: bigint;
  readonly from: number;
  readonly minutes: number;
  readonly tickMs: number;
  readonly symbols: readonly { readonly symbol: string; readonly start: bigint; readonly beta: bigint }[];
  /** Fall from start to the low, for a symbol of beta 1; reached at 60 % of the time. */
  readonly drop: bigint;
  /** Share of the fall that is regained by the end. */
  readonly rebound: bigint;
  /** Standard deviation of one tick's return; three times that while prices fall. */
  readonly noise: bigint;
  /** Chance of a jump at a tick of the fall, in a million, and its size: each jump takes 0.5 to 1.5 times this share of the price. */
  readonly jumpPpm: number;
  readonly jump: bigint;
  /** Furthest below index that the perpetual trades, at the low. */
  readonly discount: bigint;
}

export interface PriceTick {
  readonly at: number;
  readonly symbol: string;
  readonly index: bigint;
  readonly mid: bigint;
}
interface Candle {
  readonly openAt: number;
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
}

/** What a crash is when nothing is said: 20 % in half an hour, seven tenths of it lost for good. */
export const defaultCrash = {
  minutes: 60,
  tickMs: 1_000,
  drop: ONE / 5n,
  rebound: (ONE * 3n) / 10n,
  noise: ONE / 10_000n,
  jumpPpm: 8_000,
  jump: ONE / 200n,
  discount: ONE / 100n,
} as const;

/**
 * A jump-diffusion crash, the same for the same parameters: calm to 20 % of the time, then the fall to 60 %, then a partial
 * rebound. Every return is pulled toward that path, gets seeded noise common to all symbols (two thirds) and its own
 * (a third), and during the fall jumps down that hit all symbols at once. Integers only, so every machine agrees.
 */
export function generateCrash(given: Partial<CrashParameters> & Pick<CrashParameters, "seed" | "from" | "symbols">) {
  const parameters: CrashParameters = { ...defaultCrash, ...given };
  const steps = Math.floor((parameters.minutes * 60_000) / parameters.tickMs);
  const prices = parameters.symbols.map(({ start }) => start);
  const ticks: PriceTick[] = [];
  for (let step = 0; step <= steps; step += 1) {
    const target = pathAt(parameters, step, steps);
    parameters.symbols.forEach(({ symbol, start, beta }, which) => {
      if (step > 0)
        prices[which] = move(parameters, { step, steps, symbol, start, beta, price: prices[which] ?? start, target });
      const index = prices[which] ?? start;
      const off = (parameters.discount * fallenAt(step, steps)) / ONE;
      ticks.push({ at: parameters.from + step * parameters.tickMs, symbol, index, mid: (index * (ONE - off)) / ONE });
    });
  }
  return { parameters, ticks, candles: candlesOf(ticks, 60_000) };
}

const span = (step: number, steps: number, from: number, to: number): bigint => {
  const [a, b] = [Math.floor(steps * from), Math.floor(steps * to)];
  return step <= a ? 0n : step >= b ? ONE : (ONE * BigInt(step - a)) / BigInt(Math.max(1, b - a));
};
/** 0 before the fall, 1 at the low, back to 0 at the end: how far the perpetual is from index. */
const fallenAt = (step: number, steps: number): bigint => span(step, steps, 0.2, 0.6) - span(step, steps, 0.6, 1);
/** Share of the start price that a symbol of beta 1 has lost by now. */
const pathAt = ({ drop, rebound }: CrashParameters, step: number, steps: number): bigint =>
  (drop * (span(step, steps, 0.2, 0.6) - (rebound * span(step, steps, 0.6, 1)) / ONE)) / ONE;

interface Move {
  readonly step: number;
  readonly steps: number;
  readonly symbol: string;
  readonly start: bigint;
  readonly beta: bigint;
  readonly price: bigint;
  readonly target: bigint;
}
/** A symbol may lose most of its value, not all of it. */
const DEEPEST = (ONE * 95n) / 100n;

function move(parameters: CrashParameters, { step, steps, symbol, start, beta, price, target }: Move): bigint {
  const { seed, noise, jump, jumpPpm } = parameters;
  const falling = step > steps * 0.2 && step <= steps * 0.6;
  const lost = (target * beta) / ONE;
  const wanted = (start * (ONE - (lost > DEEPEST ? DEEPEST : lost))) / ONE;
  const pull = (wanted - price) / 30n;
  const sigma = falling ? noise * 3n : noise;
  const shock = (sigma * (2n * normal(seed, "all", step) + normal(seed, symbol, step))) / (3n * ONE);
  const hit = falling && happens(jumpPpm, seed, "jump", step);
  const fall = hit ? (jump * beta * BigInt(50 + drawBelow(101, seed, "size", step))) / ONE / 100n : 0n;
  const next = price + pull + (price * (shock - fall)) / ONE;
  return next > start / 100n ? next : start / 100n;
}

/** Near enough normal, 1e-8: the sum of twelve uniform draws less six. */
function normal(seed: bigint, ...path: readonly (string | number)[]): bigint {
  let sum = 0;
  for (let draw = 0; draw < 12; draw += 1) sum += drawBelow(100_000_000, seed, ...path, draw);
  return BigInt(sum) - 6n * ONE;
}

/** Candles of the mid, where trades happen. */
function candlesOf(ticks: readonly PriceTick[], everyMs: number): ReadonlyMap<string, readonly Candle[]> {
  const bySymbol = new Map<string, Candle[]>();
  for (const { at, symbol, mid } of ticks) {
    const candles = bySymbol.get(symbol) ?? [];
    bySymbol.set(symbol, candles);
    const openAt = Math.floor(at / everyMs) * everyMs;
    const now = candles.at(-1);
    if (now?.openAt !== openAt) candles.push({ openAt, open: mid, high: mid, low: mid, close: mid });
    else
      candles[candles.length - 1] = {
        ...now,
        high: mid > now.high ? mid : now.high,
        low: mid < now.low ? mid : now.low,
        close: mid,
      };
  }
  return bySymbol;
}
