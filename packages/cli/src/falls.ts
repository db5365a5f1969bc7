import type { Falls, Listed } from "@plimsoll/contracts";
import { type Exact, ONE, compare, multiply, quotient } from "@plimsoll/core/units";
import type { Drill } from "@plimsoll/lab";

type Channel = Drill["channels"][number];
type Priced = Extract<Channel, { readonly channel: "price" | "oracle" | "volatility" }>;
const isPriced = (channel: Channel): channel is Priced => channel.channel === "price" || channel.channel === "oracle";

/** What is left of a price at the worst moment of its own steps, as a share of the first. */
function staysOf({ steps }: Priced): Exact {
  const [first, ...later] = steps.map(({ to }) => to);
  if (first === undefined || first.digits <= 0n) return ONE;
  const worst = later.reduce((least, each) => (compare(each, least) < 0 ? each : least), first);
  return quotient(worst, first, 12, "down");
}

/** The symbol of a quote of an Aave market: "aave-v3:ethereum:WETH:oracle" is WETH's. */
const symbolOf = (quote: string): string | undefined => /^aave-v3:[^:]+:([^:]+):oracle$/.exec(quote)?.[1];

/** How far a drill lets the oracle prices of a market's assets fall, each at its worst moment. */
export function fallsOf({ channels }: Pick<Drill, "channels">, listed: readonly Listed[]): Falls {
  const priced = channels.filter(isPriced);
  const stays = (name: string): Exact => {
    const channel = priced.find(({ of }) => of === name);
    return channel === undefined ? ONE : channel.times.map(stays).reduce(multiply, staysOf(channel));
  };
  const falls = new Map<`0x${string}`, Exact>();
  for (const channel of channels) {
    if (!isPriced(channel) && channel.channel !== "following-oracle") continue;
    const name = channel.channel === "following-oracle" ? channel.follows : channel.of;
    for (const quote of channel.quotes) {
      const asset = listed.find(({ symbol }) => symbol === symbolOf(quote))?.asset;
      if (asset !== undefined) falls.set(asset.toLowerCase() as `0x${string}`, stays(name));
    }
  }
  return falls;
}
