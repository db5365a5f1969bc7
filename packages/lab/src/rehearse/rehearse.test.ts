import { createHash } from "node:crypto";
import type { BookEvent } from "@plimsoll/core/book";
import { bindEngine } from "@plimsoll/core/margin";
import type { Guard } from "@plimsoll/core/policy";
import {
  type ToyHolding,
  boundToy,
  toyEngine,
  toyGuard,
  toyHolding,
  toyPrice,
  toyTerms,
} from "@plimsoll/core/turn/testing";
import { DAY_MS, dec, exact, holdingId, ms, ok, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type RehearsalStep, priceWay } from "./path.ts";
import { type RehearsalMoment, rehearse } from "./rehearse.ts";

const HOUR_MS = DAY_MS / 24;

/** The toy lender, with one percent of debt a day: linear, so that days can be counted by hand. */
const charging = bindEngine(
  {
    ...toyEngine,
    advance: (holding, to, { now }) => ({
      ...holding,
      loans: Object.fromEntries(
        Object.entries(holding.loans).map(([name, loan]) => [
          name,
          { ...loan, debt: loan.debt + (loan.debt * BigInt(to - now)) / BigInt(100 * DAY_MS) },
        ]),
      ),
    }),
  },
  (raw) => ok(raw as ToyHolding),
  (raw) => ok(raw as ReturnType<typeof toyTerms>["body"]),
  ok,
);
const withEngine = (engine: typeof boundToy) => ({
  engineOf: () => engine,
  sha256: (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest()),
});
const [ports, chargingPorts] = [withEngine(boundToy), withEngine(charging)];

const price = (coin: string, value: number): BookEvent => ({
  type: "price",
  key: toyPrice(coin),
  price: exact(BigInt(value)),
  kind: "mark",
  at: ms(1_000),
});
const holding = (id: string, coin: string, coins: number, debt: number): BookEvent => ({
  type: "holding",
  holding: toyHolding(
    { wallet: 0n, loans: { a: { coin, coins: BigInt(coins) * 10n ** 8n, debt: BigInt(debt) * 10n ** 6n } } },
    1_000,
    id,
  ),
});
/** 10 coins at 1,000 against 5,000: health P * 0.0016, equity 10 P - 5,000, taken at 625; and 10 other coins beside it, free of debt but 1. */
const book: readonly BookEvent[] = [
  { type: "terms", terms: toyTerms() },
  price("COIN", 1_000),
  price("OTHER", 1_000),
  holding("toy:me", "COIN", 10, 5_000),
  holding("toy:other", "OTHER", 10, 1),
];

const close = {
  target: { want: "reduce", share: exact(1n) },
  ladder: [{ use: "reduce", instrument: "COIN", slippage: dec("0.01") }],
} as const;
const guardOn = (trigger: Guard["trigger"], over: Partial<Guard> = close): Guard => toyGuard({ trigger, ...over });
const coin = { quote: toyPrice("COIN"), kind: "mark" } as const;

/** What a guard did, by the price at which it did it. */
function told(guard: Guard, path?: readonly RehearsalStep[], start = book): readonly string[] {
  const isPaid = guard.trigger.when === "rates" || guard.trigger.when === "carry";
  const played = rehearse(guard, start, isPaid ? chargingPorts : ports, path);
  if (!played.ok) throw new Error(JSON.stringify(played.failure));
  return played.value.moments
    .filter(({ what }) => what !== "met" && what !== "says")
    .map(({ what, note }) => `${what} ${note.replace("prices x ", "")}`);
}
const steps = (...list: readonly (readonly [number, string, ...BookEvent[]])[]): readonly RehearsalStep[] =>
  list.map(([afterMs, note, ...events]) => ({ afterMs: ms(afterMs), note, events }));

