import { divide } from "@plimsoll/core/units";
import { ONE } from "./fixed.ts";
import { bestPrice } from "./match.ts";
import type { Market } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Window of the average basis. @source Binance announcement: 30 seconds since 2025-09-18 (one minute before). */
const BASIS_WINDOW_MS = 30_000;

/** Middle of the best bid and ask; the driven mid when a side is empty. */
function bookMiddle(turn: Turn, market: Market): bigint {
  const [ask, bid] = [bestPrice(turn, market, "buy"), bestPrice(turn, market, "sell")];
  return ask === null || bid === null ? market.mid : (ask + bid) / 2n;
}

/** Notes the basis that holds from now on, and drops what left the window. */
export function recordBasis(turn: Turn, market: Market): void {
  const value = bookMiddle(turn, market) - market.index;
  const newest = market.basis.at(-1);
  if (newest?.from === turn.now) market.basis.pop();
  if (market.basis.at(-1)?.value !== value) market.basis.push({ from: turn.now, value });
  const start = turn.now - BASIS_WINDOW_MS;
  while ((market.basis[1]?.from ?? Number.POSITIVE_INFINITY) <= start) market.basis.shift();
}

/** Time-weighted basis of the window; a book younger than the window is averaged over its life. */
export function averageBasis(market: Market, now: number): bigint {
  const start = now - BASIS_WINDOW_MS;
  let [sum, weight] = [0n, 0n];
  market.basis.forEach(({ from, value }, at) => {
    const until = market.basis[at + 1]?.from ?? now;
    const span = BigInt(Math.max(0, until - Math.max(from, start)));
    sum += value * span;
    weight += span;
  });
  return weight === 0n ? (market.basis.at(-1)?.value ?? 0n) : divide(sum, weight, "floor");
}

/**
 * Mark price: median of price 1, price 2 and last. Price 1 = index * (1 + last funding rate * time to next / interval);
 * price 2 = index + average basis of 30 seconds. Cut to 1e-8.
 * @source Binance "mark price and price index" FAQ for the median; price 1 from memory of the same page.
 */
export function markOf(market: Market, now: number): bigint {
  const { everyMs } = market.instrument.funding;
  const left = BigInt(Math.max(0, market.funding.nextAt - now));
  const first = market.index + divide(market.index * market.funding.lastRate * left, ONE * BigInt(everyMs), "floor");
  const second = market.index + averageBasis(market, now);
  return median(first, second, market.last);
}

const median = (a: bigint, b: bigint, c: bigint): bigint => {
  const [low, high] = a < b ? [a, b] : [b, a];
  if (c <= low) return low;
  return c >= high ? high : c;
};
