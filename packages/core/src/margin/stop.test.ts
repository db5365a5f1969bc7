import { known, ms, unknown, dec, exact } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { byTick } from "./reduction.ts";
import { type Ordering, cancelled, restingNamed, restingOf, sideMeantBy, withStop, withoutOrders } from "./resting.ts";
import { type StopAction, checkTrigger, orderOfStop } from "./stop.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 200);
const rules = { ...byTick(dec("0.01"), dec("0.5")), kinds: ["mark"], limitOfAll: false } as const;
const stop = (when: "at-or-below" | "at-or-above", at: string): StopAction => ({
  do: "stop",
  instrument: "X",
  side: when === "at-or-below" ? "sell" : "buy",
  size: dec("1"),
  trigger: { kind: "mark", when, at: dec(at) },
});
const codeOf = (result: ReturnType<typeof checkTrigger>) => (result.ok ? "ok" : result.failure.code);

// oxfmt-ignore
test.each([
  ["below a falling mark",   stop("at-or-below", "99.5"),  "ok"],
  ["on the mark",            stop("at-or-below", "100"),   "v/trigger-reached"],
  ["above a falling mark",   stop("at-or-below", "100.5"), "v/trigger-reached"],
  ["above a rising mark",    stop("at-or-above", "100.5"), "ok"],
  ["below a rising mark",    stop("at-or-above", "99.5"),  "v/trigger-reached"],
  ["between two ticks",      stop("at-or-below", "99.7"),  "v/trigger-off-tick"],
  ["on another price",       { ...stop("at-or-below", "99.5"), trigger: { kind: "last", when: "at-or-below", at: dec("99.5") } } as const, "v/no-such-trigger"],
  ["of all, with a limit",   { ...stop("at-or-below", "99.5"), size: "all", limit: dec("99") } as const, "v/no-limit-of-all"],
])("%s", (_case, action, code) => {
  expect(codeOf(checkTrigger("v", action, dec("100"), rules))).toBe(code);
});

test("of two opposite triggers at one price at most one lies ahead of the mark", () => {
  const price = fc.bigInt({ min: 1n, max: 10_000n }).map((ticks) => exact(ticks * 5n, 1));
  fc.assert(
    fc.property(price, price, (at, mark) => {
      const results = (["at-or-below", "at-or-above"] as const).map((when) => {
        const action = { ...stop(when, "1"), trigger: { kind: "mark", when, at } } as const;
        return checkTrigger("v", action, mark, rules).ok;
      });
      expect(results.filter(Boolean).length).toBe(at.digits === mark.digits ? 0 : 1);
    }),
    { numRuns: runs },
  );
});

test("the order that a stop becomes: its own size, or whole steps of what is held; its limit, else its trigger", () => {
  const action = stop("at-or-below", "99.5");
  expect(orderOfStop(action, dec("3"), dec("0.01"))).toMatchObject({ size: dec("1"), limit: dec("99.5") });
  const all = { ...action, size: "all", limit: dec("99") } as const;
  const order = orderOfStop(all, dec("-2.345"), dec("0.01"));
  expect([order.size, order.limit, order.reduceOnly]).toEqual([dec("2.34"), dec("99"), true]);
});

test("what was not read stays unknown, whatever is placed or taken away", () => {
  const unread: Ordering = { orders: [{ id: "7" }] };
  expect(withStop(unread, stop("at-or-below", "99.5"))).toBe(unread);
  expect(restingOf("v", unread, () => true, ms(1))).toEqual(
    unknown({ code: "v/orders-not-read", facts: { next: expect.any(String) as string } }),
  );
  expect(cancelled("v", unread, "7")).toEqual({ ok: true, value: { orders: [] } });
});

test("a placed stop is in the list, is found by its id, and goes with a cancel", () => {
  const empty: Ordering = { orders: [], resting: [] };
  const { resting = [] } = withStop(empty, stop("at-or-below", "99.5"));
  expect(resting).toMatchObject([{ order: "placed:1", reduceOnly: true, side: "sell" }]);
  const [lies] = resting;
  const named = { orders: [], resting: [{ ...lies!, reference: "ours" }] };
  expect(restingNamed(named, "ours")).toBe(named.resting[0]);
  expect(cancelled("v", named, "ours")).toEqual({ ok: true, value: { orders: [], resting: [] } });
  expect(cancelled("v", named, "other")).toMatchObject({ ok: false, failure: { code: "v/no-order" } });
  expect(withoutOrders(named, new Set(["nothing"]))).toEqual(named);
  expect(restingOf("v", named, ({ side }) => side === "buy", ms(1))).toEqual(known([], ms(1)));
});

test.each([
  ["sell", true, "long"],
  ["buy", false, "long"],
  ["buy", true, "short"],
  ["sell", false, "short"],
] as const)("a %s (reduces: %s) is for the %s side", (side, reduceOnly, meant) => {
  expect(sideMeantBy({ side, reduceOnly })).toBe(meant);
});
