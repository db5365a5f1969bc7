import {
  type ConditionalRequest,
  type ExchangeState,
  type Input,
  type Opening,
  type OrderRequest,
  type Output,
  type Refusal,
  type Reply,
  fixed,
  imbalance,
  listings,
  openExchange,
  step,
} from "@plimsoll/sim/exchange/core";
import type { Result } from "@plimsoll/core/units";

export const START = Date.UTC(2026, 0, 1, 0, 1);

/** A pure exchange with a clock of its own, for tests of the core; every step is checked for conservation. */
export class Desk {
  readonly state: ExchangeState;
  now = START;
  outputs: readonly Output[] = [];
  readonly seed: bigint;

  constructor({
    accounts = ["alice", "bob"],
    cash = "100000",
    fund = "1000000",
    seed = 1n,
    ...rest
  }: Partial<Omit<Opening, "fund">> & { readonly cash?: string; readonly fund?: string; readonly seed?: bigint } = {}) {
    this.seed = seed;
    const prices = new Map([
      ["BTCUSDT", fixed("100000")],
      ["ETHUSDT", fixed("4000")],
    ]);
    const instruments = [listings.BTCUSDT, listings.ETHUSDT];
    this.state = openExchange({
      instruments,
      prices,
      accounts,
      fund: new Map([["USDT", fixed(fund)]]),
      now: this.now,
      ...rest,
    });
    for (const account of accounts) this.run({ type: "deposit", account, asset: "USDT", amount: fixed(cash) });
  }
  run(input: Input): Result<Reply, Refusal> {
    this.outputs = step(this.state, input, this.now, this.seed).outputs;
    const { money, sizes } = imbalance(this.state);
    for (const [what, amount] of [...money, ...sizes])
      if (amount !== 0n) throw new Error(`not conserved after ${input.type}: ${what} is off by ${amount}`);
    const reply = this.outputs.find((output) => output.type === "reply");
    if (reply === undefined) throw new Error("no reply");
    return reply.result;
  }
  order(
    account: string,
    order: Partial<OrderRequest> & Pick<OrderRequest, "side">,
    size: string,
    price?: string,
  ): Result<Reply, Refusal> {
    const type = price === undefined ? "MARKET" : "LIMIT";
    const plain = {
      symbol: "BTCUSDT",
      positionSide: "BOTH",
      type,
      timeInForce: "GTC",
      reduceOnly: false,
      clientId: "",
    } as const;
    return this.run({
      type: "order",
      account,
      order: { ...plain, price: fixed(price ?? "0"), size: fixed(size), ...order },
    });
  }
  stop(
    account: string,
    order: Partial<ConditionalRequest> & Pick<ConditionalRequest, "side">,
    trigger: string,
  ): Result<Reply, Refusal> {
    const plain = {
      symbol: "BTCUSDT",
      positionSide: "BOTH",
      type: "STOP_MARKET",
      watches: "MARK_PRICE",
      size: 0n,
      reduceOnly: false,
      closePosition: true,
      clientId: "",
    } as const;
    return this.run({ type: "conditional", account, order: { ...plain, trigger: fixed(trigger), ...order } });
  }
  /** Moves index and the perpetual together and lets `seconds` pass first. */
  price(index: string, seconds = 60, symbol = "BTCUSDT"): void {
    this.now += seconds * 1000;
    this.run({ type: "price", symbol, index: fixed(index) });
  }
}

/** The code of a refusal, or "ok". */
export const codeOf = (result: Result<Reply, Refusal>): number | "ok" => (result.ok ? "ok" : result.failure.code);
