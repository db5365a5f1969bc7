import type { Bar } from "@plimsoll/lab/tape";
import { type Exact, type Ms, ms } from "@plimsoll/core/units";

/** Which extreme of a bar came first: a candle does not say, so a replay takes both ways and reports both. */
export type Order = "high-first" | "low-first";
export const orders: readonly Order[] = ["high-first", "low-first"];

export interface Point {
  readonly at: Ms;
  readonly price: Exact;
}

/** The four prices of a bar as moments inside it: the open at its start, the close just before its end. */
export function pathOf(bar: Bar, intervalMs: Ms, order: Order): readonly Point[] {
  const [first, second] = order === "high-first" ? [bar.high, bar.low] : [bar.low, bar.high];
  const at = (thirds: number): Ms => ms(bar.at + Math.floor((thirds * (intervalMs - 1)) / 3));
  return [bar.open, first, second, bar.close].map((price, index) => ({ at: at(index), price }));
}