// Each price is worked by hand from the three formulas above the book; the path goes 1.00, 0.99 ... 0.40 ... 1.60 ... 1.00, then an hour.
test.each<readonly [string, Guard["trigger"], readonly string[]]>([
  // P * 0.0016 < 1.20 under 750, urgent under 675; 1.25 from 781.25
  [
    "health",
    { when: "health", line: "maintenance", below: dec("1.20"), release: dec("1.25"), urgent: dec("1.08") },
    ["fires 0.74", "fires 0.67", "releases 0.79"],
  ],
  ["stop-loss", { when: "price", ...coin, side: "at-or-below", at: exact(800n) }, ["fires 0.80", "releases 0.81"]],
  [
    "stop-loss with a band",
    { when: "price", ...coin, side: "at-or-below", at: exact(800n), release: exact(850n) },
    ["fires 0.80", "releases 0.85"],
  ],
  [
    "take-profit",
    { when: "price", ...coin, side: "at-or-above", at: exact(1_200n), release: exact(1_100n) },
    ["fires 1.20", "releases 1.10"],
  ],
  // 10 % under 1,000 is 900; a fifth of the way back is 920
  [
    "trailing price",
    { when: "trailing", of: "price", ...coin, way: "falls", by: dec("0.1") },
    ["fires 0.90", "releases 0.92"],
  ],
  // lowest 400: 10 % over it is 440, a fifth of the way back 432 is passed on no way down: the price rises on
  [
    "trailing price of a short",
    { when: "trailing", of: "price", ...coin, way: "rises", by: dec("0.1") },
    ["fires 0.44"],
  ],
  // 20 % under 5,000 is 4,000 at 900; a fifth back is 4,200 at 920
  [
    "trailing equity",
    { when: "trailing", of: "equity", way: "falls", by: dec("0.2") },
    ["fires 0.90", "releases 0.92"],
  ],
  // 10 % under 1.6 is 1.44 at 900; a fifth back is 1.472 at 920
  [
    "trailing health",
    { when: "trailing", of: "health", way: "falls", by: dec("0.1") },
    ["fires 0.90", "releases 0.92"],
  ],
  // 1 - 625 / P < 0.30 under 892.9, urgent at 0.15 under 735.3; 0.36 from 976.6
  [
    "distance",
    { when: "distance", below: dec("0.30"), release: dec("0.36"), urgent: dec("0.15") },
    ["fires 0.89", "fires 0.73", "releases 0.98"],
  ],
  // P / (P - 500) > 3 under 750, urgent over 4 under 666.7; 2.4 from 857.1
  [
    "leverage",
    { when: "leverage", above: exact(3n), release: dec("2.4"), urgent: exact(4n) },
    ["fires 0.74", "fires 0.66", "releases 0.86"],
  ],
  // 50 / (10 P - 5,000) > 1.5 % under 833.3; nothing is left at 500; 1.2 % from 916.7
  [
    "rates",
    { when: "rates", rates: "present", above: dec("0.015"), release: dec("0.012") },
    ["fires 0.83", "blind 0.50", "releases 0.92"],
  ],
  // (P * 0.0016 - 1) * 100 days: 30 at 812.5, 37 at 856.25
  [
    "carry date",
    { when: "carry", rates: "present", withinMs: ms(30 * DAY_MS), releaseMs: ms(37 * DAY_MS) },
    ["fires 0.81", "releases 0.86"],
  ],
  // the other price stands still at 1,000
  [
    "peg",
    { when: "peg", quote: toyPrice("COIN"), against: toyPrice("OTHER"), by: dec("0.03"), release: dec("0.024") },
    ["fires 0.97", "releases 0.98"],
  ],
])("%s fires and is ready again exactly where it is expected", (_type, trigger, expected) => {
  expect(told(guardOn(trigger)).slice(0, expected.length)).toEqual(expected);
});

test("what is proposed, with the reading that decided", () => {
  const guard = guardOn(
    { when: "price", ...coin, side: "at-or-below", at: exact(800n) },
    { ...close, target: { want: "reduce", share: dec("0.5") } },
  );
  const played = rehearse(guard, book, ports);
  const fired = played.ok ? played.value.moments.find(({ what }) => what === "fires") : undefined;
  expect(fired).toMatchObject({
    note: "prices x 0.80",
    because: expect.stringMatching(/^toy:COIN:mark \(mark\) at 800.00 is at or below 800; reduce 5/),
  });
  expect(fired!.value && text(fired!.value)).toBe("800.00");
  expect(fired!.proposes).toMatchObject([{ do: "order", instrument: "a", side: "sell", reduceOnly: true }]);
  const [action] = fired!.proposes;
  expect(action?.do === "order" && text(action.size)).toBe("5.00000000");
});

test("concentration: share P / (P + 1,000) of the book over 55 % above 1,222, 45 % at 818", () => {
  const guard = guardOn({ when: "concentration", above: dec("0.55"), release: dec("0.45") });
  const path = [1_220, 1_230, 900, 820, 810].map((at) => [10_000, `${at}`, price("COIN", at)] as const);
  expect(told(guard, steps(...path))).toEqual(["fires 1230", "releases 810"]);
});

