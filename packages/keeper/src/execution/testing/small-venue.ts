// A venue of one position on a virtual clock, for the rules of execution alone; the kill test drives the real parts.
import type { Action, Actor, Holding, Reply } from "@plimsoll/core/book";
import type { BoundEngine, Lever } from "@plimsoll/core/margin";
import {
  type Exact,
  accountKey,
  exact,
  fail,
  hash,
  holdingId,
  ms,
  ok,
  venueId,
  why,
  known,
} from "@plimsoll/core/units";

type Order = Extract<Action, { readonly do: "order" }>;
export const HOLDING = holdingId("small:me");
export const ACCOUNT = accountKey("a");
const order = (size: Exact): Order => ({
  do: "order",
  instrument: "X",
  side: "sell",
  size,
  limit: exact(1n),
  reduceOnly: true,
});
const sizeOf = (holding: Holding): bigint => BigInt(String(holding.body));
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
    return ok({ ...holding, body: String(sizeOf(holding) - effect.size.digits) });
  },
  atWorstRates: (holding) => ok(holding),
  repayable: () => [],
  resting: (holding) => known([], holding.asOf),
  readable: () => ok(undefined),
};
export const smallScene = (now: number) => ({
  now: ms(now),
  quotes: new Map(),
  terms: { venue: venueId("small"), rules: "1", validFrom: ms(0), hash: hash("0"), source: "test", body: {} },
});

/** What happens to the next message or question. */
export type Fault = "none" | "lost" | "reply-lost" | "late" | "refused" | "partial" | "resting";

export class SmallVenue {
  now = 1_000;
  size = 10n;
  readonly effects: bigint[] = [];
  readonly #known = new Map<string, Reply>();
  readonly #onTheWay: { readonly at: number; readonly key: string; readonly size: bigint }[] = [];
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
      else this.#take(late.key, late.size, "none");
  }

  holding(): Holding {
    return { id: HOLDING, venue: venueId("small"), rules: "1", asOf: ms(this.now), body: String(this.size) };
  }

  readonly actor: Actor = {
    prepare: async (key, _holding, action) =>
      ok({ reference: key, wire: action.do === "order" ? String(action.size.digits) : action.do }),
    send: async ({ reference, wire }) => {
      const fault = this.faults.shift() ?? "none";
      const lost: Reply = { is: "ambiguous", why: why("timeout") };
      if (wire === "cancel") return this.#cancel();
      if (fault === "lost") return lost;
      if (fault === "late") {
        this.#onTheWay.push({ at: this.now + this.lateMs, key: reference, size: BigInt(wire) });
        return lost;
      }
      const reply = this.#take(reference, BigInt(wire), fault);
      return fault === "reply-lost" ? lost : reply;
    },
    query: async ({ reference }) => {
      if (this.faults.shift() === "lost") return { is: "ambiguous", why: why("timeout") };
      return this.#known.get(reference) ?? { is: "not-found" };
    },
  };

  /** As exchanges do: a key is refused while the order under it is known, and may be used again once it is forgotten. */
  #take(key: string, wanted: bigint, fault: Fault): Reply {
    if (this.#known.has(key)) return { is: "refused", why: why("duplicate-key") };
    if (fault === "refused") return { is: "refused", why: why("not-now") };
    if (fault === "resting") return this.#remember(key, { is: "accepted" });
    const size = [fault === "partial" ? wanted / 2n : wanted, this.size].toSorted((a, b) => (a < b ? -1 : 1))[0]!;
    if (size === 0n) return { is: "refused", why: why("reduce-only") };
    this.size -= size;
    this.effects.push(size);
    return this.#remember(key, fault === "partial" ? { is: "expired", why: why("ioc") } : { is: "done", flows: [] });
  }

  #remember(key: string, reply: Reply): Reply {
    if (!this.forgets || reply.is === "accepted") this.#known.set(key, reply);
    return reply;
  }

  #cancel(): Reply {
    for (const [key, reply] of this.#known)
      if (reply.is === "accepted") this.#known.set(key, { is: "expired", why: why("cancelled") });
    return { is: "accepted" };
  }
}
