import { accountKey, canonical, dec, text } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apply } from "./apply.ts";
import type { Body } from "./holding.ts";
import { parseAnswer } from "./json-numbers.ts";
import { liquidate } from "./liquidate.ts";
import { checkStop } from "./order.ts";
import { readBody } from "./read-holding.ts";
import { readResting } from "./read-resting.ts";
import { resting } from "./resting.ts";
import { NOW, bodyOf, position, sceneOf } from "./testing.ts";

const scene = sceneOf({ "btc_usd:index": "100000", "BTC-PERPETUAL:basis": "1.01" });
const held = bodyOf({ BTC: "2" }, [position("BTC-PERPETUAL", "100000", "100000")]);
const lying: Body = { ...held, resting: [] };
type Stop = Parameters<typeof checkStop>[1];
const stop = (at: string, over: Partial<Stop> = {}): Stop => ({
  ...({ do: "stop", instrument: "BTC-PERPETUAL", side: "sell", size: dec("50000") } as const),
  ...{ trigger: { kind: "mark", when: "at-or-below", at: dec(at) } },
  ...over,
});
const of = (body: Body, key = "BTC") => resting(body, accountKey(key), scene);

/** In the venue's words, numbers as the venue writes them. Source: docs.deribit.com, private/get_open_orders, and its examples. */
const rows = (change = {}) =>
  parseAnswer(
    JSON.stringify([
      {
        ...{ order_id: "BTC-SLMS-7", order_state: "untriggered", order_type: "stop_market", label: "pl.x", api: true },
        ...{
          instrument_name: "BTC-PERPETUAL",
          direction: "sell",
          amount: 50000,
          price: "market_price",
          reduce_only: true,
        },
        ...{ trigger: "mark_price", trigger_price: 90000.5, triggered: false, time_in_force: "good_til_cancelled" },
      },
      {
        ...{
          order_id: "146062",
          order_state: "open",
          order_type: "limit",
          label: "",
          instrument_name: "BTC-15FEB19-3250-P",
        },
        ...{ direction: "buy", amount: 10, filled_amount: 2.5, price: 0.0028, reduce_only: false },
        ...change,
      },
    ]),
  ) as readonly unknown[];

test("what lies at the venue is read whole: kind, side and place of its trigger, what is left of its size, its limit, its label", () => {
  const [first, second] = readResting(rows())!;
  expect(first).toEqual({
    ...{ order: "BTC-SLMS-7", reference: "pl.x", instrument: "BTC-PERPETUAL", side: "sell", reduceOnly: true },
    ...{ size: dec("50000"), trigger: { kind: "mark", when: "at-or-below", at: dec("90000.5") } },
  });
  expect(second).toMatchObject({ order: "146062", side: "buy", reduceOnly: false, limit: dec("0.0028") });
  expect(second).not.toHaveProperty("reference");
  expect(second!.size === "all" ? "all" : text(second!.size)).toBe("7.5");
});

// oxfmt-ignore
test.each([
  ["stop_market", "sell", "at-or-below"], ["stop_limit", "buy", "at-or-above"],
  ["take_market", "sell", "at-or-above"], ["take_limit", "buy", "at-or-below"], ["trailing_stop", "sell", "at-or-below"],
])("a %s that would %s wakes %s its trigger", (order_type, direction, when) => {
  const change = { order_type, direction, trigger: "index_price", trigger_price: 3000, filled_amount: 0 };
  expect(readResting(rows(change))![1]!.trigger).toMatchObject({ kind: "index", when });
});

test.each([
  { order_type: "a new one" },
  { order_type: "stop_market", trigger: "mark_price" },
  { order_type: "stop_market", trigger: "another", trigger_price: 1 },
  { direction: "both" },
  { amount: "ten" },
  { amount: 0 },
  { price: 0 },
  { price: "market_price" },
  { order_type: "stop_market", trigger: "mark_price", trigger_price: -1 },
])("a list with a row that is not known is no list: %j", (change) => {
  expect(readResting(rows(change))).toBeUndefined();
});

test("combinations and spot pairs are left out, whatever their price", () => {
  for (const instrument_name of ["BTC-FS-27DEC24_PERP", "BTC_USDC"])
    expect(readResting(rows({ instrument_name, price: -12.5 }))).toHaveLength(1);
});

