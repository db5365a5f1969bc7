import type { Guard, Remedy, StandingStop } from "@plimsoll/core/policy";
import { type Exact, fromNumber, holdingId, multiply, negate, rescale, toNumber } from "@plimsoll/core/units";
import type {
  Channel,
  DepthChannel,
  Drill,
  DrillReserve,
  GuardSet,
  PriceChannel,
  Step,
  WrittenAccount,
} from "./drill.ts";
import { rounded } from "./course.ts";
import { type Swap, mirrorAccount } from "./mirror-account.ts";

/** A drill computed from another, and what could not be. */
export interface Variant {
  readonly name: string;
  readonly drill: Drill;
  readonly leftOut: readonly string[];
}

const isPrice = (channel: Channel): channel is PriceChannel =>
  channel.channel === "price" || channel.channel === "oracle" || channel.channel === "volatility";

/** The drill as it is written. */
export const asWritten = (drill: Drill): Variant => ({ name: "", drill, leftOut: [] });

/** The same drill with every move `factor` times as far: prices, gas and depth in logarithms, rates and shares as they are. */
export function multiplied({ name, drill, leftOut }: Variant, factor: Exact): Variant {
  const by = toNumber(factor);
  const inLogs = (steps: readonly Step<Exact>[]) => powered(steps, by);
  const channels = drill.channels.map((channel): Channel => {
    if (isPrice(channel) || channel.channel === "gas" || channel.channel === "depth")
      return { ...channel, steps: inLogs(channel.steps) } as Channel;
    if (channel.channel === "funding")
      return { ...channel, steps: channel.steps.map((step) => ({ ...step, to: multiply(step.to, factor) })) };
    return channel;
  });
  return { name: `${name} x${toNumber(factor)}`.trim(), drill: { ...drill, channels }, leftOut };
}

/** Every step as far from the first, in logarithms, as `power` times what it was. */
const powered = (steps: readonly Step<Exact>[], power: number): readonly Step<Exact>[] => {
  const first = toNumber(steps[0]!.to);
  return steps.map((step) => ({
    ...step,
    to: step === steps[0] ? step.to : rounded(first * (toNumber(step.to) / first) ** power, steps),
  }));
};

/**
 * The drill seen from the other side: prices rise where they fell, shorts hold what longs held, a lender of the coin owes it. Loans
 * keep their health at the start: one collateral and one debt change places. Must-die sets are left out: they are bad at the path
 * they were written for.
 */
export function mirrored(drill: Drill): Variant {
  const turned = drill.accounts.map((account) => ({ account, mirror: mirrorAccount(account, drill.from) }));
  const kept = turned.flatMap(({ account, mirror }) => (mirror.ok ? [{ account, ...mirror.value }] : []));
  const leftOut = turned.flatMap(({ account, mirror }) =>
    mirror.ok ? [] : [`${account.name}: ${mirror.failure.facts["detail"]}`],
  );
  const swaps = new Map(kept.map(({ account, swap }) => [String(holdingId(account.name)), swap]));
  const guardSets = drill.guardSets
    .filter(({ must }) => must !== "die" && must !== "misfire")
    .map((set) => mirrorSet(set, swaps, drill))
    .filter(({ guards, of }) => guards.length > 0 || of.length > 0);
  const channels = drill.channels.map((channel): Channel => {
    if (isPrice(channel)) return { ...channel, steps: powered(channel.steps, -1) };
    if (channel.channel === "funding")
      return { ...channel, steps: channel.steps.map((step) => ({ ...step, to: negate(step.to) })) };
    return channel.channel === "depth" ? mirrorDepth(channel) : channel;
  });
  const accounts: readonly WrittenAccount[] = kept.map(({ mirror }) => mirror);
  return { name: "mirrored", drill: { ...drill, accounts, channels, guardSets, shows: [] }, leftOut };
}

/** A route that sold one coin for another is wanted the other way round; an exchange's book serves both. */
function mirrorDepth(channel: DepthChannel): DepthChannel {
  const [base = "", quote] = channel.instrument.split("/");
  return quote === undefined ? channel : { ...channel, instrument: `${quote}/${base}` };
}

function mirrorSet(set: GuardSet, swaps: ReadonlyMap<string, Swap | undefined>, drill: Drill): GuardSet {
  const guards = set.guards
    .filter(({ scope }) => swaps.has(scope.holding))
    .map((guard) => {
      const swap = swaps.get(guard.scope.holding);
      const { trigger } = guard;
      const ladder = swap === undefined ? guard.ladder : guard.ladder.map((remedy) => mirrorRemedy(remedy, swap));
      const turned = {
        ...guard,
        ladder,
        ...(guard.stops && { stops: guard.stops.map((stop) => mirrorStop(stop, guard, drill)) }),
      };
      if (trigger.when !== "price") return turned;
      const side = trigger.side === "at-or-below" ? ("at-or-above" as const) : ("at-or-below" as const);
      return { ...turned, trigger: { ...trigger, side, at: mirrorPrice(trigger.at, trigger.quote, drill) } };
    });
  const reserves = set.reserves
    .filter(({ reserve }) => swaps.has(reserve.holding))
    .map((each) => mirrorReserve(each, swaps.get(each.reserve.holding)));
  return { ...set, guards, reserves, of: set.of.filter((id) => swaps.has(id)) };
}

/** A stop at a price lies on the other side of today's; one that follows the liquidation follows it there too. */
function mirrorStop(stop: StandingStop, { scope }: Guard, drill: Drill): StandingStop {
  if (!("at" in stop.place)) return stop;
  const venue = drill.accounts.find(({ name }) => holdingId(name) === scope.holding)?.venue;
  const quote = `${venue}:${stop.instrument}:${stop.kind}`;
  return { ...stop, place: { at: mirrorPrice(stop.place.at, quote, drill) } };
}

function mirrorPrice(at: Exact, quote: string, { channels }: Drill): Exact {
  const channel = channels.find(
    (each): each is PriceChannel => isPrice(each) && each.quotes.some((key) => key === quote),
  );
  const first = channel?.steps[0]?.to;
  return first === undefined ? at : rescale(fromNumber(toNumber(first) ** 2 / toNumber(at)), at.scale + 2, "half-even");
}

/** What pays for the old debt pays for the new one, as much as it was worth at the start. */
function mirrorRemedy(remedy: Remedy, swap: Swap): Remedy {
  if (!("asset" in remedy) || !("most" in remedy)) return remedy;
  const to = swap.to(remedy.asset, remedy.most);
  return { ...remedy, asset: to.asset as typeof remedy.asset, most: to.amount };
}

function mirrorReserve(each: DrillReserve, swap: Swap | undefined): DrillReserve {
  const { reserve } = each;
  if (swap === undefined || reserve.free.is !== "known") return each;
  const free = swap.to(reserve.asset, reserve.free.value);
  return {
    ...each,
    reserve: { ...reserve, asset: free.asset as typeof reserve.asset, free: { ...reserve.free, value: free.amount } },
  };
}
