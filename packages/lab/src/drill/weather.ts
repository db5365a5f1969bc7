import type { Depth, VenueFunction, VenueState } from "@plimsoll/core/book";
import {
  type Exact,
  type Ms,
  type QuoteKey,
  fromNumber,
  invariant,
  multiply,
  quotient,
  rescale,
  toNumber,
} from "@plimsoll/core/units";
import { heldAt, priceAt } from "./course.ts";
import type { Channel, DepthChannel, Drill, FollowingOracle, PriceChannel } from "./drill.ts";

type Of<C extends Channel["channel"]> = Extract<Channel, { readonly channel: C }>;
const isPrice = (channel: Channel): channel is PriceChannel =>
  channel.channel === "price" || channel.channel === "oracle" || channel.channel === "volatility";

/** One function of a venue at a moment. */
export interface VenueWeather {
  readonly state: VenueState;
  /** Nothing of its owners' is taken. */
  readonly stops: boolean;
  readonly liquidates: boolean;
  /** What lies there is lost when it stops. */
  readonly cancels: boolean;
}

/** Digits that a quotient of two prices keeps. */
const RATIO_SCALE = 8;

/** What a scenario says of the world at any moment. Oracles that follow a price remember their last answer: ask in order of time. */
export class Weather {
  readonly #channels: readonly Channel[];
  readonly #prices: ReadonlyMap<string, PriceChannel>;
  readonly #answers = new Map<string, { readonly at: Ms; readonly to: Exact }>();

  constructor({ channels }: Pick<Drill, "channels">) {
    this.#channels = channels;
    this.#prices = new Map(channels.filter(isPrice).map((channel) => [channel.of, channel]));
  }

  of<C extends Channel["channel"]>(channel: C): readonly Of<C>[] {
    return this.#channels.filter((each): each is Of<C> => each.channel === channel);
  }

  /** A price by its name. */
  price(name: string, at: Ms): Exact {
    const channel = this.#prices.get(name);
    invariant(channel !== undefined, `no price is named ${name}; the reader of drills lets no such name pass`);
    const own = priceAt(channel.steps, at);
    const times = channel.times.reduce((product, each) => multiply(product, this.price(each, at)), own);
    const value =
      channel.over === undefined ? times : quotient(times, this.price(channel.over, at), RATIO_SCALE, "half-even");
    return value.scale > RATIO_SCALE ? rescale(value, RATIO_SCALE, "half-even") : value;
  }

  /** Every quote that the scenario drives, as it is now. */
  quotes(at: Ms): ReadonlyMap<QuoteKey, Exact> {
    const all = new Map<QuoteKey, Exact>();
    for (const channel of this.#channels) {
      const value = isPrice(channel)
        ? channel.quotes.length === 0
          ? undefined
          : this.price(channel.of, at)
        : channel.channel === "following-oracle"
          ? this.#answer(channel, at)
          : undefined;
      if (value !== undefined && "quotes" in channel) for (const key of channel.quotes) all.set(key, value);
    }
    return all;
  }

  #answer({ of, follows, deviation, heartbeatMs }: FollowingOracle, at: Ms): Exact {
    const now = this.price(follows, at);
    const last = this.#answers.get(of);
    const apart = last === undefined ? Infinity : Math.abs(Math.log(toNumber(now) / toNumber(last.to)));
    if (last !== undefined && apart < deviation && at - last.at < heartbeatMs) return last.to;
    this.#answers.set(of, { at, to: now });
    return now;
  }

  /** The worst state that is said of a function; normal where nothing is. */
  venue(venue: string, of: VenueFunction, at: Ms): VenueWeather {
    const said = this.of("venue").find((each) => each.venue === venue && each.function === of);
    const state = said === undefined ? "normal" : heldAt(said.steps, at);
    const stops = stopped.has(state);
    return { state, stops, liquidates: said?.liquidates ?? !stops, cancels: said?.cancels !== undefined };
  }

  gas(chain: string, at: Ms): Exact | undefined {
    const said = this.of("gas").find((each) => each.chain === chain);
    return said && heldAt(said.steps, at);
  }

  /** Blocks that a transaction waits; 1 where nothing is said. */
  inclusionBlocks(chain: string, at: Ms): number {
    const said = this.of("inclusion").find((each) => each.chain === chain);
    return said === undefined ? 1 : toNumber(heldAt(said.steps, at));
  }

  /** Whether a chain makes blocks, for others too. */
  runs(chain: string, at: Ms): boolean {
    return !this.of("chain").some((each) => each.chain === chain && heldAt(each.steps, at) === "halted");
  }

  /** A chain takes our transactions where it runs and at least one of our providers answers. */
  takes(chain: string, at: Ms): boolean {
    return this.runs(chain, at) && this.reads(chain, at);
  }

  /** Whether a chain can be read: where providers are said, one that is up; a wrong or lagging one is as good as none. */
  reads(chain: string, at: Ms): boolean {
    const providers = this.of("rpc").filter((each) => each.chain === chain);
    return providers.length === 0 || providers.some((each) => heldAt(each.steps, at) === "up");
  }

  alertsArrive(at: Ms): boolean {
    const channels = this.of("alert");
    return channels.length === 0 || channels.some((each) => heldAt(each.steps, at) === "up");
  }

  /** How long money takes from one place to another; never where nothing is said of it, since in stress it does not move. */
  transfer(from: string, to: string, at: Ms): Ms | "never" {
    const said = this.of("transfer").find((each) => each.from === from && each.to === to);
    return said === undefined ? "never" : heldAt(said.steps, at);
  }

  depth(venue: string, instrument: string): DepthChannel | undefined {
    return this.of("depth").find((each) => each.venue === venue && each.instrument === instrument);
  }

  middle({ price, over }: DepthChannel, at: Ms): Exact {
    const top = this.price(price, at);
    return over === undefined ? top : quotient(top, this.price(over, at), RATIO_SCALE, "half-even");
  }

  /** Levels of an instrument's book, best first, out to 5 % on each side; each holds its share of the money within 1 %. */
  levels(channel: DepthChannel, at: Ms): Depth {
    const middle = toNumber(this.middle(channel, at));
    const money = channel.perPercent * toNumber(heldAt(channel.steps, at));
    const level = (side: 1 | -1, index: number) => {
      const price = middle * (1 + side * (channel.halfSpread + (LEVEL * (index + 0.5)) / 100));
      return [fixed(price), fixed((money * LEVEL) / price)] as const;
    };
    const side = (sign: 1 | -1) => Array.from({ length: LEVELS }, (_, index) => level(sign, index));
    return { bids: side(-1), asks: side(1), at };
  }
}

const stopped: ReadonlySet<VenueState> = new Set(["cancel-only", "settling", "halted"]);
const LEVELS = 10;
/** Percent of the price from level to level. */
const LEVEL = 0.5;
const fixed = (value: number): Exact => rescale(fromNumber(value), RATIO_SCALE, "half-even");
