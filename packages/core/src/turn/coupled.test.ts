import { createHash } from "node:crypto";
import type { Guard } from "@plimsoll/core/policy";
import {
  type PerpHolding,
  perpEngine,
  perpHolding,
  perpMark,
  perpTerms,
  pool,
} from "@plimsoll/core/protection/testing";
import { dec, holdingId, ms, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Decision, Input } from "./contract.ts";
import { createTurn } from "./create-turn.ts";
import { toyGuard } from "./testing/toy-guards.ts";

const [long, short] = [holdingId("perp:long"), holdingId("perp:short")];
/** Watches the short leg, and cuts it to what the long one is still worth; the order is bounded to 1 % from the mark. */
const pair: Guard = toyGuard({
  ...{ id: "pair", name: "the pair", scope: { holding: short }, target: { want: "match" } },
  trigger: {
    ...{ when: "coupled", own: perpMark("BTC"), holding: long, other: perpMark("BTC") },
    ...{ least: dec("0.95"), release: dec("0.99") },
  },
  ladder: [{ use: "reduce", instrument: "BTC", slippage: dec("0.01") }],
  bounds: { ...toyGuard().bounds, confirmMs: ms(5_000), coolDownMs: ms(0) },
});
const leg = (size: string): PerpHolding => ({
  ...{ cash: dec("20000"), orders: [] },
  positions: size === "0" ? {} : { BTC: { size: dec(size), entry: dec("10000") } },
});

/** Two legs on a virtual clock: a reading of each every ten seconds, a tick every second, a report as it happens. */
function house(guards: readonly Guard[]) {
  const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
  const turn = createTurn({ engineOf: () => perpEngine, sha256 });
  let seq = 0n;
  let now = 0;
  const sizes = new Map([
    [long, "1"],
    [short, "-1"],
  ]);
  const found: { readonly at: number; readonly order: string; readonly key: string }[] = [];
  const feed = (event: Input["event"]): readonly Decision[] => {
    const decisions = turn.turn({ seq: ++seq, at: ms(now), event });
    for (const each of decisions) {
      if (each.type !== "intend" || each.intent.step.action.do !== "order") continue;
      const { holding, action } = each.intent.step;
      const order = `${holding} ${action.side} ${text(action.size)} to ${text(action.limit)}`;
      found.push({ at: now, order, key: each.intent.key });
    }
    return decisions;
  };
  const read = () => {
    feed({ type: "price", key: perpMark("BTC"), price: dec("10000"), kind: "mark", at: ms(now) });
    for (const [id, size] of sizes) feed({ type: "holding", holding: perpHolding(leg(size), now, id) });
  };
  const pass = (seconds: number) => {
    for (const end = now + seconds * 1_000; now < end;) {
      now += 1_000;
      if (now % 10_000 === 0) read();
      feed({ type: "tick" });
    }
  };
  feed({ type: "terms", terms: perpTerms() });
  feed({ type: "policy", guards, reserves: [] });
  read();
  pass(15);
  return {
    ...{ pass, found, sizes },
    now: () => now,
    /** The venue takes a part of the long leg, and says so. */
    deleverage: (part: string, left: string) => {
      sizes.set(long, left);
      const effect = { was: "adl", body: { instrument: "BTC", size: dec(`-${part}`) } } as const;
      feed({
        type: "effect",
        holding: long,
        account: pool,
        effect,
        taken: [],
        fee: [],
        text: "deleveraged",
        at: ms(now),
      });
    },
    fill: (size: string) => {
      sizes.set(short, size);
      const { key } = found.at(-1)!;
      feed({ type: "outcome", key, outcome: { state: "done", verified: "as-predicted" } });
    },
  };
}
const orders = (found: readonly { readonly order: string }[]) => found.map(({ order }) => order);

// source: what is left of a pair after the venue took a share of its winning leg, worked by hand
test.each([
  ["25 %", "0.25", "0.75", "perp:short buy 0.250 to 10100.0"],
  ["50 %", "0.5", "0.5", "perp:short buy 0.500 to 10100.0"],
  ["100 %", "1", "0", "perp:short buy 1.000 to 10100.0"],
] as const)("%s of one leg is taken: the other is cut to it within a minute, bounded", (_case, part, left, order) => {
  const run = house([pair]);
  expect(run.found).toEqual([]);
  const taken = run.now();
  run.deleverage(part, left);
  run.pass(60);
  expect(orders(run.found)).toEqual([order]);
  expect(run.found[0]!.at - taken).toBeLessThanOrEqual(60_000);
});

test("what is taken after that is matched too, by what is then unpaired", () => {
  const run = house([pair]);
  run.deleverage("0.25", "0.75");
  run.pass(30);
  run.fill("-0.75");
  run.deleverage("0.25", "0.5");
  run.pass(60);
  expect(orders(run.found).at(-1)).toBe("perp:short buy 0.250 to 10100.0");
  run.fill("-0.5");
  run.pass(60);
  expect(run.found).toHaveLength(2);
});

test("without such a guard, or in shadow, nothing is done", () => {
  for (const guards of [[], [{ ...pair, mode: "shadow" as const }]]) {
    const run = house(guards);
    run.deleverage("0.5", "0.5");
    run.pass(60);
    expect(run.found).toEqual([]);
  }
});
