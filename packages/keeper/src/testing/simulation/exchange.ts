// oxlint-disable import/no-relative-parent-imports -- like a test, the simulation reaches past the doors for the parts it runs
import type { Action, Actor, BookEvent, Feed, Holding, Reply, Terms } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type HoldingId, assetId, exact, fail, holdingId, ms, ok, rescale, venueId, why } from "@plimsoll/core/units";
import type { Connection } from "../../connection.ts";
import {
  type ExchangeState,
  type Input,
  type Order,
  type OrderRequest,
  type Reply as Said,
  DEEP,
  accountOf,
  listings,
  openExchange,
  step,
} from "@plimsoll/sim/exchange";
import { type BinanceTerms, binance, markKey } from "@plimsoll/venues/binance";
import { type OwnEffect, healthIn } from "./effects.ts";
import { type Network, silence } from "./network.ts";
import type { Process } from "./virtual-time.ts";

const SCALE = 8;
const SYMBOL = "BTCUSDT";
const THIN = { ...DEEP, levels: 4 };

type Snapshot = Awaited<ReturnType<Feed["snapshot"]>>;

/** The shipped document without the symbols that nobody holds here: it is written, hashed and read back in every story. */
const [shipped] = binance.terms;
const { assets: _assets, ...body } = shipped!.body as BinanceTerms;
const terms: Terms<unknown> = { ...shipped!, body: { ...body, symbols: { [SYMBOL]: body.symbols[SYMBOL] } } };

/** One account on the simulated exchange, opened with a position. */
export interface ExchangeAccount {
  readonly name: string;
  /** USDT. */
  readonly wallet: bigint;
  /** BTC in 1e-8, short below 0. */
  readonly size: bigint;
}

/** The exchange of the demo without its sockets: the same rules in the same virtual time as the keeper. */
export class SimulatedExchange {
  readonly effects: OwnEffect[] = [];
  readonly #state: ExchangeState;
  readonly #network: Network;
  /** Ids of orders that ended are forgotten, so that a repeated message is a new order. */
  readonly #forgets: boolean;
  readonly #listeners = new Set<{ readonly process: Process; readonly on: (event: BookEvent) => void }>();
  #said = 0;

