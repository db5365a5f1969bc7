import type { WebSocket } from "ws";
import {
  fundingRate,
  type Market,
  onStep,
  type Output,
  printed,
  type Simulation,
  SocketServer,
} from "@plimsoll/sim/exchange";
import { userEvents } from "./user-stream.ts";

/** Who is connected: the streams a socket follows, and whose private stream it is. */
interface Listener {
  readonly socket: WebSocket;
  readonly account: string | undefined;
  readonly streams: Set<string>;
}

/** The venue's WebSockets on the server's own port: market streams by SUBSCRIBE, the private one by its listen key. */
export class Sockets extends SocketServer<Listener> {
  readonly #keys = new Map<string, string>();
  readonly #simulation: Simulation;
  #second = 0;

  constructor(simulation: Simulation) {
    super();
    this.#simulation = simulation;
    simulation.listen((outputs) => this.#publish(outputs));
  }
  /** The listen key of an account; the same one while it lives. */
  listenKey(account: string): string {
    const held = [...this.#keys].find(([, owner]) => owner === account);
    const key = held?.[0] ?? `listen-${account}-${this.#keys.size + 1}`;
    this.#keys.set(key, account);
    return key;
  }
  /** Ends an account's listen key, as the venue does after an hour without a keep-alive. */
  endListenKey(account: string): void {
    for (const [key, owner] of this.#keys) if (owner === account) this.#keys.delete(key);
  }

  protected admit(socket: WebSocket, url: string): Listener | string {
    const [path = "", query = ""] = url.split("?");
    const key = new URLSearchParams(query).get("listenKey") ?? path.split("/").at(-1) ?? "";
    const listener: Listener = { socket, account: this.#keys.get(key), streams: new Set() };
    if (path.includes("/private/") && listener.account === undefined) return "invalid listen key";
    return listener;
  }

  protected command({ socket, streams }: Listener, text: string): void {
    let command: { method?: unknown; params?: unknown; id?: unknown };
    try {
      command = JSON.parse(text);
    } catch {
      return socket.send(JSON.stringify({ error: { code: 3, msg: "Invalid JSON" } }));
    }
    const names = Array.isArray(command.params) ? command.params.map((name) => String(name).toLowerCase()) : [];
    for (const name of names) {
      if (command.method === "SUBSCRIBE") streams.add(name);
      if (command.method === "UNSUBSCRIBE") streams.delete(name);
    }
    socket.send(
      JSON.stringify({ result: command.method === "LIST_SUBSCRIPTIONS" ? [...streams] : null, id: command.id }),
    );
  }

  #publish(outputs: readonly Output[]): void {
    for (const { account, event } of userEvents(this.#simulation, outputs))
      for (const listener of this.listeners)
        if (listener.account === account) listener.socket.send(JSON.stringify(event));
    const { now, markets } = this.#simulation.state;
    for (const output of outputs)
      if (output.type === "liquidation")
        this.#stream([`${output.order.symbol}@forceorder`, "!forceorder@arr"], forceOrder(this.#simulation, output));
    // once a virtual second, however fast virtual time runs
    if (Math.floor(now / 1000) === this.#second) return;
    this.#second = Math.floor(now / 1000);
    for (const market of markets.values()) {
      const name = market.instrument.symbol;
      this.#stream([`${name}@markprice@1s`, `${name}@markprice`], markPrice(market, now));
    }
    this.#stream(
      ["!markprice@arr@1s", "!markprice@arr"],
      [...markets.values()].map((market) => markPrice(market, now)),
    );
  }

  #stream(names: readonly string[], event: unknown): void {
    const wanted = names.map((name) => name.toLowerCase());
    for (const { socket, streams } of this.listeners)
      if (wanted.some((name) => streams.has(name))) socket.send(JSON.stringify(event));
  }
}

/** markPriceUpdate: p mark, i index, P estimated settlement, r funding rate so far, T next settlement. */
const markPrice = (market: Market, now: number) => ({
  e: "markPriceUpdate",
  E: now,
  s: market.instrument.symbol,
  p: printed(market.mark),
  i: printed(market.index),
  P: printed(market.index),
  r: printed(fundingRate(market)),
  T: market.funding.nextAt,
});

function forceOrder({ state }: Simulation, { order }: Extract<Output, { type: "liquidation" }>) {
  const instrument = state.markets.get(order.symbol)?.instrument;
  const [tick, lot] = [instrument?.tick ?? 1n, instrument?.lot ?? 1n];
  const average = order.filled === 0n ? 0n : (order.paid * 100_000_000n) / order.filled;
  const o = {
    s: order.symbol,
    S: order.side === "buy" ? "BUY" : "SELL",
    o: "LIMIT",
    f: "IOC",
    q: onStep(order.size, lot),
    p: onStep(order.price, tick),
    ap: printed(average),
    X: order.status,
    l: onStep(order.filled, lot),
    z: onStep(order.filled, lot),
    T: order.updatedAt,
  };
  return { e: "forceOrder", E: state.now, o };
}
