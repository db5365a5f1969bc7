import { type Output, SCALE, type Simulation, SocketServer } from "@plimsoll/sim/exchange";
import type { WebSocket } from "ws";
import { usd } from "./figures.ts";
import { ctxPayload } from "./market-payload.ts";
import { fillRows, orderWithStatus } from "./order-payload.ts";
import { ownOrders } from "./own-order.ts";
import { type Fields, fieldsOf } from "./request.ts";

/** Who is connected and what it follows: one text for each subscription. */
interface Listener {
  readonly socket: WebSocket;
  readonly follows: Map<string, Fields>;
}

const USER_CHANNELS = new Set(["userEvents", "userNonFundingLedgerUpdates", "orderUpdates"]);

/** The venue's one socket: prices of a coin, and the orders, fills and funding of an address. Nobody signs in: accounts are public. */
export class Sockets extends SocketServer<Listener> {
  readonly #simulation: Simulation;

  constructor(simulation: Simulation) {
    super();
    this.#simulation = simulation;
    simulation.listen((outputs) => this.#publish(outputs));
  }

  protected admit(socket: WebSocket, url: string): Listener | string {
    return url.endsWith("/ws") ? { socket, follows: new Map() } : "no such stream";
  }

  protected command(listener: Listener, text: string): void {
    const { method, subscription } = readCommand(text);
    if (method === "ping") return send(listener, "pong");
    const wanted = fieldsOf(subscription);
    if ((method !== "subscribe" && method !== "unsubscribe") || !this.#offers(wanted))
      return send(listener, "error", `Invalid subscription ${text}`);
    const name = JSON.stringify(wanted);
    if (method === "subscribe") listener.follows.set(name, wanted);
    else listener.follows.delete(name);
    send(listener, "subscriptionResponse", { method, subscription });
    if (method === "subscribe") this.#tellPrice(listener, wanted);
  }

  #offers({ type, coin, user }: Fields): boolean {
    if (type === "activeAssetCtx") return this.#simulation.state.markets.has(String(coin));
    return USER_CHANNELS.has(String(type)) && typeof user === "string";
  }

  #publish(outputs: readonly Output[]): void {
    const traded = new Map<string, Set<number>>();
    for (const output of outputs)
      if (output.type === "order" && output.trade !== undefined) {
        const { account, id } = output.trade;
        traded.set(account, (traded.get(account) ?? new Set()).add(id));
      }
    const settled = new Set(outputs.flatMap((output) => (output.type === "funding" ? [output.symbol] : [])));
    for (const listener of this.listeners)
      for (const wanted of listener.follows.values()) {
        this.#tellPrice(listener, wanted);
        this.#tellOrders(listener, wanted, outputs);
        this.#tellFills(listener, wanted, traded);
        this.#tellFunding(listener, wanted, settled);
      }
  }

  #tellPrice(listener: Listener, { type, coin }: Fields): void {
    const market = type === "activeAssetCtx" ? this.#simulation.state.markets.get(String(coin)) : undefined;
    if (market !== undefined) send(listener, "activeAssetCtx", { coin, ctx: ctxPayload(market) });
  }

  /** Orders of an address that changed in this step, each as it is now. */
  #tellOrders(listener: Listener, { type, user }: Fields, outputs: readonly Output[]): void {
    if (type !== "orderUpdates") return;
    const account = String(user).toLowerCase();
    const changed = new Set(outputs.flatMap((output) => changedBy(output, account)));
    const own = ownOrders(this.#simulation, account).filter(
      ({ request, placed }) => changed.has(request.id) || (placed !== undefined && changed.has(placed.id)),
    );
    if (own.length > 0) send(listener, "orderUpdates", own.map(orderWithStatus));
  }

  #tellFills(listener: Listener, { type, user }: Fields, traded: ReadonlyMap<string, ReadonlySet<number>>): void {
    const account = String(user).toLowerCase();
    const ids = type === "userEvents" ? traded.get(account) : undefined;
    if (ids === undefined) return;
    send(listener, "user", { fills: fillRows(this.#simulation, account).filter(({ tid }) => ids.has(tid)) });
  }

  /** What a settlement of this step moved. */
  #tellFunding(listener: Listener, { type, user }: Fields, settled: ReadonlySet<string>): void {
    if (type !== "userEvents" || settled.size === 0) return;
    const { now, incomes } = this.#simulation.state;
    const account = String(user).toLowerCase();
    for (const income of incomes)
      if (
        income.type === "FUNDING_FEE" &&
        income.account === account &&
        income.at === now &&
        settled.has(income.symbol)
      )
        send(listener, "user", { funding: { time: now, coin: income.symbol, usdc: usd(income.amount, SCALE) } });
  }
}

/** The numbers of an account's orders and stops that an output is about. */
function changedBy(output: Output, account: string): readonly number[] {
  if (output.type === "order" && output.order.account === account) return [output.order.id];
  return output.type === "conditional" && output.conditional.account === account ? [output.conditional.id] : [];
}

function readCommand(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

const send = ({ socket }: Listener, channel: string, data?: unknown): void =>
  socket.send(JSON.stringify({ channel, data }));