  constructor(network: Network, price: bigint, accounts: readonly ExchangeAccount[], forgets: boolean) {
    const { now } = network.time;
    this.#network = network;
    this.#forgets = forgets;
    this.#state = openExchange({
      instruments: [{ ...listings[SYMBOL], depth: THIN }],
      prices: new Map([[SYMBOL, price]]),
      accounts: accounts.map(({ name }) => name),
      fund: new Map([["USDT", 10n ** 16n]]),
      now,
    });
    for (const { name, wallet, size } of accounts) {
      this.#run({ type: "deposit", account: name, asset: "USDT", amount: wallet });
      this.#run({ type: "leverage", account: name, symbol: SYMBOL, leverage: 125 });
      this.#run({ type: "order", account: name, order: marketOrder(size) });
    }
  }

  /** Moves the price and tells whoever listens, each on his own way. */
  price(to: bigint): void {
    this.#run({ type: "price", symbol: SYMBOL, index: to });
    const event = this.#priceEvent();
    for (const { process, on } of this.#listeners)
      process.hears(this.#network.time.now + this.#network.delayMs(), () => {
        if (this.#network.time.now >= this.#network.downUntil.data) on(event);
      });
  }

  connection(process: Process, account: string): Connection {
    return { holding: idOf(account), feed: this.#feed(process, account), actor: this.#actor(process, account) };
  }

  /** What the account really is, whatever anybody was told. */
  truth(account: string): { readonly holding: Holding; readonly scene: Scene<unknown> } {
    const held = accountOf({ state: this.#state }, account);
    const wallets = [
      { asset: "USDT", cross: exact(held.cross.get("USDT") ?? 0n, SCALE), orderMargin: exact(0n, SCALE) },
    ];
    const positions = [...held.positions.values()].map(({ symbol, size, cost }) => ({
      ...{ symbol, positionSide: "BOTH", asset: "USDT", size: exact(size, SCALE), margin: { mode: "cross" } },
      entry: exact((cost * 10n ** 16n) / size, 16),
      leverage: exact(125n),
    }));
    const body = { mode: "one-way", wallets, positions, orders: [], funding: [] };
    const now = ms(this.#moment());
    const holding = { id: idOf(account), venue: venueId("binance"), rules: binance.rules[0]!, asOf: now, body };
    const quote = { value: exact(this.#market().mark, SCALE), kind: "mark", asOf: now } as const;
    return { holding, scene: { now, quotes: new Map([[markKey(SYMBOL), quote]]), terms } };
  }

  #feed(process: Process, account: string): Feed {
    const events = (): readonly BookEvent[] => [
      { type: "terms", terms },
      this.#priceEvent(),
      { type: "holding", holding: this.truth(account).holding },
    ];
    const none: Snapshot = fail(why("simulation/no-answer"));
    return {
      snapshot: () => this.#network.ask<Snapshot>(process, () => ok(events()), none),
      watch: async (on) => {
        const listener = { process, on: (event: BookEvent) => on(event, ms(this.#network.time.now)) };
        this.#listeners.add(listener);
        return async () => void this.#listeners.delete(listener);
      },
    };
  }

  #actor(process: Process, account: string): Actor {
    return {
      prepare: async (key, _holding, action) =>
        ok({ reference: action.do === "cancel" ? action.order : key, wire: JSON.stringify(wireOf(action)) }),
      send: (prepared) => this.#network.send(process, () => this.#take(account, prepared.reference, prepared.wire)),
      query: (prepared) => this.#network.ask(process, () => this.#replyTo(account, prepared.reference), silence),
    };
  }

  #take(account: string, reference: string, wire: string): Reply {
    const asked = JSON.parse(wire) as ReturnType<typeof wireOf>;
    if (asked.is === "cancel") {
      this.#run({ type: "cancel", account, symbol: SYMBOL, ref: { clientId: reference } });
      return { is: "done", flows: [] };
    }
    if (this.#known(account, reference) !== undefined) return silence; // a second order under one id
    const before = this.truth(account);
    const size = sizeIn(before.holding);
    const said = this.#run({
      type: "order",
      account,
      order: {
        ...{ symbol: SYMBOL, side: asked.side, positionSide: "BOTH", type: "LIMIT", timeInForce: "IOC" },
        ...{ price: BigInt(asked.limit), size: BigInt(asked.size), reduceOnly: asked.reduceOnly, clientId: reference },
      },
    });
    if (!said.ok) return { is: "refused", why: why("simulation/refused", { detail: said.failure.msg }) };
    const { holding } = this.truth(account);
    const filled = said.value.order?.filled ?? 0n;
    if (filled > 0n)
      this.effects.push({
        ...{ reference, holding: holding.id, at: this.#network.time.now, amount: exact(filled, SCALE) },
        exposure: { before: exact(size, SCALE), after: exact(sizeIn(holding), SCALE) },
        health: {
          before: healthIn(binance.engine, before.holding, before.scene),
          after: healthIn(binance.engine, holding, before.scene),
        },
      });
    return this.#replyTo(account, reference, said.value.order);
  }

  #known(account: string, reference: string): Order | undefined {
    const order = this.#state.orders.get(this.#state.clientIds.get(`${account}/${reference}`) ?? -1);
    const isOver = order !== undefined && order.status !== "NEW" && order.status !== "PARTIALLY_FILLED";
    return this.#forgets && isOver ? undefined : order;
  }

  #replyTo(account: string, reference: string, order = this.#known(account, reference)): Reply {
    if (order === undefined) return { is: "not-found" };
    const [done, left] = [exact(order.filled, SCALE), exact(order.size - order.filled, SCALE)];
    if (order.status === "FILLED") return { is: "done", flows: [{ asset: assetId("USDT"), amount: exact(0n) }] };
    if (order.status === "NEW") return { is: "accepted" };
    if (order.status === "PARTIALLY_FILLED") return { is: "partly", done, left };
    return { is: "expired", why: why("simulation/order-ended", { done: String(order.filled) }) };
  }

  #run(input: Input) {
    const { outputs } = step(this.#state, input, this.#network.time.now, 1n);
    const reply = outputs.find(({ type }) => type === "reply");
    if (reply?.type !== "reply") throw new Error("a step without a reply");
    return reply.result satisfies { ok: boolean; value?: Said };
  }

  #market() {
    return this.#state.markets.get(SYMBOL)!;
  }
  #priceEvent(): BookEvent {
    const price = exact(this.#market().mark, SCALE);
    return { type: "price", key: markKey(SYMBOL), price, kind: "mark", at: ms(this.#moment()) };
  }
  /** The venue's clock in whole milliseconds, never twice the same. */
  #moment(): number {
    this.#said = Math.max(this.#said + 1, this.#network.time.now);
    return this.#said;
  }
}

const idOf = (account: string): HoldingId => holdingId(`binance:${account}`);
export const symbol = SYMBOL;

const sizeIn = ({ body }: Holding): bigint => {
  const [position] = (body as { readonly positions: readonly { readonly size: { readonly digits: bigint } }[] })
    .positions;
  const size = position?.size.digits ?? 0n;
  return size < 0n ? -size : size;
};

const marketOrder = (size: bigint): OrderRequest => ({
  symbol: SYMBOL,
  side: size > 0n ? "buy" : "sell",
  positionSide: "BOTH",
  type: "MARKET",
  timeInForce: "GTC",
  price: 0n,
  size: size < 0n ? -size : size,
  reduceOnly: false,
  clientId: "",
});

function wireOf(action: Action) {
  if (action.do === "cancel") return { is: "cancel" } as const;
  if (action.do !== "order") throw new Error(`the simulated exchange has no ${action.do}`);
  const [size, limit] = [rescale(action.size, SCALE, "floor"), rescale(action.limit, SCALE, "floor")];
  const { side, reduceOnly } = action;
  return { is: "order", side, reduceOnly, size: String(size.digits), limit: String(limit.digits) } as const;
}
