// A venue of one position on a virtual clock, for the rules of execution alone; the kill test drives the real parts.
import type { Action, Actor, Depth, Holding, Reply, Resting } from "@plimsoll/core/book";
import type { BoundEngine, Lever } from "@plimsoll/core/margin";
import {
  type Exact,
  accountKey,
  atLeast,
  below,
  dec,
  exact,
  fail,
  hash,
  holdingId,
  known,
  limitWithin,
  ms,
  negate,
  ok,
  venueId,
  why,
} from "@plimsoll/core/units";

type Order = Extract<Action, { readonly do: "order" }>;
export const HOLDING = holdingId("small:me");
export const ACCOUNT = accountKey("a");
const MARK = dec("100");
const order = (size: Exact, slippage: Exact): Order => ({
  do: "order",
  instrument: "X",
  side: "sell",
  size,
  limit: limitWithin(MARK, negate(slippage), exact(1n)),
  reduceOnly: true,
});
/** What a holding of it says: the position, and what lies there. */
interface Body {
  readonly size: string;
  readonly resting: readonly Resting[];
}
const bodyOf = (holding: Holding) => holding.body as Body;
const sizeOf = (holding: Holding): bigint => BigInt(bodyOf(holding).size);
const nowhere = () => {
  throw new Error("not asked for here");
};
const lever = (size: bigint): Lever => ({ use: "reduce", on: "X", step: exact(1n), most: exact(size), act: order });

/** An engine that knows one thing: a sell order takes its size off the position. */
export const smallEngine: BoundEngine = {
  accounts: () => [ACCOUNT],
  advance: (holding, to) => ({ ...holding, asOf: to }),
  assess: nowhere,
  compile: nowhere,
  liquidate: nowhere,
  levers: (holding) => (sizeOf(holding) > 0n ? [lever(sizeOf(holding))] : []),
  hedges: () => [],
  apply: (holding, effect) => {
    if (!("do" in effect) || effect.do !== "order" || effect.size.digits > sizeOf(holding)) return fail(why("no"));
    return ok({ ...holding, body: { ...bodyOf(holding), size: String(sizeOf(holding) - effect.size.digits) } });
  },
  atWorstRates: (holding) => ok(holding),
  repayable: () => [],
  resting: (holding) => known(bodyOf(holding).resting, holding.asOf),
  readable: () => ok(undefined),
};
export const smallScene = (now: number) => ({
  now: ms(now),
  quotes: new Map(),
  terms: { venue: venueId("small"), rules: "1", validFrom: ms(0), hash: hash("0"), source: "test", body: {} },
});

/** What happens to the next message or question. `band`: refused, with the edge in the answer; `band-mute`: without; `awake`: a stop wakes at once, beyond its limit. */
export type Fault =
  | "none"
  | "lost"
  | "reply-lost"
  | "late"
  | "refused"
  | "partial"
  | "resting"
  | "band"
  | "band-mute"
  | "wait"
  | "awake";

interface Message {
  readonly key: string;
  readonly action: Action;
}

export class SmallVenue {
  now = 1_000;
  size = 10n;
  /** The lowest price that a sell order may carry. */
  floor = dec("90");
  /** What the book takes at once; the rest of an order ends. */
  offered: bigint | undefined;
  /** What feeds tell of the book. */
  depth: Depth | undefined;
  readonly effects: bigint[] = [];
  /** Keys of the messages that came, in their order. */
  readonly arrived: string[] = [];
  readonly limits: string[] = [];
  /** Orders that lie here, by the id under which they are cancelled. */
  readonly lying = new Map<string, Resting>();
  readonly #known = new Map<string, Reply>();
  readonly #onTheWay: (Message & { readonly at: number })[] = [];
  readonly faults: Fault[];
  readonly forgets: boolean;
  /** How long a late message takes; the venue refuses it after its window. */
  readonly lateMs: number;

  constructor(faults: readonly Fault[], forgets: boolean, lateMs = 400) {
    this.faults = [...faults];
    this.forgets = forgets;
    this.lateMs = lateMs;
  }

