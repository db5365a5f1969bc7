import type { Action } from "@plimsoll/core/book";
import {
  accountKey,
  dec,
  known,
  multiply,
  quotient,
  rescale,
  subtract,
  text,
  toNumber,
  unknown,
  why,
} from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { EXPIRY, NOW, SHIPPED, bodyOf, position, sceneOf } from "./testing.ts";

const BTC = accountKey("BTC");
const [perpetual, dated, call, put] = [
  "BTC-PERPETUAL",
  `BTC-${EXPIRY}`,
  `BTC-${EXPIRY}-120000-C`,
  `BTC-${EXPIRY}-80000-P`,
];
const scene = (price: string, terms = SHIPPED) =>
  sceneOf(
    {
      "btc_usd:index": price,
      [`${perpetual}:basis`]: "1",
      [`${dated}:basis`]: "1",
      [`${call}:iv`]: "0.6",
      [`${put}:iv`]: "0.6",
    },
    terms,
  );
const balance = (body: Body) => text(body.wallets[0]!.balance);
const order = (instrument: string, side: "buy" | "sell", size: string, limit: string): Action => ({
  do: "order",
  instrument,
  side,
  size: dec(size),
  limit: dec(limit),
  reduceOnly: true,
});
const fill = (instrument: string, side: "buy" | "sell", size: string, price: string) =>
  ({ was: "fill", body: { instrument, side, size: dec(size), price: dec(price), fee: dec("0") } }) as const;
const after = (body: Body, effect: Parameters<typeof margin.apply>[1], price = "100000"): Body => {
  const applied = margin.apply(body, effect, scene(price));
  if (!applied.ok) throw new Error(applied.failure.code);
  return applied.value;
};

describe("trades", () => {
  const long = bodyOf({ BTC: "1" }, [position(perpetual, "100000", "100000")]);
  test("half of an inverse long at a profit: N/E - N/P in coin, less the taker fee, rounded against us", () => {
    // 50,000 / 100,000 - 50,000 / 125,000 = 0.1; fee 50,000 / 125,000 * 0.05 % = 0.0002
    const half = after(long, order(perpetual, "sell", "50000", "125000"));
    expect(balance(half)).toBe("1.09980000");
    expect(half.positions).toEqual([position(perpetual, "50000", "100000")]);
  });
  test("added to at another price, the entry is the harmonic mean; turned around, the trade's price", () => {
    const more = after(long, fill(perpetual, "buy", "100000", "50000"));
    expect(toNumber(more.positions[0]!.entry)).toBeCloseTo(200_000 / 3, 9);
    const turned = after(long, fill(perpetual, "sell", "150000", "125000"));
    expect(turned.positions).toEqual([position(perpetual, "-50000", "125000")]);
    expect(balance(turned)).toBe("1.20000000");
  });
  test("a short option bought back pays its price and a fee of at most an eighth of it", () => {
    const short = bodyOf({ BTC: "1" }, [position(call, "-5", "0.02")]);
    expect(balance(after(short, order(call, "buy", "5", "0.01")))).toBe("0.94850000");
    expect(balance(after(short, order(call, "buy", "5", "0.0005")))).toBe("0.99718750");
  });
  // oxfmt-ignore
  test.each([
    ["more than is held",    order(perpetual, "sell", "100010", "90000"),                  "deribit/closes-too-much"],
    ["the wrong side",       order(perpetual, "buy", "10", "90000"),                       "deribit/wrong-side"],
    ["off the step",         order(perpetual, "sell", "15", "90000"),                      "deribit/size-off-step"],
    ["off the tick",         order(perpetual, "sell", "10", "90000.3"),                    "deribit/limit-off-tick"],
    ["nothing held",         order(call, "buy", "1", "0.01"),                              "deribit/no-position"],
    ["not reduce-only",      { ...order(perpetual, "sell", "10", "90000"), reduceOnly: false } as Action, "deribit/not-reduce-only"],
    ["no such order",        { do: "cancel", order: "7" } as const,                        "deribit/no-order"],
  ] as const)("refused: %s", (_case, effect, code) => {
    expect(margin.apply(long, effect, scene("100000"))).toMatchObject({ ok: false, failure: { code } });
  });
});

