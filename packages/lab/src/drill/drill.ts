import type { Reserve } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import type { VenueFunction, VenueState } from "@plimsoll/core/book";
import type { Danger } from "@plimsoll/core/risk";
import type { RepayRoute } from "@plimsoll/core/margin";
import type { Exact, HoldingId, Ms, QuoteKey } from "@plimsoll/core/units";

/** What is said from a moment on; `source` is "assumed" or a name of the drill's sources. */
export interface Step<T> {
  readonly at: Ms;
  readonly to: T;
  readonly source: string;
  /** Until the next step the value stays; otherwise prices go to the next one in a straight line of their logarithm. */
  readonly hold: boolean;
  /** A wick: the value is there for so long and then where it would have been without it. */
  readonly wickMs?: Ms;
}

/** A price, a ratio or a volatility by name, and the quotes that say it. `times` and `over` are names of other ones. */
export interface PriceChannel {
  readonly channel: "price" | "volatility" | "oracle";
  readonly of: string;
  readonly quotes: readonly QuoteKey[];
  readonly times: readonly string[];
  readonly over?: string;
  readonly steps: readonly Step<Exact>[];
}

/** An oracle that reports when the price it follows is `deviation` away from its last answer, or a heartbeat has passed. */
export interface FollowingOracle {
  readonly channel: "following-oracle";
  readonly of: string;
  readonly quotes: readonly QuoteKey[];
  readonly follows: string;
  readonly deviation: number;
  readonly heartbeatMs: Ms;
  readonly source: string;
}

/** Depth of one instrument as a multiple of calm; calm is money within 1 % of the middle, spread evenly. */
export interface DepthChannel {
  readonly channel: "depth";
  readonly venue: string;
  readonly instrument: string;
  /** Names of prices: the middle is `price`, divided by `over` where there is one. */
  readonly price: string;
  readonly over?: string;
  readonly halfSpread: number;
  readonly perPercent: number;
  readonly steps: readonly Step<Exact>[];
}

export interface ReserveFlags {
  readonly frozen?: boolean;
  readonly paused?: boolean;
  readonly ltvZero?: boolean;
  readonly flashOff?: boolean;
  /** Share of what is supplied that is lent out. */
  readonly utilisation?: Exact;
  /** Share a year. */
  readonly borrowRate?: Exact;
}

/** Everything else that a scenario moves: it holds from step to step, or happens at each. */
export type StateChannel =
  | {
      readonly channel: "funding";
      readonly venue: string;
      readonly symbol: string;
      readonly steps: readonly Step<Exact>[];
    }
  | {
      readonly channel: "haircut";
      readonly venue: string;
      readonly asset: string;
      readonly parameter: string;
      readonly steps: readonly Step<string>[];
    }
  | { readonly channel: "gas"; readonly chain: string; readonly steps: readonly Step<Exact>[] }
  | { readonly channel: "inclusion"; readonly chain: string; readonly steps: readonly Step<Exact>[] }
  | { readonly channel: "chain"; readonly chain: string; readonly steps: readonly Step<"running" | "halted">[] }
  | {
      readonly channel: "venue";
      readonly venue: string;
      readonly function: VenueFunction;
      /** Whether the venue still takes accounts while its owners' orders are refused. */
      readonly liquidates?: boolean;
      /** Who says that orders and stops which lie there are lost when it stops; they stay where nobody says it. */
      readonly cancels?: string;
      readonly steps: readonly Step<VenueState>[];
    }
  | {
      readonly channel: "transfer";
      readonly from: string;
      readonly to: string;
      readonly steps: readonly Step<Ms | "never">[];
    }
  | {
      readonly channel: "reserve";
      readonly venue: string;
      readonly market: string;
      readonly asset: string;
      /** Whole tokens in the pool, for what utilisation leaves; absent where the pool is not said. */
      readonly supplied?: Exact;
      readonly steps: readonly Step<ReserveFlags>[];
    }
  | { readonly channel: "adl"; readonly venue: string; readonly symbol: string; readonly steps: readonly Step<Exact>[] }
  | { readonly channel: "redemption"; readonly venue: string; readonly steps: readonly Step<unknown>[] }
  /** Share of equity at a venue that is gone. */
  | { readonly channel: "loss"; readonly venue: string; readonly steps: readonly Step<Exact>[] }
  | {
      readonly channel: "rpc";
      readonly chain: string;
      readonly provider: string;
      readonly steps: readonly Step<"up" | "lag" | "wrong" | "down">[];
    }
  | { readonly channel: "alert"; readonly name: string; readonly steps: readonly Step<"up" | "down">[] };

export type Channel = PriceChannel | FollowingOracle | DepthChannel | StateChannel;

