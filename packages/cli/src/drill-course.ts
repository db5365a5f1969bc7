import type { Listed, Moment } from "@plimsoll/contracts";
import { type Exact, type Ms, exact, ms, text } from "@plimsoll/core/units";
import type { Drill } from "@plimsoll/lab";

type Channel = Drill["channels"][number];
type Priced = Extract<Channel, { readonly channel: "price" | "oracle" | "volatility" }>;
const isPriced = (channel: Channel): channel is Priced => channel.channel === "price" || channel.channel === "oracle";

/** Moments between two steps of a drill at which somebody executes. */
const between = 12;
const toNumber = (value: Exact): number => Number(text(value));

/** A price of its own steps at a moment: a straight line of its logarithm between them, or held. A picture, never an amount. */
function valueAt({ steps }: Priced, at: number): number {
  const place = steps.findLastIndex((step) => step.at <= at);
  const [from, to] = [steps[Math.max(place, 0)]!, steps[place + 1]];
  if (to === undefined || place < 0 || from.hold) return toNumber(from.to);
  const share = (at - from.at) / (to.at - from.at);
  return toNumber(from.to) * (toNumber(to.to) / toNumber(from.to)) ** share;
}

/** The symbol of a quote of an Aave market: "aave-v3:ethereum:WETH:oracle" is WETH's. */
const symbolOf = (quote: string): string | undefined => /^aave-v3:[^:]+:([^:]+):oracle$/.exec(quote)?.[1];

/** How a drill moves the oracle prices of a market's assets, as shares of where they begin; empty where it moves none. */
export function courseOf({ channels }: Pick<Drill, "channels">, listed: readonly Listed[]): readonly Moment[] {
  const priced = channels.filter(isPriced);
  const at = (name: string, moment: number): number => {
    const channel = priced.find(({ of }) => of === name);
    if (channel === undefined) return 1;
    return channel.times.reduce((product, other) => product * at(other, moment), valueAt(channel, moment));
  };
  const named = new Map<`0x${string}`, string>();
  for (const channel of channels) {
    if (!isPriced(channel) && channel.channel !== "following-oracle") continue;
    const name = channel.channel === "following-oracle" ? channel.follows : channel.of;
    for (const quote of channel.quotes) {
      const asset = listed.find(({ symbol }) => symbol === symbolOf(quote))?.asset;
      if (asset !== undefined) named.set(asset.toLowerCase() as `0x${string}`, name);
    }
  }
  const moments = momentsOf(priced);
  const [begin] = moments;
  if (named.size === 0 || begin === undefined) return [];
  const share = (name: string, moment: number) =>
    exact(BigInt(Math.round((at(name, moment) / at(name, begin)) * 1e12)), 12);
  return moments.map((moment) => ({
    at: moment,
    stays: new Map([...named].map(([asset, name]) => [asset, share(name, moment)])),
  }));
}

function momentsOf(priced: readonly Priced[]): readonly Ms[] {
  const steps = [...new Set(priced.flatMap((channel) => channel.steps.map(({ at }) => at as number)))].toSorted(
    (a, b) => a - b,
  );
  const inner = steps
    .slice(1)
    .flatMap((to, place) =>
      Array.from({ length: between }, (_, part) => steps[place]! + ((to - steps[place]!) * part) / between),
    );
  return [...inner, ...steps.slice(-1)].map((at) => ms(Math.round(at)));
}
