// oxlint-disable import/no-relative-parent-imports -- like a test, the simulation reaches past the doors for the parts it runs
import type { Action, Actor, BookEvent, Feed, Holding, Reply, Terms } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import {
  type HoldingId,
  type Ms,
  absolute,
  assetId,
  exact,
  fail,
  holdingId,
  ms,
  ok,
  rescale,
  venueId,
  why,
} from "@plimsoll/core/units";
import type { Connection } from "../../connection.ts";
import {
  type Conditional,
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
import { type OwnCancel, type OwnEffect, healthIn } from "./effects.ts";
import { type Network, silence } from "./network.ts";
import {
  type StopWire,
  idOfStop,
  keyIn,
  referenceOf,
  requestOf,
  restingOf,
  wireOfStop,
  wokenOf,
} from "./resting-stops.ts";
import type { Process } from "./virtual-time.ts";

const SCALE = 8;
const SYMBOL = "BTCUSDT";

type Snapshot = Awaited<ReturnType<Feed["snapshot"]>>;

/** The shipped document without the symbols that nobody holds here: it is written, hashed and read back in every story. */
const [shipped] = binance.terms;
const { assets: _assets, ...body } = shipped!.body as BinanceTerms;
const terms: Terms<unknown> = { ...shipped!, body: { ...body, symbols: { [SYMBOL]: body.symbols[SYMBOL] } } };

/** What a story decides about the exchange. */
export interface ExchangeKind {
  readonly price: bigint;
  readonly accounts: readonly ExchangeAccount[];
  /** Ids of orders that ended are forgotten, so that a repeated message is a new order. */
  readonly forgets: boolean;
  /** Money on the first level of the book: a fill ends where the book does. */
  readonly depth: bigint;
  /** It says of an order that ended how much of it was filled. */
  readonly saysDone: boolean;
}

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
  readonly cancels: OwnCancel[] = [];
  readonly #accounts: readonly string[];
  #mode: "normal" | "halted" | undefined;
  readonly #state: ExchangeState;
  readonly #network: Network;
  readonly #forgets: boolean;
  readonly #saysDone: boolean;
  readonly #listeners = new Set<{ readonly process: Process; readonly on: (event: BookEvent) => void }>();
  #said = 0;

  constructor(network: Network, { price, accounts, forgets, saysDone, depth }: ExchangeKind) {
    const { now } = network.time;
    this.#network = network;
    this.#forgets = forgets;
    this.#saysDone = saysDone;
    this.#accounts = accounts.map(({ name }) => name);
    this.#state = openExchange({
      instruments: [{ ...listings[SYMBOL], depth: DEEP }],
      prices: new Map([[SYMBOL, price]]),
      accounts: this.#accounts,
      fund: new Map([["USDT", 10n ** 16n]]),
      now,
    });
    for (const { name, wallet, size } of accounts) {
      this.#run({ type: "deposit", account: name, asset: "USDT", amount: wallet });
      this.#run({ type: "leverage", account: name, symbol: SYMBOL, leverage: 125 });
      this.#run({ type: "order", account: name, order: marketOrder(size) });
    }
    const market = this.#market();
    const thin = { ...DEEP, levels: 4, base: depth, refillMs: 400 };
    this.#state.markets.set(SYMBOL, { ...market, instrument: { ...market.instrument, depth: thin } });
  }

  /** Moves the price and tells whoever listens, each on his own way. */
  price(to: bigint): void {
    this.#run({ type: "price", symbol: SYMBOL, index: to });
    this.#tell(this.#priceEvent());
  }

  /** Takes nothing, fills nothing, and drops what lies there; or does again what it does. */
  set(mode: "normal" | "halted"): void {
    this.#mode = mode;
    this.#run({ type: "mode", mode });
    if (mode === "halted")
      for (const account of this.#accounts) this.#run({ type: "cancel-all-conditionals", account, symbol: SYMBOL });
    this.#tell(this.#modeEvent(mode));
  }

  /** The owner closes a share of his position by hand. */
  closes(account: string, share: number): void {
    const size = BigInt(Math.floor(Number(signedSize(this.truth(account).holding)) * share));
    const steps = size - (size % listings[SYMBOL].lot);
    if (steps !== 0n) this.#run({ type: "order", account, order: { ...marketOrder(-steps), reduceOnly: true } });
  }

  /** What lies there for an account, and every stop that ever did. */
  stops(account: string): readonly Conditional[] {
    return [...this.#state.conditionals.values()].filter((each) => each.account === account);
  }

  #tell(event: BookEvent): void {
    for (const { process, on } of this.#listeners)
      process.hears(this.#network.time.now + this.#network.delayMs(), () => {
        if (this.#network.time.now >= this.#network.downUntil.data) on(event);
      });
  }

  #modeEvent(state: "normal" | "halted"): BookEvent {
    return { type: "venue-state", venue: venueId("binance"), of: "orders", state, at: ms(this.#moment()) };
  }

  connection(process: Process, account: string): Connection {
    return { holding: idOf(account), feed: this.#feed(process, account), actor: this.#actor(process, account) };
  }

  /** What the account really is, whatever anybody was told. */
  truth(account: string): Truth {
    return this.#seen(account, ms(this.#moment()));
  }

  #seen(account: string, now: Ms): Truth {
    const held = accountOf({ state: this.#state }, account);
    const wallets = [
      { asset: "USDT", cross: exact(held.cross.get("USDT") ?? 0n, SCALE), orderMargin: exact(0n, SCALE) },
    ];
    const positions = [...held.positions.values()].map(({ symbol, size, cost }) => ({
      ...{ symbol, positionSide: "BOTH", asset: "USDT", size: exact(size, SCALE), margin: { mode: "cross" } },
      entry: exact((cost * 10n ** 16n) / size, 16),
      leverage: exact(125n),
    }));
    const inBook = [...this.#state.orders.values()].filter((each) => each.account === account && isOpen(each));
    const waiting = this.stops(account).filter(({ status }) => status === "NEW");
    const resting = [...waiting.map(restingOf), ...inBook.map(wokenOf)];
    const body = { mode: "one-way", wallets, positions, orders: [], resting, funding: [] };
    const holding = { id: idOf(account), venue: venueId("binance"), rules: binance.rules[0]!, asOf: now, body };
    const quote = { value: exact(this.#market().mark, SCALE), kind: "mark", asOf: now } as const;
    return { holding, scene: { now, quotes: new Map([[markKey(SYMBOL), quote]]), terms } };
  }

  #feed(process: Process, account: string): Feed {
    const events = (): readonly BookEvent[] => [
      { type: "terms", terms },
      ...(this.#mode === undefined ? [] : [this.#modeEvent(this.#mode)]),
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
        ok({ reference: nameOf(key, action), wire: JSON.stringify(wireOf(action)) }),
      send: (prepared) => this.#network.send(process, () => this.#take(account, prepared.reference, prepared.wire)),
      query: ({ reference }) =>
        this.#network.ask(
          process,
          () =>
            reference === keyIn(reference) ? this.#replyTo(account, reference) : this.#replyToStop(account, reference),
          silence,
        ),
    };
  }

  #take(account: string, reference: string, wire: string): Reply {
    const asked = JSON.parse(wire) as ReturnType<typeof wireOf>;
    if (asked.is === "cancel") return this.#cancel(account, reference);
    if (asked.is === "stop") return this.#place(account, reference, asked);
    if (this.#known(account, reference) !== undefined) return silence; // a second order under one id
    const said = this.#run({
      type: "order",
      account,
      order: {
        ...{ symbol: SYMBOL, side: asked.side, positionSide: "BOTH", type: "LIMIT", timeInForce: "IOC" },
        ...{ price: BigInt(asked.limit), size: BigInt(asked.size), reduceOnly: asked.reduceOnly, clientId: reference },
      },
    });
    if (!said.ok) return { is: "refused", why: why("simulation/refused", { detail: said.failure.msg }) };
    return this.#replyTo(account, reference, said.value.order);
  }

  #cancel(account: string, order: string): Reply {
    const id = idOfStop(order);
    const all = this.stops(account).filter(({ status }) => status === "NEW");
    const stop = all.find((each) => each.id === id);
    if (id === undefined) this.#run({ type: "cancel", account, symbol: SYMBOL, ref: { clientId: order } });
    if (stop === undefined) return { is: "done", flows: [] };
    const { holding } = this.truth(account);
    const others = all.filter((each) => each !== stop).map(restingOf);
    const position = exact(sizeIn(holding), SCALE);
    this.cancels.push({ stop: restingOf(stop), holding: holding.id, position, others });
    this.#run({ type: "cancel-conditional", account, ref: { id: stop.id } });
    return { is: "done", flows: [] };
  }

  #place(account: string, reference: string, wire: StopWire): Reply {
    if (this.#knownStop(account, reference) !== undefined) return silence; // a second order under one id
    const said = this.#run({ type: "conditional", account, order: requestOf(wire, SYMBOL, reference) });
    if (said.ok) return { is: "accepted" };
    return { is: "refused", why: why("simulation/refused", { detail: said.failure.msg }) };
  }

  #knownStop(account: string, reference: string): Conditional | undefined {
    const stop = this.stops(account).findLast(({ clientId }) => clientId === reference);
    const order = this.#state.orders.get(stop?.orderId ?? -1);
    const isOver = stop?.status !== "NEW" && (order === undefined || !isOpen(order));
    return this.#forgets && isOver ? undefined : stop;
  }

  #replyToStop(account: string, reference: string): Reply {
    const stop = this.#knownStop(account, reference);
    if (stop === undefined) return { is: "not-found" };
    if (stop.status === "NEW") return { is: "accepted" };
    const order = this.#state.orders.get(stop.orderId);
    if (order !== undefined) return this.#replyTo(account, reference, order);
    return { is: "expired", why: why("simulation/stop-ended", { status: stop.status }), done: exact(0n, SCALE) };
  }

  #known(account: string, reference: string): Order | undefined {
    const order = this.#state.orders.get(this.#state.clientIds.get(`${account}/${reference}`) ?? -1);
    return this.#forgets && order !== undefined && !isOpen(order) ? undefined : order;
  }

  #replyTo(account: string, reference: string, order = this.#known(account, reference)): Reply {
    if (order === undefined) return { is: "not-found" };
    const [done, left] = [exact(order.filled, SCALE), exact(order.size - order.filled, SCALE)];
    if (order.status === "FILLED") return { is: "done", flows: [{ asset: assetId("USDT"), amount: exact(0n) }] };
    if (order.status === "NEW") return { is: "accepted" };
    if (order.status === "PARTIALLY_FILLED") return { is: "partly", done, left };
    const ended = { is: "expired", why: why("simulation/order-ended", { done: String(order.filled) }) } as const;
    return this.#saysDone ? { ...ended, done } : ended;
  }

  /** One step of the exchange, and what orders and stops of ours did in it. */
  #run(input: Input) {
    const { now } = this.#network.time;
    const before = new Map(this.#accounts.map((account) => [account, this.#seen(account, ms(now)).holding]));
    const filledBefore = new Map([...this.#state.orders.values()].map(({ id, filled }) => [id, filled]));
    const { outputs } = step(this.#state, input, now, 1n);
    for (const { id, account, clientId, filled, origin } of this.#state.orders.values()) {
      const amount = filled - (filledBefore.get(id) ?? 0n);
      const isOurs = !clientId.startsWith("sim-") && (origin === "user" || origin === "stop");
      if (amount > 0n && isOurs) this.#note(keyIn(clientId), amount, account, before.get(account)!);
    }
    const reply = outputs.find(({ type }) => type === "reply");
    if (reply?.type !== "reply") throw new Error("a step without a reply");
    return reply.result satisfies { ok: boolean; value?: Said };
  }

  #note(reference: string, amount: bigint, account: string, before: Holding): void {
    const { holding, scene } = this.#seen(account, ms(this.#network.time.now));
    this.effects.push({
      ...{ reference, holding: holding.id, at: this.#network.time.now, amount: exact(amount, SCALE) },
      exposure: { before: exact(sizeIn(before), SCALE), after: exact(sizeIn(holding), SCALE) },
      health: {
        before: healthIn(binance.engine, before, scene),
        after: healthIn(binance.engine, holding, scene),
      },
    });
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

interface Truth {
  readonly holding: Holding;
  readonly scene: Scene<unknown>;
}

const isOpen = ({ status }: Order): boolean => status === "NEW" || status === "PARTIALLY_FILLED";

const idOf = (account: string): HoldingId => holdingId(`binance:${account}`);
export const symbol = SYMBOL;

const signedSize = ({ body }: Holding): bigint => {
  const [position] = (body as { readonly positions: readonly { readonly size: { readonly digits: bigint } }[] })
    .positions;
  return position?.size.digits ?? 0n;
};
const sizeIn = (holding: Holding): bigint => absolute(signedSize(holding));

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

/** An order of ours carries its intent's key, a stop says that it is one. */
function nameOf(key: string, action: Action): string {
  if (action.do === "cancel") return action.order;
  return action.do === "stop" ? referenceOf(key) : key;
}

function wireOf(action: Action) {
  if (action.do === "stop") return wireOfStop(action);
  if (action.do === "cancel") return { is: "cancel" } as const;
  if (action.do !== "order") throw new Error(`the simulated exchange has no ${action.do}`);
  const [size, limit] = [rescale(action.size, SCALE, "floor"), rescale(action.limit, SCALE, "floor")];
  const { side, reduceOnly } = action;
  return { is: "order", side, reduceOnly, size: String(size.digits), limit: String(limit.digits) } as const;
}