  pass(forMs: number): void {
    this.now += Math.max(1, forMs);
    for (const late of this.#onTheWay.splice(0))
      if (late.at > this.now) this.#onTheWay.push(late);
      else this.#take(late, "none");
  }

  holding(): Holding {
    const body: Body = { size: String(this.size), resting: [...this.lying.values()] };
    return { id: HOLDING, venue: venueId("small"), rules: "1", asOf: ms(this.now), body };
  }

  readonly actor: Actor = {
    prepare: async (key, _holding, action) => ok({ reference: key, wire: JSON.stringify(action, written) }),
    send: async ({ reference, wire }) => {
      const message: Message = { key: reference, action: JSON.parse(wire, read) as Action };
      const { action } = message;
      const fault = this.faults.shift() ?? "none";
      const lost: Reply = { is: "ambiguous", why: why("timeout") };
      if (fault === "lost") return lost;
      if (action.do === "cancel") {
        const reply = this.#cancel(action.order);
        return fault === "reply-lost" ? lost : reply;
      }
      if (fault === "late") {
        this.#onTheWay.push({ ...message, at: this.now + this.lateMs });
        return lost;
      }
      const reply = this.#take(message, fault);
      return fault === "reply-lost" ? lost : reply;
    },
    query: async ({ reference }) => {
      if (this.faults[0] !== "awake" && this.faults.shift() === "lost") return { is: "ambiguous", why: why("timeout") };
      return this.#known.get(reference) ?? { is: "not-found" };
    },
  };

  /** As exchanges do: a key is refused while the order under it is known, and may be used again once it is forgotten. */
  #take({ key, action }: Message, fault: Fault): Reply {
    this.arrived.push(key);
    if (this.#known.has(key)) return { is: "refused", why: why("duplicate-key") };
    if (fault === "refused") return { is: "refused", why: why("not-now") };
    if (fault === "wait") return { is: "refused", why: why("overload"), remedy: "wait" };
    if (action.do === "stop") return this.#place(key, action, fault);
    if (action.do !== "order") throw new Error(`no ${action.do} here`);
    return this.#fill(key, action, fault);
  }

  #fill(key: string, { size: wanted, limit }: Order, fault: Fault): Reply {
    this.limits.push(String(limit.digits));
    if (fault === "band-mute") return { is: "refused", why: why("band"), remedy: "band" };
    if (fault === "band" && below(limit, this.floor))
      return { is: "refused", why: why("band"), remedy: "band", edge: this.floor };
    if (fault === "resting") return this.#remember(key, { is: "accepted" });
    const covered = [...this.lying.values()].reduce((sum, { size }) => sum + (size === "all" ? 0n : size.digits), 0n);
    if (this.size - covered <= 0n) return { is: "refused", why: why("reduce-only"), remedy: "reread" };
    const offers = [fault === "partial" ? wanted.digits / 2n : wanted.digits, this.size, this.offered ?? this.size];
    const filled = offers.reduce((a, b) => (a < b ? a : b));
    if (filled > 0n) this.effects.push(filled);
    this.size -= filled;
    const isWhole = atLeast(exact(filled), wanted);
    return this.#remember(key, isWhole ? { is: "done", flows: [] } : { is: "expired", why: why("ioc") });
  }

  #place(key: string, { size, trigger, limit }: Extract<Action, { do: "stop" }>, fault: Fault): Reply {
    const wakes = fault === "awake";
    const order = `#${key}`;
    const lying: Resting = {
      ...{ order, reference: key, instrument: "X", side: "sell", size, reduceOnly: true },
      ...(wakes ? {} : { trigger }),
      ...(limit && { limit }),
    };
    this.lying.set(order, lying);
    this.#known.set(key, { is: "accepted" });
    return { is: "accepted" };
  }

  #remember(key: string, reply: Reply): Reply {
    if (!this.forgets || reply.is === "accepted") this.#known.set(key, reply);
    return reply;
  }

  #cancel(order: string): Reply {
    const lying = this.lying.get(order);
    const key = lying?.reference ?? order;
    this.lying.delete(order);
    if (this.#known.get(key)?.is === "accepted") this.#known.set(key, { is: "expired", why: why("cancelled") });
    return { is: "accepted" };
  }
}

const written = (_name: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);
const read = (_name: string, value: unknown): unknown =>
  typeof value === "string" && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;