describe("delivery", () => {
  test("a put on inverse terms pays more than a coin when the price has more than halved", () => {
    const body = bodyOf({ BTC: "10" }, [
      position(put, "-2", "0.01"),
      position(call, "-2", "0.01"),
      position(dated, "-30000", "40000"),
    ]);
    const settled = after(body, { was: "settlement", body: { underlying: dated, delivery: dec("32000") } });
    // puts 2 * 48,000 / 32,000 = 3, calls nothing, the short future gains 30,000 / 32,000 - 30,000 / 40,000 = 0.1875
    expect(balance(settled)).toBe("7.18750000");
    expect(settled.positions).toEqual([]);
  });
  test("another expiry is left alone", () => {
    const body = bodyOf({ BTC: "1" }, [position(perpetual, "100000", "100000")]);
    const effect = { was: "settlement", body: { underlying: dated, delivery: dec("32000") } } as const;
    expect(margin.apply(body, effect, scene("100000"))).toMatchObject({ failure: { code: "deribit/nothing-expires" } });
  });
});

describe("liquidation", () => {
  const body: Body = {
    ...bodyOf({ BTC: "0.53" }, [position(perpetual, "600000", "100000"), position(call, "-0.1", "0.01")]),
    orders: [{ id: "1", instrument: perpetual }],
  };
  const market = { fill: () => known(dec("92900"), NOW) };
  test("orders are cancelled, then the position that requires most is reduced until the account is back, and no further", () => {
    const crossed = scene("92900");
    const steps = margin.liquidate(body, BTC, crossed, market, "worst-for-owner");
    expect(steps.map(({ what }) => what.split(" ")[0])).toEqual(["cancel", "close"]);
    const last = steps.at(-1)!.after;
    const line = (of: Body) => margin.assess(of, BTC, crossed).lines.find(({ name }) => name === "maintenance")!;
    expect([line(body).crossed, line(last).crossed]).toEqual([true, false]);
    const left = last.positions.find(({ instrument }) => instrument === perpetual)!;
    const oneStepLess = subtract(subtract(dec("600000"), left.size), dec("10"));
    // taker commission and liquidation fee together are 0.8 % of what is closed
    const fee = rescale(multiply(quotient(oneStepLess, dec("92900"), 18, "up"), dec("0.008")), 8, "up");
    const trade = { instrument: perpetual, side: "sell", size: oneStepLess, price: dec("92900"), fee } as const;
    expect(line(after(body, { was: "liquidation", body: trade })).crossed).toBe(true);
  });
  test("under portfolio margin what loses most in the deciding scenario goes first, whatever its own requirement", () => {
    // by formula the short calls require ten times as much; in a fall they gain, and the future loses
    const held = [position(call, "-3", "0.01"), position(perpetual, "200000", "100000")];
    const hedged = bodyOf({ BTC: "0.05" }, held, "segregated_pm");
    const [first] = margin.liquidate(
      hedged,
      BTC,
      scene("95000"),
      { fill: () => known(dec("95000"), NOW) },
      "worst-for-owner",
    );
    expect(first?.what).toContain(perpetual);
  });
  test("above the line nothing is taken; without a fill the steps end", () => {
    expect(margin.liquidate(body, BTC, scene("99000"), market, "worst-for-owner")).toEqual([]);
    const blind = { fill: () => unknown(why("no-book")) };
    expect(margin.liquidate(body, BTC, scene("92900"), blind, "worst-for-owner")).toHaveLength(1);
  });
});

test("a lever's order is on the venue's grid, within the slippage, and is accepted", () => {
  const body = bodyOf({ BTC: "5" }, [position(perpetual, "-300000", "100000"), position(call, "-5", "0.01")]);
  const levers = margin.levers!(body, BTC, scene("100000"));
  expect(levers.map(({ on, most }) => [on, text(most)])).toEqual([
    [perpetual, "300000"],
    [call, "5.0"],
  ]);
  const [future, option] = levers.map((lever) => lever.act(lever.most, dec("0.01")));
  expect(future).toMatchObject({ side: "buy", limit: dec("101000.0") });
  for (const act of [future!, option!]) expect(margin.apply(body, act, scene("100000"))).toMatchObject({ ok: true });
});