test("drawdown: 20 % under the highest locks out for its time, also while equity is back; then it starts anew", () => {
  const guard = guardOn({ when: "drawdown", by: dec("0.2"), lockMs: ms(2 * HOUR_MS) });
  // highest equity 6,000 at 1,100; 4,800 at 980
  const path = steps(
    [10_000, "up", price("COIN", 1_100)],
    [10_000, "990", price("COIN", 990)],
    [10_000, "980", price("COIN", 980)],
    [HOUR_MS, "an hour", price("COIN", 1_100)],
    [HOUR_MS, "two hours", price("COIN", 900)],
  );
  expect(told(guard, path)).toEqual(["fires 980", "releases two hours", "over two hours"]);
});

test("loss streak: the second loss in a day locks out; a funding payment is none, and what is older than a day counts no more", () => {
  const guard = guardOn({ when: "streak", losses: 2, withinMs: ms(DAY_MS), lockMs: ms(HOUR_MS) });
  const loss = (was: "liquidation" | "funding"): BookEvent => ({
    ...{ type: "effect", holding: holdingId("toy:me"), effect: { was, body: null }, text: was, at: ms(0) },
    ...{ taken: [], fee: [] },
  });
  const path = steps(
    [1_000, "one", loss("liquidation")],
    [1_000, "funding", loss("funding")],
    [DAY_MS, "a day later", loss("liquidation")],
    [1_000, "the second", loss("liquidation")],
    [HOUR_MS, "still locked by the count"],
    [DAY_MS, "a day more"],
  );
  expect(told(guard, path)).toEqual(["fires the second", "releases a day more", "over a day more"]);
});

test("time: met from so long before its moment on", () => {
  const guard = guardOn({ when: "time", at: ms(10 * DAY_MS), beforeMs: ms(DAY_MS) });
  expect(told(guard)).toEqual(["fires the moment"]);
});

test("coupled close: the other leg is reduced, gone, or unknown", () => {
  const guard = guardOn({
    ...{ when: "coupled", own: toyPrice("COIN"), holding: holdingId("toy:other"), other: toyPrice("OTHER") },
    ...{ least: dec("0.9"), release: dec("0.98") },
  });
  const leg = (coins: number) => holding("toy:other", "OTHER", coins, 1);
  expect(told(guard, steps([1_000, "same", leg(10)], [1_000, "half", leg(5)], [1_000, "back", leg(10)]))).toEqual([
    "fires half",
    "releases back",
  ]);
  const gone: BookEvent = { type: "holding", holding: toyHolding({ wallet: 0n, loans: {} }, 1_000, "toy:other") };
  expect(told(guard, steps([1_000, "gone", gone]))).toEqual(["fires gone"]);
  expect(told(guard, steps([1_000, "same", leg(10)]), book.slice(0, 4))).toEqual(["blind the start"]);
});

test("probability: without a forecast it is blind and says so, and never fires", () => {
  const guard = guardOn({ when: "probability", withinMs: ms(DAY_MS), above: dec("0.05"), release: dec("0.04") });
  const played = rehearse(guard, book, ports);
  const moments: readonly RehearsalMoment[] = played.ok ? played.value.moments : [];
  expect(new Set(moments.map(({ what }) => what))).toEqual(new Set(["blind", "says"]));
  expect(moments[1]!.because).toMatch(/^forecast-missing/);
});

test("a stop beyond the liquidation price is refused with both numbers, a wrong guard with what to write", () => {
  const beyond = rehearse(guardOn({ when: "price", ...coin, side: "at-or-below", at: exact(620n) }), book, ports);
  expect(beyond).toMatchObject({
    failure: { code: "stop-beyond-liquidation", facts: { value: "620", wrong: expect.stringContaining("625") } },
  });
  const wrong = rehearse(toyGuard({ ladder: [] }), book, ports);
  expect(wrong).toMatchObject({ failure: { code: "guard-invalid", facts: { field: "ladder" } } });
  const nobody = rehearse(toyGuard({ scope: { holding: holdingId("x") } }), book, ports);
  expect(nobody).toMatchObject({ failure: { code: "guard-watches-nothing" } });
});

test("the built-in path moves the price of the trigger alone, and passes its end", () => {
  const guard = guardOn({ when: "price", ...coin, side: "at-or-below", at: exact(800n) });
  const path = priceWay(guard, book);
  expect(path.every(({ events }) => events.length === 1)).toBe(true);
  expect(path.map(({ note }) => note)).toEqual(expect.arrayContaining(["prices x 0.40", "prices x 1.60"]));
  expect(path.at(-1)!.afterMs).toBeGreaterThan(HOUR_MS);
});
