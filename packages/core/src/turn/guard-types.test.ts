import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { BookEvent, VenueEffect } from "@plimsoll/core/book";
import { bindEngine } from "@plimsoll/core/margin";
import type { Guard } from "@plimsoll/core/policy";
import { DAY_MS, dec, exact, holdingId, ms, ok, quoteKey, text } from "@plimsoll/core/units";
import type { Decision, Input } from "./contract.ts";
import { createTurn } from "./create-turn.ts";
import {
  type ToyHolding,
  type ToyTerms,
  boundToy,
  toyEngine,
  toyGuard,
  toyHolding,
  toyPrice,
  toyTerms,
} from "./testing/index.ts";

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());

/** 10 coins against 5,000 dollars, health P * 0.0016, taken at 625; 2,000 dollars in the wallet. */
const body: ToyHolding = {
  wallet: 2_000_000_000n,
  loans: { a: { coin: "COIN", coins: 1_000_000_000n, debt: 5_000_000_000n } },
};
function house(guards: readonly Guard[], engine = boundToy) {
  const turn = createTurn({ engineOf: () => engine, sha256 });
  let seq = 0n;
  const feed = (at: number, event: Input["event"]): readonly Decision[] => turn.turn({ seq: ++seq, at: ms(at), event });
  const price = (at: number, value: string, key = toyPrice("COIN"), kind: "mark" | "oracle" | "index" = "mark") =>
    feed(at, { type: "price", key, price: dec(value), kind, at: ms(at) });
  const policy = (at: number, next: readonly Guard[], confirmed?: readonly string[]) =>
    feed(at, { type: "policy", guards: next, reserves: [], ...(confirmed && { confirmed }) });
  feed(0, { type: "terms", terms: toyTerms() });
  price(0, "1000");
  policy(0, guards);
  const holding = (at: number, id = "toy:me") => feed(at, { type: "holding", holding: toyHolding(body, at, id) });
  return { turn, feed, price, policy, holding };
}
const intents = (decisions: readonly Decision[]) =>
  decisions.flatMap((one) => (one.type === "intend" ? [one.intent] : []));
const codes = (decisions: readonly Decision[]) =>
  decisions.flatMap((one) => (one.type === "alert" ? [one.why.code] : []));
const band = toyGuard().trigger as Extract<Guard["trigger"], { when: "health" }>;
const sell = { use: "reduce", instrument: "COIN", slippage: dec("0.01") } as const;

test("a ladder: observing and tightening are said, of the rungs that are met together the most severe acts alone", () => {
  const rung = (severity: "observe" | "tighten" | "reduce" | "exit", below: string, over: Partial<Guard>): Guard =>
    toyGuard({
      ...{ id: `steps-${severity}`, rung: { of: "steps", severity }, ladder: [] },
      trigger: { ...band, below: dec(below), release: dec("1.55"), urgent: dec("1.0") },
      ...over,
    });
  const run = house([
    rung("observe", "1.5", { target: { want: "notice" } }),
    rung("tighten", "1.4", { target: { want: "tighten" } }),
    rung("reduce", "1.3", {
      ...{ target: { want: "reduce", share: dec("0.5") }, ladder: [sell] },
      bounds: { ...toyGuard().bounds, confirmMs: ms(60_000) },
    }),
    rung("exit", "1.2", { target: { want: "reduce", share: dec("1") }, ladder: [sell] }),
  ]);
  run.holding(1);
  expect(codes(run.price(10, "930"))).toContain("guard-notices"); // 1.488
  expect(codes(run.price(20, "930"))).not.toContain("guard-notices");
  expect(codes(run.price(30, "860"))).toContain("guard-tightens"); // 1.376
  const reduced = intents(run.price(40, "800")); // 1.28, not confirmed, but tightened
  expect(reduced).toMatchObject([{ step: { action: { do: "order", size: { digits: 500_000_000n } } } }]);
  const fresh = house([
    rung("reduce", "1.3", { target: { want: "reduce", share: dec("0.5") }, ladder: [sell] }),
    rung("exit", "1.2", { target: { want: "reduce", share: dec("1") }, ladder: [sell] }),
  ]);
  fresh.holding(1);
  const exited = intents(fresh.price(10, "740")); // both are met
  expect(exited).toMatchObject([{ step: { action: { do: "order", size: { digits: 1_000_000_000n } } } }]);
});

