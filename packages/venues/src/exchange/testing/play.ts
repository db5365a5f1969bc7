import type { Prepared, Reply } from "@plimsoll/core/book";
import { type AccountKey, dec, multiply, text, trim } from "@plimsoll/core/units";
import type { FaultRule, RunningExchange } from "@plimsoll/sim/exchange";
import type { Exchange } from "ccxt";
import { type Desk, reduceOf, stopOf } from "./desk.ts";

/** One account at a simulated venue, and whoever trades it by hand. */
export interface Stage {
  readonly running: RunningExchange;
  readonly client: Exchange;
  readonly desk: Desk;
}

/** What differs from venue to venue about one and the same story: a coin at 100,000, an account with 100,000. */
export interface VenueStory {
  readonly open: () => Promise<Stage>;
  /** The client library's name of the market, ours of the instrument, the simulation's of the symbol. */
  readonly market: string;
  readonly instrument: string;
  readonly symbol: string;
  readonly asset: string;
  readonly account: AccountKey;
  /** Sizes of the venue in one coin. */
  readonly unit: string;
  /** Calls as faults name them. */
  readonly calls: { readonly order: string; readonly stop: string; readonly cancel: string; readonly shows: string };
  /** How the venue words that an order is not there. */
  readonly absent: FaultRule["fault"];
  /** A price that is below what the venue takes, and the edge that it names. */
  readonly band: { readonly low: string; readonly edge?: string };
  /** Whether the venue refuses an id that it has seen, or only one that is still open: then a copy of an immediate order acts again. */
  readonly ids: "used-once" | "while-open";
  /** What the second copy of a message is answered with. */
  readonly doubled: Reply["is"];
  /** Where positions have margin of their own: how a coin is switched to that, the two accounts, and the call that moves. */
  readonly isolated: {
    readonly isolate: (client: Exchange) => Promise<unknown>;
    readonly pool: AccountKey;
    readonly position: AccountKey;
    readonly call: string;
  };
  /** Where both sides of a coin can be held: how an account is switched to that, and what an order says of its side. */
  readonly hedged?: {
    readonly enter: (client: Exchange) => Promise<unknown>;
    readonly params: Readonly<Record<"long" | "short", Readonly<Record<string, unknown>>>>;
  };
  /** Words in a call that would arm the venue's dead man's timer. */
  readonly timer: RegExp;
}

/** Actions of a story, their sizes in coins. */
export function actionsOf({ instrument, unit }: VenueStory) {
  const sized = (coins: string): string => text(trim(multiply(dec(coins), dec(unit))));
  return {
    sized,
    reduce: (coins: string, limit: string, side: "buy" | "sell" = "sell") =>
      reduceOf(instrument)(side, sized(coins), limit),
    stop: (coins: string, at: string, more: Parameters<ReturnType<typeof stopOf>>[2] = {}) =>
      stopOf(instrument)(coins === "all" ? coins : sized(coins), at, more),
  };
}

/** One story on its stage. */
export class Play implements Stage {
  readonly running: RunningExchange;
  readonly client: Exchange;
  readonly desk: Desk;
  readonly #story: VenueStory;

  constructor(story: VenueStory, { running, client, desk }: Stage) {
    this.running = running;
    this.client = client;
    this.desk = desk;
    this.#story = story;
  }

  /** Somebody trades by hand, at market. */
  trade(side: "buy" | "sell", coins: string): Promise<unknown> {
    const size = Number(actionsOf(this.#story).sized(coins));
    return this.client.createOrder(this.#story.market, "market", side, size, 100_000);
  }

  priceTo(price: string): void {
    this.running.exchange.setReference(this.#story.symbol, price);
    this.running.exchange.advance(60_000);
  }

  /** Sends under one fault; only what waits for an answer that never comes is given up soon. */
  async sendUnder(on: string, fault: FaultRule["fault"], prepared: Prepared): Promise<Reply> {
    const patience = this.client.timeout;
    if (fault.kind === "lost-reply" || fault.kind === "late-reply") this.client.timeout = 700;
    this.running.faults.add({ on, fault, times: 1 });
    const reply = await this.desk.actor.send(prepared);
    this.client.timeout = patience;
    return reply;
  }

  /** The venue's id of the one order that lies there. */
  async onlyOrder(): Promise<string> {
    const figure = await this.desk.resting(this.#story.account);
    if (figure.is !== "known" || figure.value.length !== 1) throw new Error(`not one order: ${figure.is}`);
    return figure.value[0]!.order;
  }

  /** What is held, in coins. */
  async held(): Promise<string> {
    const [position] = await this.client.fetchPositions([this.#story.market]);
    const { contracts = 0, contractSize = 1, side } = position ?? {};
    return text(trim(multiply(dec(`${side === "short" ? -contracts : contracts}`), dec(`${contractSize}`))));
  }
}
