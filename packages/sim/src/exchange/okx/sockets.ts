import { type Output, type Simulation, SocketServer } from "@plimsoll/sim/exchange";
import type { WebSocket } from "ws";
import type { OkxKey, Params } from "./call.ts";
import { type Channel, DOORS, type News, firstRows, privateNews, publicRows } from "./pushes.ts";
import { authenticateSocket, readBody } from "./request.ts";

/** Who is connected: by which door, as whom, and what it follows, each as it was asked for. */
interface Listener {
  readonly socket: WebSocket;
  readonly door: string;
  readonly follows: Map<string, Params>;
  account: string | undefined;
}

/** Public rows are pushed at most this often, in the venue's time. @source OKX API documentation, mark price channel */
const PUSH_MS = 200;

/** The venue's sockets on the server's own port: `/ws/v5/public`, and after a login `/ws/v5/private` and `/ws/v5/business`. */
export class Sockets extends SocketServer<Listener> {
  readonly #simulation: Simulation;
  readonly #keys: ReadonlyMap<string, OkxKey>;
  #period = 0;

  constructor(simulation: Simulation, keys: ReadonlyMap<string, OkxKey>) {
    super();
    this.#simulation = simulation;
    this.#keys = keys;
    simulation.listen((outputs) => this.#publish(outputs));
  }
  /** Tells an account what it follows. */
  tell({ account, channel, data }: News): void {
    for (const listener of this.listeners)
      for (const arg of listener.follows.values())
        if (listener.account === account && arg.get("channel") === channel) push(listener, arg, data);
  }

  protected admit(socket: WebSocket, url: string): Listener | string {
    const door = /\/ws\/v5\/(public|private|business)$/.exec(url)?.[1];
    return door === undefined ? "no such stream" : { socket, door, follows: new Map(), account: undefined };
  }

  protected command(listener: Listener, text: string): void {
    if (text === "ping") return listener.socket.send("pong");
    const [command] = readBody(text);
    const op = command?.get("op") ?? "";
    const args = readBody(command?.get("args") ?? "[]");
    if (op === "login") return this.#login(listener, args[0] ?? new Map());
    if (op !== "subscribe" && op !== "unsubscribe") return complain(listener, 60_012, `Illegal request: ${text}`);
    for (const arg of args) this.#subscribe(listener, op, arg);
  }

  #login(listener: Listener, login: Params): void {
    const key = authenticateSocket(login, this.#keys);
    if (!key.ok) return complain(listener, key.failure.code, key.failure.msg);
    listener.account = key.value.account;
    send(listener, { event: "login", code: "0", msg: "", connId: "simulated" });
  }

  #subscribe(listener: Listener, op: "subscribe" | "unsubscribe", arg: Params): void {
    const channel = channelOf(arg);
    if (channel === undefined || DOORS[channel] !== listener.door)
      return complain(listener, 60_018, `Wrong URL or channel:${arg.get("channel")} doesn't exist.`);
    if (listener.door !== "public" && listener.account === undefined)
      return complain(listener, 60_011, "Please log in.");
    const known = publicRows(this.#simulation, channel).some(({ instId }) => instId === arg.get("instId"));
    if (listener.door === "public" && !known)
      return complain(listener, 60_018, `channel:${channel},instId:${arg.get("instId")} doesn't exist.`);
    const name = JSON.stringify([...arg]);
    if (op === "subscribe") listener.follows.set(name, arg);
    else listener.follows.delete(name);
    send(listener, { event: op, arg: Object.fromEntries(arg), connId: "simulated" });
    if (op === "subscribe") this.#first(listener, channel, arg);
  }

  /** What a channel begins with. */
  #first(listener: Listener, channel: Channel, arg: Params): void {
    const { account } = listener;
    const rows =
      account === undefined ? publicRows(this.#simulation, channel) : firstRows(this.#simulation, channel, account);
    if (rows !== undefined) push(listener, arg, rows);
  }

  #publish(outputs: readonly Output[]): void {
    for (const news of privateNews(this.#simulation, outputs)) this.tell(news);
    const period = Math.floor(this.#simulation.state.now / PUSH_MS);
    if (period === this.#period) return;
    this.#period = period;
    for (const listener of this.listeners)
      if (listener.door === "public")
        for (const arg of listener.follows.values()) {
          const channel = channelOf(arg);
          if (channel !== undefined) push(listener, arg, publicRows(this.#simulation, channel));
        }
  }
}

const channelOf = (arg: Params): Channel | undefined => {
  const name = arg.get("channel") ?? "";
  return Object.hasOwn(DOORS, name) ? (name as Channel) : undefined;
};

/** Sends the rows that an argument is about: of its instrument, of its type. */
function push(listener: Listener, arg: Params, rows: readonly object[]): void {
  const type = arg.get("instType") ?? "SWAP";
  const instId = arg.get("instId");
  const data = rows.filter((row) => instId === undefined || ("instId" in row && row.instId === instId));
  if (type !== "SWAP" && type !== "ANY") return;
  if (rows.length > 0 && data.length === 0) return;
  send(listener, { arg: Object.fromEntries(arg), data });
}
const complain = (listener: Listener, code: number, msg: string): void =>
  send(listener, { event: "error", code: `${code}`, msg, connId: "simulated" });
const send = ({ socket }: Listener, message: unknown): void => socket.send(JSON.stringify(message));