test("what loosens is told and waits; a day after its confirmation, when all is calm, it is in force", () => {
  const run = house([toyGuard()]);
  run.holding(1);
  run.price(1, "2000");
  const looser = toyGuard({ trigger: { ...band, below: dec("1.10"), urgent: dec("1.05"), release: dec("1.15") } });
  expect(codes(run.policy(10, [looser]))).toEqual(["loosening-unconfirmed"]);
  expect(codes(run.policy(20, [looser], ["g1"]))).toEqual(["loosening-waits"]);
  expect(run.turn.view()).toMatchObject({ guards: [toyGuard()], waiting: [{ guard: "g1", confirmedAt: 20 }] });
  const later = (at: number, value: string) => {
    run.price(at, value);
    run.holding(at);
    run.feed(at, { type: "tick" });
    return run.turn.view().guards;
  };
  expect(later(20 + DAY_MS - 1, "2000")).toEqual([toyGuard()]);
  expect(later(20 + DAY_MS, "800")).toEqual([toyGuard()]); // distance 21.9 % of a coin that moves twice as far as a major: act
  expect(later(40 + DAY_MS, "2000")).toEqual([looser]);
  expect(run.turn.view().waiting).toBeUndefined();
});

/** The toy lender behind an oracle: the same rules on a price that a chain reports. */
const ORACLE = quoteKey("toy:COIN:oracle");
const onChain = bindEngine<ToyHolding, ToyTerms, VenueEffect>(
  {
    ...toyEngine,
    ...Object.fromEntries(
      (["assess", "compile", "liquidate", "apply", "levers"] as const).map((name) => [
        name,
        (...given: readonly unknown[]) => {
          const seen = given.map((one) => {
            if (typeof one !== "object" || one === null || !("quotes" in one)) return one;
            const scene = one as { quotes: ReadonlyMap<string, unknown> };
            return { ...scene, quotes: new Map([...scene.quotes, [toyPrice("COIN"), scene.quotes.get(ORACLE)]]) };
          });
          const told = (toyEngine[name] as (...all: readonly unknown[]) => unknown)(...seen);
          if (name !== "compile" || typeof told !== "object" || told === null || !("form" in told)) return told;
          return { form: { ...(told.form as object), quotes: [ORACLE] } };
        },
      ]),
    ),
  },
  (raw) => ok(raw as ToyHolding),
  (raw) => ok(raw as ToyTerms),
  ok,
);

test("on a chain the worse of the price there and the next report decides, and what is wanted is sized on it", () => {
  const next = quoteKey("toy:COIN:next-oracle");
  const run = house([toyGuard()], onChain);
  run.price(5, "1000", ORACLE, "oracle");
  expect(intents(run.holding(10))).toEqual([]);
  run.feed(20, { type: "price", key: next, price: dec("1100"), kind: "next-oracle", at: ms(20) });
  expect(intents(run.price(30, "1000", ORACLE, "oracle"))).toEqual([]);
  run.feed(40, { type: "price", key: next, price: dec("740"), kind: "next-oracle", at: ms(40) });
  const [intent] = intents(run.price(50, "1001", ORACLE, "oracle"));
  // at 740, as without an oracle: 10 * 740 * 0.8 = 5,920; debt 5,920 / 1.45: pay 917.241380
  expect(intent?.step.action.do === "move-margin" && text(intent.step.action.amount)).toBe("917.241380");
  const [watching] = run.turn.view().watching ?? [];
  expect(watching?.reading).toMatchObject({ is: "met", because: expect.stringContaining("reported next") });
});

