import { accountOf, drawBelow, happens, marketOf, printed, type RunningExchange } from "@plimsoll/sim/exchange";
import type { Client } from "@plimsoll/venues/binance";

type Clients = readonly Client[];
export const symbols = ["BTCUSDT", "ETHUSDT"] as const;
const unified = { BTCUSDT: "BTC/USDT:USDT", ETHUSDT: "ETH/USDT:USDT" } as const;
/** Alice trades one-way and cross, bob keeps ETH isolated, carol hedges, dave hedges with BTC isolated and larger brackets. */
export const accounts = ["alice", "bob", "carol", "dave"] as const;

/** Random orders of four accounts in a market that walks and gaps; the same for the same seed. */
export class RandomWalk {
  readonly #running: RunningExchange;
  readonly #clients: Clients;
  readonly #seed: bigint;
  constructor(running: RunningExchange, clients: Clients, seed: bigint) {
    this.#running = running;
    this.#clients = clients;
    this.#seed = seed;
  }
  async prepare(): Promise<void> {
    const [, bob, carol, dave] = this.#clients;
    await bob?.setMarginMode("isolated", unified.ETHUSDT);
    await carol?.setPositionMode(true);
    await dave?.setPositionMode(true);
    await dave?.setMarginMode("isolated", unified.BTCUSDT);
    this.#running.exchange.run({ type: "coef", account: "dave", coef: 150_000_000n });
  }
  /** Whose turn it is. */
  who(step: number): (typeof accounts)[number] {
    return this.#pick(accounts, "who", step);
  }
  chance(share: number, ...path: readonly (string | number)[]): boolean {
    return happens(share * 1_000_000, this.#seed, ...path);
  }

  /** One order of one account, anywhere within 2 % of mark, sometimes closing, sometimes far too large; now and then all are cancelled. */
  async order(step: number): Promise<unknown> {
    const at = accounts.indexOf(this.who(step));
    const client = this.#clients[at];
    const symbol = this.#pick(symbols, "symbol", step);
    if (this.chance(0.03, "cancel", step)) return client?.cancelAllOrders(unified[symbol]);
    const side = this.#pick(["buy", "sell"] as const, "side", step);
    const type = this.#pick(["market", "limit", "limit"] as const, "type", step);
    const scale = this.#pick([1, 10, 100, 1_000], "scale", step);
    const size = ((1 + this.#below(40, "size", step)) * scale * (symbol === "BTCUSDT" ? 1 : 10)) / 1_000;
    const { mark, instrument } = marketOf(this.#running.exchange, symbol);
    const offset = BigInt(9_800 + this.#below(401, "price", step));
    const price = Number(printed(((mark * offset) / 10_000n / instrument.tick) * instrument.tick));
    const timing =
      type === "limit" ? { timeInForce: this.#pick(["GTC", "GTC", "IOC", "FOK", "GTX"], "time", step) } : {};
    const closing =
      at >= 2
        ? { positionSide: this.#pick(["LONG", "SHORT"], "position", step) }
        : { reduceOnly: this.chance(0.2, "reduce", step) };
    return client?.createOrder(unified[symbol], type, side, size, type === "limit" ? price : undefined, {
      ...timing,
      ...closing,
    });
  }

  /** Time passes and prices walk; a gap is twelve times as far, and the venue can do nothing about it until `act`. */
  move(step: number, gap: boolean): void {
    const { exchange } = this.#running;
    exchange.advance(this.#below(900_000, "wait", step));
    if (gap) exchange.run({ type: "mode", mode: "cancel-only" });
    for (const symbol of symbols) {
      const { index, instrument } = marketOf(exchange, symbol);
      const home = (symbol === "BTCUSDT" ? 100_000n : 4_000n) * 100_000_000n;
      const walk = BigInt(this.#below(2_001, "walk", symbol, step) - 1_000) * (gap ? 12n : 1n);
      const next = index + (index * walk) / 100_000n + (home - index) / 50n;
      const price = (next / instrument.tick) * instrument.tick + BigInt(this.#below(1_000, "dust", symbol, step));
      const premium = BigInt(this.#below(401, "premium", symbol, step) - 200);
      exchange.run({ type: "price", symbol, index: price, mid: price + (price * premium) / 100_000n });
    }
    if (gap) exchange.advance(60_000);
  }
  /** The venue acts again, and whoever has little left is given more. */
  act(): void {
    const { exchange } = this.#running;
    if (marketOf(exchange, "BTCUSDT").mode !== "normal") exchange.run({ type: "mode", mode: "normal" });
    for (const account of accounts)
      if ((accountOf(exchange, account).cross.get("USDT") ?? 0n) < 20_000n * 100_000_000n)
        exchange.deposit(account, "USDT", "150000");
  }

  #below(below: number, ...path: readonly (string | number)[]): number {
    return drawBelow(below, this.#seed, ...path);
  }
  #pick<T>(from: readonly T[], ...path: readonly (string | number)[]): T {
    const one = from[this.#below(from.length, ...path)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  }
}
