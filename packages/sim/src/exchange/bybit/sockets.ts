import { type ApiKey, type Market, type Output, type Simulation, SocketServer } from "@plimsoll/sim/exchange";
import type { WebSocket } from "ws";
import { tickerRow } from "./market-payload.ts";
import { type News, PRIVATE_TOPICS, privateNews } from "./private-topics.ts";
import { authenticateSocket } from "./request.ts";

/** Who is connected: by which door, as whom, and what it follows. */
interface Listener {
  readonly socket: WebSocket;
  readonly isPrivate: boolean;
  readonly topics: Set<string>;
  account: string | undefined;
}

/** Tickers are pushed at most this often, in the venue's time. @source bybit-exchange.github.io/docs/v5/websocket/public/ticker */
const TICKER_MS = 100;

/** The venue's sockets on the server's own port: `/v5/public/linear` and, after `auth`, `/v5/private`. */
export class Sockets extends SocketServer<Listener> {
  readonly #simulation: Simulation;
  readonly #keys: ReadonlyMap<string, ApiKey>;
  readonly #tickers = new Map<string, ReturnType<typeof tickerRow>>();
  #period = 0;

  constructor(simulation: Simulation, keys: ReadonlyMap<string, ApiKey>) {
    super();
    this.#simulation = simulation;
    this.#keys = keys;
    simulation.listen((outputs) => this.#publish(outputs));
  }
  /** Tells an account what it follows. */
  tell({ account, topic, data }: News): void {
    const { now: creationTime, ids } = this.#simulation.state;
    for (const listener of this.listeners)
      if (listener.account === account && listener.topics.has(topic))
        send(listener, { id: `${topic}-${ids}`, topic, creationTime, data });
  }

  protected admit(socket: WebSocket, url: string): Listener | string {
    const isPrivate = url.endsWith("/v5/private");
    if (!isPrivate && !url.endsWith("/v5/public/linear")) return "no such stream";
    return { socket, isPrivate, topics: new Set(), account: undefined };
  }

  protected command(listener: Listener, text: string): void {
    const { op, args = [], req_id = "" } = readCommand(text);
    const say = (success: boolean, ret_msg = "") =>
      send(listener, { success, ret_msg, op, req_id, conn_id: "simulated" });
    if (op === "ping") return send(listener, { success: true, ret_msg: "pong", op, req_id, conn_id: "simulated" });
    if (op === "auth") {
      listener.account = authenticateSocket(args, this.#keys)?.account;
      return say(listener.account !== undefined, listener.account === undefined ? "Params Error" : "");
    }
    if (op !== "subscribe" && op !== "unsubscribe") return say(false, "error:invalid op");
    const topics = args.map(String);
    const unknown = topics.find((topic) => !this.#offers(listener, topic));
    if (unknown !== undefined) return say(false, `error:handler not found,topic:${unknown}`);
    say(true);
    for (const topic of topics)
      if (op === "unsubscribe") listener.topics.delete(topic);
      else this.#follow(listener, topic);
  }

  #offers({ isPrivate, account }: Listener, topic: string): boolean {
    if (isPrivate) return account !== undefined && PRIVATE_TOPICS.some((name) => name === topic);
    const [name, symbol = ""] = topic.split(".");
    return name === "tickers" && this.#simulation.state.markets.has(symbol);
  }

  /** A public stream begins with the whole row. */
  #follow(listener: Listener, topic: string): void {
    listener.topics.add(topic);
    const market = listener.isPrivate ? undefined : this.#simulation.state.markets.get(topic.split(".")[1] ?? "");
    if (market === undefined) return;
    const row = tickerRow(market, this.#simulation.seed);
    // other followers have seen less: their next change still counts from there
    if (!this.#tickers.has(row.symbol)) this.#tickers.set(row.symbol, row);
    send(listener, this.#ticker("snapshot", row));
  }

  #publish(outputs: readonly Output[]): void {
    const { now, markets } = this.#simulation.state;
    for (const news of privateNews(this.#simulation, outputs)) this.tell(news);
    const period = Math.floor(now / TICKER_MS);
    if (period === this.#period) return;
    this.#period = period;
    for (const market of markets.values()) this.#publishTicker(market);
  }

  /** What changed since the last push. */
  #publishTicker(market: Market): void {
    const topic = `tickers.${market.instrument.symbol}`;
    const followers = [...this.listeners].filter(({ topics }) => topics.has(topic));
    if (followers.length === 0) return;
    const [row, before] = [tickerRow(market, this.#simulation.seed), this.#tickers.get(market.instrument.symbol)];
    this.#tickers.set(row.symbol, row);
    const changed = Object.entries(row).filter(([name, value]) => before?.[name as keyof typeof row] !== value);
    const delta = this.#ticker("delta", { ...Object.fromEntries(changed), symbol: row.symbol });
    for (const listener of followers) send(listener, delta);
  }

  #ticker(type: "snapshot" | "delta", data: { readonly symbol: string }) {
    const { ids, now } = this.#simulation.state;
    return { topic: `tickers.${data.symbol}`, type, data, cs: ids, ts: now };
  }
}

interface Command {
  readonly op?: unknown;
  readonly args?: readonly unknown[];
  readonly req_id?: unknown;
}
/** What is no command has no `op`, and is refused for it. */
function readCommand(text: string): Command {
  try {
    const command: unknown = JSON.parse(text);
    return typeof command === "object" && command !== null ? command : {};
  } catch {
    return {};
  }
}

const send = ({ socket }: Listener, message: unknown): void => socket.send(JSON.stringify(message));