test("distance is measured from the next report too, where that is nearer: whether the line is short of it or past it", () => {
  const next = quoteKey("toy:COIN:next-oracle");
  // taken at 625: 1,000 is 37.5 % away, 740 is 15.5 %, 600 is past it
  const near = toyGuard({
    trigger: { when: "distance", below: dec("0.2"), release: dec("0.25"), urgent: dec("0.05") },
  });
  const at = (reported: string) => {
    const run = house([near], onChain);
    run.price(5, "1000", ORACLE, "oracle");
    run.holding(10);
    run.feed(40, { type: "price", key: next, price: dec(reported), kind: "next-oracle", at: ms(40) });
    const acts = intents(run.price(50, "1001", ORACLE, "oracle"));
    return { acts: acts.length, reading: run.turn.view().watching![0]!.reading };
  };
  expect(at("1100")).toMatchObject({ acts: 0, reading: { is: "released" } });
  expect(at("900")).toMatchObject({ acts: 0, reading: { is: "released" } });
  expect(at("740")).toMatchObject({
    ...{ acts: 1 },
    reading: {
      is: "met",
      urgent: false,
      because: expect.stringMatching(/^distance 15\.5\d* % .* reported next, is under 20 %/),
    },
  });
  expect(at("600")).toMatchObject({ acts: 1, reading: { is: "met", urgent: true } });
});

test("an off-chain price that a guard names counts as the next report, wakes the guard, and is missed when it is old", () => {
  const by = quoteKey("binance:COINUSDT:index");
  const run = house([toyGuard({ estimates: [{ of: ORACLE, by }] })], onChain);
  run.price(5, "1000", ORACLE, "oracle");
  expect(codes(run.holding(10))).toContain("estimate-missing");
  expect(intents(run.price(20, "900", by, "index"))).toEqual([]);
  expect(intents(run.price(30, "740", by, "index"))).toHaveLength(1);
});

test("a stop is alerted when the liquidation price has moved past it, and only then", () => {
  const stop = toyGuard({
    trigger: { when: "price", quote: toyPrice("COIN"), kind: "mark", side: "at-or-below", at: exact(700n) },
    ...{ target: { want: "reduce", share: dec("1") }, ladder: [sell] },
  });
  const run = house([stop]);
  expect(codes(run.holding(10))).not.toContain("stop-beyond-liquidation");
  const more: ToyHolding = { ...body, loans: { a: { coin: "COIN", coins: 1_000_000_000n, debt: 6_000_000_000n } } };
  const told = run.feed(20, { type: "holding", holding: toyHolding(more, 20) }); // taken at 750 now
  const [alert] = told.filter((one) => one.type === "alert" && one.why.code === "stop-beyond-liquidation");
  expect(alert).toMatchObject({ why: { facts: { stop: "700", liquidation: "750" } } });
});

test("the other leg of a pair wakes the guard by itself, at once", () => {
  const guard = toyGuard({
    trigger: {
      ...{ when: "coupled", own: toyPrice("COIN"), holding: holdingId("toy:hedge"), other: toyPrice("COIN") },
      ...{ least: dec("0.9"), release: dec("0.98") },
    },
    ...{ target: { want: "reduce", share: dec("1") }, ladder: [sell] },
  });
  const run = house([guard]);
  expect(codes(run.holding(10))).toContain("leg-unknown");
  expect(intents(run.holding(20, "toy:hedge"))).toEqual([]);
  run.holding(30);
  const gone: BookEvent = { type: "holding", holding: toyHolding({ wallet: 0n, loans: {} }, 40, "toy:hedge") };
  expect(intents(run.feed(40, gone))).toMatchObject([{ step: { holding: "toy:me", action: { do: "order" } } }]);
  const lost = house([guard]);
  lost.holding(10);
  lost.holding(20, "toy:hedge");
  lost.feed(30, { type: "lost", what: "toy:hedge", why: { code: "socket-closed", facts: {} } });
  // our leg doubles: against what is last known of the other it would be half
  const double: ToyHolding = { ...body, loans: { a: { ...body.loans["a"]!, coins: 2_000_000_000n } } };
  expect(intents(lost.feed(40, { type: "holding", holding: toyHolding(double, 40) }))).toEqual([]);
  expect(intents(lost.holding(50, "toy:hedge"))).toHaveLength(1);
});
