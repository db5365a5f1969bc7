import { type Result, ok } from "@plimsoll/core/units";
import { type ApiKey, type Output, type Simulation, SocketServer, isOpen } from "@plimsoll/sim/exchange";
import type { WebSocket } from "ws";
import type { Connection, Front } from "./call.ts";
import type { Credentials } from "./credentials.ts";
import { type Channel, accountData, isPrivate, priceData, readChannel } from "./notifications.ts";
import { type DeribitError, NO_METHOD, refuse } from "./refusals.ts";
import { type RpcCall, frameOf, readRpc } from "./request.ts";

/** Who is connected, as whom, and what it follows. */
interface Listener extends Connection {
  readonly socket: WebSocket;
  readonly channels: Map<string, Channel>;
  key: ApiKey | undefined;
}
/** Answers a method of the calls that both ways share. */
export type Ask = (call: RpcCall, key: ApiKey | undefined, connection: Connection) => Result<unknown, DeribitError>;

/** Tickers and indices are pushed at most this often, in the venue's time: the interval "100ms". */
const PRICES_MS = 100;

/** The venue's socket, `/ws/api/v2`: the same methods as over HTTP, and channels. */
export class Sockets extends SocketServer<Listener> {
  readonly #front: Front;
  readonly #credentials: Credentials;
  readonly #ask: Ask;
  #period = 0;

  constructor(front: Front, credentials: Credentials, ask: Ask) {
    super();
    this.#front = front;
    this.#credentials = credentials;
    this.#ask = ask;
    front.simulation.listen((outputs) => this.#publish(outputs));
  }

  protected admit(socket: WebSocket, url: string): Listener | string {
    if (!url.endsWith("/ws/api/v2")) return "no such stream";
    const listener = {
      socket,
      channels: new Map(),
      key: undefined,
      cancelOnDisconnect: false,
      placed: new Set<number>(),
    };
    socket.on("close", () => this.#cancelOrdersOf(listener));
    return listener;
  }

  protected command(listener: Listener, text: string): void {
    const call = readRpc(text);
    const answered = call === undefined ? refuse(-32_700, "Parse error") : this.#answer(listener, call);
    const body = answered.ok ? { result: answered.value } : { error: answered.failure };
    send(listener, frameOf(call?.id, body, this.#simulation.now()));
    // what is followed begins with what it is now
    if (call !== undefined && answered.ok) for (const name of call.channels) this.#begin(listener, name);
  }

  get #simulation(): Simulation {
    return this.#front.simulation;
  }

  #answer(listener: Listener, call: RpcCall): Result<unknown, DeribitError> {
    switch (call.rpc) {
      case "public/auth": {
        const signed = this.#credentials.signIn(call.params);
        if (!signed.ok) return signed;
        listener.key = signed.value.key;
        listener.cancelOnDisconnect ||= this.#front.cancelOnDisconnect.has(signed.value.key.account);
        return ok(signed.value.said);
      }
      case "public/set_heartbeat":
        return Number(call.params.get("interval")) >= 10
          ? ok("ok")
          : refuse(-32_602, "Invalid params", "value must be >= 10");
      case "public/subscribe":
      case "private/subscribe":
        return ok(call.channels.filter((name) => this.#follow(listener, name)));
      case "public/unsubscribe":
      case "private/unsubscribe":
        return ok(call.channels.filter((name) => listener.channels.delete(name)));
      default:
        return call.rpc.startsWith("public/") || call.rpc.startsWith("private/")
          ? this.#ask(call, listener.key, listener)
          : NO_METHOD;
    }
  }

  /** Channels that are not served, or not to this listener, are left out of the answer. */
  #follow(listener: Listener, name: string): boolean {
    const channel = readChannel(this.#simulation, name);
    if (channel === undefined || (isPrivate(channel) && listener.key === undefined)) return false;
    listener.channels.set(name, channel);
    return true;
  }

  #begin(listener: Listener, name: string): void {
    const channel = listener.channels.get(name);
    if (channel !== undefined && "symbol" in channel) tell(listener, name, priceData(this.#simulation, channel));
  }

  #publish(outputs: readonly Output[]): void {
    const period = Math.floor(this.#simulation.state.now / PRICES_MS);
    const fresh = period !== this.#period;
    this.#period = period;
    for (const listener of this.listeners)
      for (const [name, channel] of listener.channels) {
        const data =
          "symbol" in channel
            ? fresh && priceData(this.#simulation, channel)
            : accountData(this.#simulation, listener.key?.account ?? "", channel, outputs);
        if (data) tell(listener, name, data);
      }
  }

  /** Only its own, and only where it said so; that trigger orders stay is assumed. */
  #cancelOrdersOf({ cancelOnDisconnect, placed, key }: Listener): void {
    if (!cancelOnDisconnect || key === undefined) return;
    for (const id of placed) {
      const order = this.#simulation.state.orders.get(id);
      if (order !== undefined && isOpen(order))
        this.#simulation.run({ type: "cancel", account: key.account, symbol: order.symbol, ref: { id } });
    }
  }
}

const tell = (listener: Listener, channel: string, data: unknown): void =>
  send(listener, { jsonrpc: "2.0", method: "subscription", params: { channel, data } });
const send = ({ socket }: Listener, message: unknown): void => socket.send(JSON.stringify(message));
