import { createHash } from "node:crypto";
import type { BookEvent, Holding } from "@plimsoll/core/book";
import type { BoundEngine } from "@plimsoll/core/margin";
import type { Guard } from "@plimsoll/core/policy";
import { type Decision, type Input, createTurn } from "@plimsoll/core/turn";
import { type AccountKey, type HoldingId, type QuoteKey, dec, ms, text } from "@plimsoll/core/units";

/** What a house of several legs lives on. */
export interface PairWorld {
  readonly engine: BoundEngine;
  readonly terms: Extract<BookEvent, { type: "terms" }>["terms"];
  readonly price: QuoteKey;
  readonly account: AccountKey;
  readonly read: (id: HoldingId, size: string, at: number) => Holding;
}

/** Legs at 10,000 a coin on a virtual clock: a reading of each every ten seconds, a tick every second, a report as it happens. */
export function pairHouse(world: PairWorld, legs: Readonly<Record<string, string>>, guards: readonly Guard[]) {
  const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
  const turn = createTurn({ engineOf: () => world.engine, sha256 });
  let seq = 0n;
  let now = 0;
  const sizes = new Map(Object.entries(legs) as [HoldingId, string][]);
  const found: { readonly at: number; readonly order: string; readonly key: string }[] = [];
  const told: string[] = [];
  const feed = (event: Input["event"]): void => {
    for (const each of turn.turn({ seq: ++seq, at: ms(now), event })) note(each);
  };
  const note = (decision: Decision) => {
    if (decision.type === "alert") told.push(decision.why.code);
    if (decision.type !== "intend" || decision.intent.step.action.do !== "order") return;
    const { holding, action } = decision.intent.step;
    const opens = action.reduceOnly ? "" : ` for ${action.hedges}`;
    const order = `${holding} ${action.side} ${text(action.size)} to ${text(action.limit)}${opens}`;
    found.push({ at: now, order, key: decision.intent.key });
  };
  const readOne = (id: HoldingId) => feed({ type: "holding", holding: world.read(id, sizes.get(id)!, now) });
  const read = () => {
    feed({ type: "price", key: world.price, price: dec("10000"), kind: "mark", at: ms(now) });
    for (const id of sizes.keys()) readOne(id);
  };
  const pass = (seconds: number) => {
    for (const end = now + seconds * 1_000; now < end;) {
      now += 1_000;
      if (now % 10_000 === 0) read();
      feed({ type: "tick" });
    }
  };
  feed({ type: "terms", terms: world.terms });
  feed({ type: "policy", guards, reserves: [] });
  read();
  pass(15);
  return {
    ...{ pass, found, told, sizes, readOne },
    orders: () => found.map(({ order }) => order),
    now: () => now,
    lose: (id: HoldingId) => feed({ type: "lost", what: id, why: { code: "feed-broke", facts: {} } }),
    /** The venue takes a part of a leg, and says so. */
    deleverage: (id: HoldingId, part: string, left: string) => {
      sizes.set(id, left);
      const effect = { was: "adl", body: { instrument: "BTC", size: dec(`-${part}`) } } as const;
      const report = { type: "effect", holding: id, account: world.account, effect, text: "deleveraged" } as const;
      feed({ ...report, taken: [], fee: [], at: ms(now) });
    },
    /** The last order is done, and its holding now shows this size. */
    fill: (id: HoldingId, size: string) => {
      sizes.set(id, size);
      const { key } = found.at(-1)!;
      feed({ type: "outcome", key, outcome: { state: "done", verified: "as-predicted" } });
    },
  };
}
