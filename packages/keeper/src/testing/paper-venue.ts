// A Binance account in memory, read and acted on through the ports of the keeper; the kill test drives the real protocol.
import type { Actor, BookEvent, Feed, Holding } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import {
  type Exact,
  dec,
  exact,
  holdingId,
  ms,
  ok,
  quoteKey,
  subtract,
  text,
  venueId,
  why,
} from "@plimsoll/core/units";
import type { Connection } from "@plimsoll/keeper";
import { binance } from "@plimsoll/venues/binance";

export const PAPER = holdingId("binance:paper");
const MARK = quoteKey("binance:BTCUSDT:mark");

/** Reduces BTCUSDT when health falls under 1.5, to 3. */
export const paperGuard: Guard = {
  id: "g1",
  name: "keep the perp alive",
  scope: { holding: PAPER },
  trigger: { when: "health", line: "maintenance", below: dec("1.5"), release: dec("1.8"), urgent: dec("1.1") },
  target: { want: "health", at: dec("3") },
  ladder: [{ use: "reduce", instrument: "BTCUSDT", slippage: dec("0.001") }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(60_000), perDay: 10 },
  mode: "armed",
};

export class PaperVenue {
  price: Exact = dec("100000.0");
  size: Exact = dec("1.000");
  wallet: Exact = dec("10000.00000000");
  readonly fills: string[] = [];
  readonly #told = new Set<(event: BookEvent, at: ReturnType<typeof ms>) => void>();
  readonly #orders = new Map<string, string>();
  #asOf = 0;

  /** Moves the mark and tells whoever watches. */
  mark(price: string): void {
    this.price = dec(price);
    for (const tell of this.#told) for (const event of this.#events()) tell(event, ms(Date.now()));
  }

  connection(): Connection {
    return { holding: PAPER, feed: this.#feed, actor: this.#actor };
  }

  #events(): readonly BookEvent[] {
    this.#asOf = Math.max(this.#asOf + 1, Date.now());
    const asOf = ms(this.#asOf);
    const wallets = [{ asset: "USDT", cross: this.wallet, orderMargin: exact(0n, 8) }];
    const [margin, leverage, entry] = [{ mode: "cross" }, dec("20"), dec("100000.0")];
    const position = {
      symbol: "BTCUSDT",
      positionSide: "BOTH",
      asset: "USDT",
      size: this.size,
      entry,
      margin,
      leverage,
    };
    const positions = this.size.digits === 0n ? [] : [position];
    const body = { mode: "one-way", wallets, positions, orders: [], funding: [] };
    const holding: Holding = { id: PAPER, venue: venueId("binance"), rules: binance.rules[0]!, asOf, body };
    return [
      { type: "terms", terms: binance.terms[0]! },
      { type: "price", key: MARK, price: this.price, kind: "mark", at: asOf },
      { type: "holding", holding },
    ];
  }

  readonly #feed: Feed = {
    snapshot: async () => ok(this.#events()),
    watch: async (on) => {
      this.#told.add(on);
      return async () => void this.#told.delete(on);
    },
  };

  readonly #actor: Actor = {
    prepare: async (key, _holding, action) =>
      ok({ reference: key, wire: action.do === "order" ? text(action.size) : "" }),
    send: async ({ reference, wire }) => {
      if (this.#orders.has(reference)) return { is: "refused", why: why("duplicate") };
      this.#orders.set(reference, wire);
      this.size = subtract(this.size, dec(wire));
      this.fills.push(wire);
      return { is: "done", flows: [] };
    },
    query: async ({ reference }) => (this.#orders.has(reference) ? { is: "done", flows: [] } : { is: "not-found" }),
  };
}
