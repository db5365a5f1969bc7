import type { Action, Actor, BookEvent, Holding, Prepared, Resting } from "@plimsoll/core/book";
import type { BoundEngine, Scene } from "@plimsoll/core/margin";
import { type AccountKey, type Figure, type Result, type Why, dec, text, trim } from "@plimsoll/core/units";
import type { Exchange } from "ccxt";
import type { ExchangeFeed } from "@plimsoll/venues/wire";

type OrderAction = Extract<Action, { readonly do: "order" }>;
type StopAction = Extract<Action, { readonly do: "stop" }>;

/** One account of a venue under test: its feed, its actor and its engine at one table. */
export class Desk {
  readonly feed: ExchangeFeed;
  readonly actor: Actor;
  readonly engine: BoundEngine;

  constructor(feed: ExchangeFeed, actor: Actor, engine: BoundEngine) {
    this.feed = feed;
    this.actor = actor;
    this.engine = engine;
  }

  /** The account as the venue shows it now, and the scene that goes with it. */
  async read(): Promise<{ readonly holding: Holding; readonly scene: Scene<unknown> }> {
    const events = sure(await this.feed.snapshot());
    const holding = only(events, "holding").holding;
    const { terms } = only(events, "terms");
    const quotes = new Map(
      events.flatMap((event) =>
        event.type === "price" ? [[event.key, { value: event.price, kind: event.kind, asOf: event.at }] as const] : [],
      ),
    );
    return { holding, scene: { now: holding.asOf, quotes, terms } };
  }

  async holding(): Promise<Holding> {
    return (await this.read()).holding;
  }

  /** What the engine says of an action on the account as it is. */
  async apply(action: Action): Promise<Result<Holding, Why>> {
    const { holding, scene } = await this.read();
    return this.engine.apply(holding, action, scene);
  }

  async resting(account: AccountKey): Promise<Figure<readonly Resting[]>> {
    const { holding, scene } = await this.read();
    return this.engine.resting(holding, account, scene);
  }

  /** What lies there, one line an order; where it is not known, why. */
  async lying(account: AccountKey): Promise<readonly string[]> {
    const figure = await this.resting(account);
    return figure.is === "known" ? figure.value.map(lineOf) : ["why" in figure ? figure.why.code : "none"];
  }

  async prepare(action: Action, key = "one"): Promise<Prepared> {
    return sure(await this.actor.prepare(key, await this.holding(), action));
  }
}

const lineOf = ({ instrument, side, size, reduceOnly, trigger, limit }: Resting): string =>
  [
    instrument,
    side,
    size === "all" ? size : text(trim(size)),
    ...(reduceOnly ? ["reduce-only"] : []),
    ...(trigger === undefined ? [] : [`${trigger.when} ${text(trim(trigger.at))} ${trigger.kind}`]),
    ...(limit === undefined ? [] : [`limit ${text(trim(limit))}`]),
  ].join(" ");

const only = <T extends BookEvent["type"]>(
  events: readonly BookEvent[],
  type: T,
): Extract<BookEvent, { readonly type: T }> => {
  const found = events.find((event): event is Extract<BookEvent, { readonly type: T }> => event.type === type);
  if (found === undefined) throw new Error(`the reading has no ${type}`);
  return found;
};

const sure = <T>(result: Result<T, Why>): T => {
  if (result.ok) return result.value;
  throw new Error(`${result.failure.code} ${JSON.stringify(result.failure.facts)}`);
};

/** Every call that a client makes from now on: address and body. */
export function callsOf(client: Exchange): readonly string[] {
  const calls: string[] = [];
  const fetch = client.fetch.bind(client);
  client.fetch = (url, method, headers, body) => {
    calls.push(`${url} ${String(body ?? "")}`);
    return fetch(url, method, headers, body);
  };
  return calls;
}

/** A reduce-only order of an instrument. */
export const reduceOf =
  (instrument: string) =>
  (side: "buy" | "sell", size: string, limit: string): OrderAction => ({
    do: "order",
    instrument,
    side,
    size: dec(size),
    limit: dec(limit),
    reduceOnly: true,
  });

/** A stop that sells a long, or buys a short back, when the mark is lost to it. */
export const stopOf =
  (instrument: string) =>
  (size: string, at: string, more: Partial<Pick<StopAction, "side" | "limit" | "trigger">> = {}): StopAction => {
    const side = more.side ?? "sell";
    const when = side === "sell" ? "at-or-below" : "at-or-above";
    const trigger = { kind: "mark", when, at: dec(at) } as const;
    return { do: "stop", instrument, side, size: size === "all" ? size : dec(size), trigger, ...more };
  };