test("a damaged figure is never read as a number", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("amount", "filled_amount", "price", "reduce_only", "direction"),
      fc.string(),
      (field, said) => {
        const read = readResting(rows({ [field]: said }));
        const isFigure = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(said.trim());
        const isSide = field === "direction" && (said === "buy" || said === "sell");
        expect(read === undefined || isFigure || isSide).toBe(true);
      },
    ),
  );
});

test("an account has the orders of its own currency; where they were not read that is unknown, and never none", () => {
  const both: Body = {
    ...bodyOf({ BTC: "2", USDC: "9" }, []),
    resting: readResting(rows({ instrument_name: "SOL_USDC-PERPETUAL" }))!,
  };
  const names = (key: string) => {
    const figure = of(both, key);
    return figure.is === "known" ? figure.value.map(({ order }) => order) : figure.is;
  };
  expect([names("BTC"), names("USDC")]).toEqual([["BTC-SLMS-7"], ["146062"]]);
  expect(of(held)).toMatchObject({ is: "unknown", why: { code: "deribit/orders-not-read" } });
});

test("a holding with orders reads back from its own journal text", () => {
  const body: Body = { ...held, resting: readResting(rows())! };
  const read = readBody(JSON.parse(canonical(body)));
  expect(read).toMatchObject({ ok: true });
  expect(read.ok && canonical(read.value)).toBe(canonical(body));
});

describe("a stop", () => {
  test("placed lies there, reduces nothing yet, and a cancel takes it away", () => {
    const placed = apply(lying, stop("95000"), scene);
    if (!placed.ok) throw new Error(placed.failure.code);
    const figure = of(placed.value);
    const [there] = figure.is === "known" ? figure.value : [];
    expect(there).toMatchObject({
      side: "sell",
      size: dec("50000"),
      reduceOnly: true,
      trigger: { at: dec("95000") },
    });
    expect(placed.value.positions).toEqual(held.positions);
    expect(apply(placed.value, { do: "cancel", order: there!.order }, scene)).toEqual({ ok: true, value: lying });
  });

  // oxfmt-ignore
  test.each([
    ["on an option",             stop("95000", { instrument: "BTC-27DEC30-100000-C" }), "deribit/no-stop-of-options"],
    ["for whatever is held",     stop("95000", { size: "all" }),                        "deribit/no-stop-of-all"],
    ["of an unknown contract",   stop("95000", { instrument: "DOGE-PERPETUAL" }),       "deribit/no-rules"],
    ["of more than is held",     stop("95000", { size: dec("100010") }),                "deribit/closes-too-much"],
    ["off the step",             stop("95000", { size: dec("5") }),                     "deribit/size-off-step"],
    ["off the tick",             stop("95000.3"),                                       "deribit/trigger-off-tick"],
    ["on the wrong side",        stop("95000", { side: "buy" }),                        "deribit/wrong-side"],
    ["on an oracle",             stop("95000", { trigger: { kind: "oracle", when: "at-or-below", at: dec("95000") } }), "deribit/no-such-trigger"],
    ["that the mark has reached", stop("101000"),                                       "deribit/trigger-reached"],
    ["that the index has reached", stop("100000", { trigger: { kind: "index", when: "at-or-below", at: dec("100000") } }), "deribit/trigger-reached"],
  ])("%s is refused", (_case, action, code) => {
    expect(apply(lying, action, scene)).toMatchObject({ ok: false, failure: { code } });
  });

  test("on the index is held against the index, on the mark against the mark", () => {
    const at = (kind: "index" | "mark") =>
      stop("100500", { trigger: { kind, when: "at-or-below", at: dec("100500") } });
    // index 100,000, mark 101,000
    expect(apply(lying, at("mark"), scene).ok).toBe(true);
    expect(apply(lying, at("index"), scene).ok).toBe(false);
  });

  test("goes with everything else when the venue takes the account over", () => {
    const placed = apply(lying, stop("95000"), scene);
    const poor = sceneOf({ "btc_usd:index": "33500", "BTC-PERPETUAL:basis": "1" });
    const market = { fill: () => ({ is: "known", value: dec("33500"), from: "derived", asOf: NOW }) as const };
    if (!placed.ok) throw new Error(placed.failure.code);
    const [first] = liquidate(placed.value, accountKey("BTC"), poor, market, "worst-for-owner");
    expect(first).toMatchObject({ what: "cancel 1 open orders", after: { resting: [] } });
  });
});