/** What one chain needs to carry an action. */
export interface Chain {
  readonly chain: string;
  readonly venues: readonly string[];
  readonly blockMs: Ms;
  /** Name of the price of the coin that gas is paid in. */
  readonly coin: string;
  /** Gas of one action. */
  readonly gas: Exact;
  readonly source: string;
}

/** How much gas an action may cost: what the planner finds it worth, or a price of gas whatever is at stake. */
export type FeeCap =
  | { readonly by: "loss-avoided" }
  | { readonly by: "gwei"; readonly most: Exact; readonly giveUpMs: Ms };

/** Money for rescues, and where it really lies: a name of a venue or a chain. */
export interface DrillReserve {
  readonly reserve: Reserve;
  readonly lies?: string;
}

/** What became of an account: "misfired" where a guard acted on a price by which its venue does not liquidate. */
export type Fate = "survived" | "died" | "misfired";

/** What a set of guards must come to: dead ones show that a drill can kill, misfires that acting can be worse than nothing. */
export type Must = "survive" | "die" | "misfire";

export interface GuardSet {
  readonly name: string;
  readonly guards: readonly Guard[];
  readonly reserves: readonly DrillReserve[];
  readonly feeCap: FeeCap;
  readonly must?: Must;
  /** Of which accounts; all that it guards where empty. */
  readonly of: readonly HoldingId[];
  /** When our machine dies: from then on only what lies at venues protects. */
  readonly diesAt?: Ms;
}

/** Something a drill must make visible, and how it is seen; told alone where there is nothing to look at. */
export interface Shows {
  readonly says: string;
  readonly look?:
    | {
        readonly at: "exit";
        readonly when: Ms;
        readonly account: HoldingId;
        readonly debt: string;
        readonly route: RepayRoute;
        readonly is: "open" | "shut";
        readonly atMost?: Exact;
      }
    | { readonly at: "refusal"; readonly guardSet: string; readonly code: string }
    | {
        readonly at: "fate";
        readonly guardSet: string;
        readonly account: HoldingId;
        readonly is: Fate;
        readonly after?: Ms;
      }
    | { readonly at: "told"; readonly guardSet: string; readonly account: HoldingId; readonly code: string }
    | { readonly at: "danger"; readonly account: HoldingId; readonly atLeast: Danger; readonly by: Ms };
}

/** A scenario as data: what happens, to whom, guarded how, and what must be shown. */
export interface Drill {
  readonly id: string;
  readonly title: string;
  readonly from: Ms;
  readonly to: Ms;
  readonly sources: Readonly<Record<string, string>>;
  readonly channels: readonly Channel[];
  readonly chains: readonly Chain[];
  /** No price moves by more than this share from one look to the next. */
  readonly largestMove: number;
  /** From our decision to the venue's book. */
  readonly latencyMs: Ms;
  /** As in a book file; the venue reads it. */
  readonly accounts: readonly WrittenAccount[];
  readonly guardSets: readonly GuardSet[];
  readonly shows: readonly Shows[];
}

export interface WrittenAccount {
  readonly name: string;
  readonly venue: string;
  readonly [field: string]: unknown;
}

/** Steps that nobody recorded, in words. */
export function assumedOf({ channels }: Pick<Drill, "channels">): readonly string[] {
  return channels.flatMap((channel) => {
    const name = channelName(channel);
    if (channel.channel === "following-oracle") return channel.source === "assumed" ? [`${name}: how it follows`] : [];
    const lost =
      channel.channel === "venue" && channel.cancels === "assumed" ? [`${name}: what lies there is lost`] : [];
    const assumed = (channel.steps as readonly Step<unknown>[]).filter(({ source }) => source === "assumed");
    if (assumed.length === channel.steps.length) return [`${name}: all of it`];
    return [...lost, ...assumed.map(({ at }) => `${name}: ${new Date(at).toISOString().slice(0, 16)}`)];
  });
}

/** One text for what a channel is about. */
export function channelName(channel: Channel): string {
  switch (channel.channel) {
    case "price":
    case "volatility":
    case "oracle":
    case "following-oracle":
      return `${channel.channel.replace("following-", "")} ${channel.of}`;
    case "funding":
    case "adl":
      return `${channel.channel} ${channel.venue} ${channel.symbol}`;
    case "depth":
      return `depth ${channel.venue} ${channel.instrument}`;
    case "haircut":
    case "reserve":
      return `${channel.channel} ${channel.venue} ${channel.asset}`;
    case "gas":
    case "inclusion":
    case "chain":
      return `${channel.channel} ${channel.chain}`;
    case "rpc":
      return `rpc ${channel.chain} ${channel.provider}`;
    case "venue":
      return `${channel.function} at ${channel.venue}`;
    case "transfer":
      return `transfer ${channel.from} to ${channel.to}`;
    case "redemption":
    case "loss":
      return `${channel.channel} ${channel.venue}`;
    case "alert":
      return `alert ${channel.name}`;
  }
}
