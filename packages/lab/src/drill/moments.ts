import { type Ms, ms, toNumber } from "@plimsoll/core/units";
import { priceAt, turnsOf } from "./course.ts";
import type { Channel, Drill, PriceChannel } from "./drill.ts";

/** The fewest looks at a drill. */
const LEAST_LOOKS = 60;

/**
 * Moments at which the world is looked at: every step, and between steps so often that no price moves by more than
 * the drill's `largestMove` from one look to the next, however fast it falls. Slow days take few looks, a crash many.
 */
export function momentsOf({
  from,
  to,
  channels,
  largestMove,
}: Pick<Drill, "from" | "to" | "channels" | "largestMove">): readonly Ms[] {
  const turns = channels.flatMap((channel) => ("steps" in channel ? turnsOf(channel.steps) : []));
  const inside = turns.filter((at) => at > from && at < to);
  const corners = [...new Set([from, ...inside, to])].toSorted((a, b) => a - b);
  const prices = channels.filter((channel): channel is PriceChannel => isPriced(channel));
  const moments: Ms[] = [];
  for (const [index, start] of corners.entries()) {
    moments.push(start);
    const end = corners[index + 1];
    if (end === undefined) break;
    const byMove = Math.max(0, ...prices.map((channel) => moveOf(channel, start, end) / largestMove));
    const byTime = ((end - start) / (to - from)) * LEAST_LOOKS;
    const parts = Math.ceil(Math.max(1, byMove, byTime));
    for (let part = 1; part < parts; part += 1) moments.push(ms(start + Math.round(((end - start) * part) / parts)));
  }
  return [...new Set(moments)];
}

const isPriced = ({ channel }: Channel): boolean =>
  channel === "price" || channel === "volatility" || channel === "oracle";

/** How far a price goes without a jump at the end of the stretch. */
const moveOf = ({ steps }: PriceChannel, start: Ms, end: Ms): number =>
  Math.abs(Math.log(toNumber(priceAt(steps, ms(end - 1))) / toNumber(priceAt(steps, start))));
