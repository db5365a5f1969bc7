import { type Exact, type Ms, fromNumber, rescale, toNumber } from "@plimsoll/core/units";
import { heldAt } from "./course.ts";
import type { DepthChannel } from "./drill.ts";
import type { Weather } from "./weather.ts";

/** What a book gives for an order: how much of it, at which average share away from the middle. */
export interface DepthFill {
  readonly size: number;
  readonly slip: number;
}

/**
 * Fills an order of a linear instrument against depth that is spread evenly: the last coin costs half a spread and 1 % for each
 * `perPercent` of money, the average half of that. `limit` is the largest share away from the middle that the order allows.
 */
export function fillAtDepth(weather: Weather, channel: DepthChannel, at: Ms, size: number, limit: number): DepthFill {
  const middle = toNumber(weather.middle(channel, at));
  const perShare = channel.perPercent * toNumber(heldAt(channel.steps, at)) * 100;
  const most = (Math.max(0, limit - channel.halfSpread) * perShare) / middle;
  const filled = Math.min(size, most);
  return { size: filled, slip: channel.halfSpread + (filled * middle) / perShare / 2 };
}

/** Average price of a whole size, however deep it goes: what a forced seller gets. */
export function averageAtDepth(
  weather: Weather,
  channel: DepthChannel,
  at: Ms,
  side: "buy" | "sell",
  size: Exact,
): Exact {
  const middle = weather.middle(channel, at);
  const { slip } = fillAtDepth(weather, channel, at, toNumber(size), Infinity);
  const price = toNumber(middle) * (side === "sell" ? Math.max(0, 1 - slip) : 1 + slip);
  return rescale(fromNumber(price), PRICE_SCALE, side === "sell" ? "floor" : "ceil");
}
const PRICE_SCALE = 8;
