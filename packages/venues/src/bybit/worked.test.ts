import { evaluate, liquidationPrices, readQuotes } from "@plimsoll/core/margin";
import { type Exact, accountKey, dec, text, toNumber } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { WALLET } from "./accounts.ts";
import { bankruptValue, exposuresOf, initialOf, maintenanceOf, priceOf } from "./exposure.ts";
import { openingMargin } from "./fill.ts";
import { compile } from "./form.ts";
import type { Body, Position } from "./holding.ts";
import { liquidationPrice } from "./liquidation-price.ts";
import { readTerms } from "./read-terms.ts";
import document2022 from "./terms/2022-12-29.json" with { type: "json" };
import type { BybitTerms, ContractTerms } from "./terms.ts";
import { bodyOf, inverse, linear, position, sceneOf, termsOf, tier } from "./testing.ts";
import { totalsOf } from "./totals.ts";

function sure<V>(
  result: { readonly ok: true; readonly value: V } | { readonly ok: false; readonly failure: unknown },
): V {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
const priceText = (price: Exact | undefined) => (price === undefined ? "none" : text(price));

/** An isolated position with what its leverage posts and some margin added by hand. */
function opened(terms: ContractTerms, size: string, entry: string, leverage: string, added = "0"): Position {
  const margin = openingMargin(dec(size), dec(entry), dec(leverage), terms);
  const posted = text({ digits: margin.digits + dec(added).digits * 10n ** BigInt(18 - dec(added).scale), scale: 18 });
  return position("BTCUSDT", size, entry, { coin: terms.settle, leverage, posted });
}
function isolatedPrice(terms: BybitTerms, held: Position, mark = text(held.entry)) {
  const body = bodyOf({ [held.coin]: "0" }, [held]);
  return sure(liquidationPrice(body, accountKey("BTCUSDT:one-way"), "BTCUSDT", sceneOf({ BTCUSDT: mark }, terms)));
}
const under = (valuation: BybitTerms["valuation"], contract: ContractTerms) =>
  termsOf({ valuation, contracts: { BTCUSDT: contract } });

describe("isolated liquidation prices", () => {
  // source: long 1 @ 60000, 20x, 0.5 %, no deduction: 57,300 by the entry price, 57,286.4322 by the mark price
  test("the worked case by both rules, whatever the mark and the fee", () => {
    for (const takerFee of ["0", "0.00055", "0.001"]) {
      const contract = linear({ takerFee: dec(takerFee) });
      const held = opened(contract, "1", "60000", "20");
      for (const mark of ["60000", "58000", "90000"]) {
        expect(isolatedPrice(under("entry", contract), held, mark)).toEqual({ down: dec("57300.0000") });
        expect(text(isolatedPrice(under("mark", contract), held, mark).down!)).toBe("57286.4322");
      }
    }
  });

  // source: closed forms of the venue's help page of 2026-05-27 (inverse) and derived for linear, worked apart in rationals
  const contract = linear({ tiers: [tier("0", "1000", "0.004", "0"), tier("1000", "100000000", "0.005", "1")] });
  const coins = inverse("BTC", { tiers: [tier("0", "0.5", "0.004", "0"), tier("0.5", "1000", "0.006", "0.001")] });
  type Fraction = readonly [bigint, bigint];
  const rational = (value: string): Fraction => [dec(value).digits, 10n ** BigInt(dec(value).scale)];
  const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
  const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
  const over = (a: Fraction, [c, d]: Fraction): Fraction => times(a, [d, c]);
  const minus = (a: Fraction, [c, d]: Fraction): Fraction => plus(a, [-c, d]);
  const ONE: Fraction = [1n, 1n];
  /** To a tick of 0.0001, up for a long and down for a short. */
  const onTick = ([a, b]: Fraction, up: boolean) => {
    const ticks = a * 10_000n;
    const cut = up ? (ticks + b - 1n) / b : ticks / b;
    return text({ digits: cut, scale: 4 });
  };
  // oxfmt-ignore
  test.each([
    // size     entry      leverage  added
    ["0.5",    "60000",   "20",     "0"],
    ["0.5",    "60000",   "20",     "317.25"],
    ["-0.5",   "60000",   "20",     "0"],
    ["-0.5",   "60000",   "20",     "317.25"],
    ["3",      "104000",  "7",      "20"],
    ["-3",     "104000",  "7",      "20"],
  ] as const)("linear %s @ %s, %sx, %s added: the closed form", (size, entry, leverage, added) => {
    const long = !size.startsWith("-");
    const [S, E, L, X, t] = [size.replace("-", ""), entry, leverage, added, "0.00055"].map(rational) as [Fraction, Fraction, Fraction, Fraction, Fraction];
    const [mmr, A] = [rational("0.005"), rational("1")];
    const [share, fee, rate] = long
      ? [minus(ONE, over(ONE, L)), minus(ONE, t), minus(ONE, mmr)]
      : [plus(ONE, over(ONE, L)), plus(ONE, t), plus(ONE, mmr)];
    const moved = over(plus(over(X, fee), A), S);
    const lp = over(long ? minus(times(E, share), moved) : plus(times(E, share), moved), rate);
    const { down, up } = isolatedPrice(under("mark", contract), opened(contract, size, entry, leverage, added));
    expect([priceText(down), priceText(up)]).toEqual(long ? [onTick(lp, true), "none"] : ["none", onTick(lp, false)]);
  });
  // oxfmt-ignore
  test.each([
    ["60000",  "50000", "10", "0"],
    ["60000",  "50000", "10", "0.01"],
    ["-60000", "50000", "10", "0"],
    ["-60000", "50000", "10", "0.01"],
  ] as const)("inverse %s @ %s, %sx, %s added: the documented form", (size, entry, leverage, added) => {
    const long = !size.startsWith("-");
    const [N, E, L, X, t] = [size.replace("-", ""), entry, leverage, added, "0.00055"].map(rational) as [Fraction, Fraction, Fraction, Fraction, Fraction];
    const [mmr, A] = [rational("0.006"), rational("0.001")];
    const value = over(N, E);
    const lp = long
      ? over(times(N, plus(ONE, mmr)), plus(plus(plus(value, over(value, L)), over(X, plus(ONE, t))), A))
      : over(times(N, minus(ONE, mmr)), minus(minus(minus(value, over(value, L)), over(X, minus(ONE, t))), A));
    const { down, up } = isolatedPrice(under("mark", coins), opened(coins, size, entry, leverage, added));
    expect([priceText(down), priceText(up)]).toEqual(long ? [onTick(lp, true), "none"] : ["none", onTick(lp, false)]);
  });

  test("the tier is the one at the liquidation price, and open orders count in it", () => {
    // short 1 @ 60000, 2x: 60,000 is in the first row, the price of 89,000 in the second
    const rows = linear({
      tiers: [tier("0", "80000", "0.005", "0"), tier("80000", "10000000", "0.01", "400")],
      takerFee: dec("0"),
    });
    const held = opened(rows, "-1", "60000", "2");
    // (90000 + 400) / 1.01, by the first row 90000 / 1.005 = 89,552.2388
    expect(priceText(isolatedPrice(under("mark", rows), held).up)).toBe("89504.9504");
    // with an order for 1 more: half of (2 * P * 0.01 - 400): 90,200 / 1.01
    const body = bodyOf({ USDT: "0" }, [held], {
      orders: [{ id: "a", symbol: "BTCUSDT", side: "one-way", opens: dec("1") }],
    });
    const scene = sceneOf({ BTCUSDT: "60000" }, under("mark", rows));
    const priced = sure(liquidationPrice(body, accountKey("BTCUSDT:one-way"), "BTCUSDT", scene));
    expect(priceText(priced.up)).toBe("89306.9306");
  });

  test("none where the margin covers a price of 0, or an inverse short is covered by its coin", () => {
    const held = opened(contract, "0.5", "60000", "1", "1000");
    expect(isolatedPrice(under("mark", contract), held)).toEqual({});
    expect(isolatedPrice(under("mark", coins), opened(coins, "-60000", "50000", "1", "0.1"))).toEqual({});
  });

  test("beyond the rows that are known there is no price, and that is said", () => {
    const short = linear({ tiers: [tier("0", "40000", "0.005", "0")], complete: false });
    const body = bodyOf({ USDT: "0" }, [opened(short, "-0.5", "60000", "2")]);
    const scene = sceneOf({ BTCUSDT: "60000" }, under("mark", short));
    expect(liquidationPrice(body, accountKey("BTCUSDT:one-way"), "BTCUSDT", scene)).toMatchObject({
      ok: false,
      failure: { code: "bybit/beyond-tiers" },
    });
  });
});

describe("rows that the venue produced, by the rule of their day", () => {
  const terms = sure(readTerms(document2022.body));
  // source: recorded positions of December 2022 and before, in the comments of an API client
  // oxfmt-ignore
  test.each([
    ["XRPUSDT", "100", "0.3615",  "0.3432",  "3.634521",    "0.381021"],
    ["ETHUSDT", "0.5", "1073.85", "1080.65", "53.98243950", "2.97456450"],
  ] as const)("%s: both margins to the last printed digit", (symbol, size, entry, mark, im, mm) => {
    const held = position(symbol, size, entry);
    const [exposure] = sure(exposuresOf([held], bodyOf({ USDT: "100" }, [held]), sceneOf({ [symbol]: mark }, terms)));
    expect(toNumber(initialOf(exposure!))).toBe(Number(im));
    expect(toNumber(maintenanceOf(exposure!))).toBe(Number(mm));
    const now = sure(exposuresOf([held], bodyOf({ USDT: "100" }, [held]), sceneOf({ [symbol]: mark }, { ...terms, valuation: "mark" })))[0];
    expect(toNumber(maintenanceOf(now!))).not.toBe(Number(mm));
  });

  test("an isolated long of 0.1 ETH at 4.2x: liquidation and bankruptcy price on the tick that is worse for the owner", () => {
    const posted = openingMargin(dec("0.1"), dec("1198.45"), dec("4.2"), terms.contracts["ETHUSDT"]!);
    const held = position("ETHUSDT", "0.1", "1198.45", { leverage: "4.2", posted: text(posted) });
    const body = bodyOf({ USDT: "0" }, [held]);
    const scene = sceneOf({ ETHUSDT: "1199.28" }, terms);
    expect(sure(liquidationPrice(body, accountKey("ETHUSDT:one-way"), "ETHUSDT", scene))).toEqual({
      down: dec("919.10"),
    });
    const [exposure] = sure(exposuresOf([held], body, scene));
    const bust = priceOf(exposure!, bankruptValue(exposure!)!, 18, "ceil");
    expect(Math.ceil(toNumber(bust) / 0.05) * 0.05).toBeCloseTo(913.15, 9);
    // the venue holds 28.58931118: ours is 1.1e-6 below it
    expect(toNumber(posted)).toBeCloseTo(28.58931118, 5);
  });
});

describe("the wallet in USD", () => {
  // the venue's example: 52 BTC count 10 * 0.98 + 10 * 0.95 + 10 * 0.9 + 10 * 0.85 + 10 * 0.8 + 2 * 0 = 44.8
  test("collateral value ratios go band by band, a debt counts in full", () => {
    const body = bodyOf({ BTC: "52", USDT: "-100000" }, []);
    const totals = sure(
      totalsOf({ is: "wallet", key: WALLET }, body, sceneOf({ BTC: "50000", USDT: "1.001" }, termsOf({}))),
    );
    expect(toNumber(totals.have)).toBe(44.8 * 50_000 - 100_100);
    expect(toNumber(totals.maintenance)).toBe(4_004);
    expect(toNumber(totals.initial)).toBe(100_100);
  });

  // long 2 @ 50,000 at 10x on 12,000 USDT: fee to close 0.055 % * 0.9 of the value at mark
  test("cross: both rates at mark since 2025-09-02, at entry before; the estimate on a tick", () => {
    const body = bodyOf({ USDT: "12000" }, [position("BTCUSDT", "2", "50000")]);
    const at = (valuation: BybitTerms["valuation"]) =>
      sceneOf({ BTCUSDT: "48000", USDT: "1" }, under(valuation, linear({ tick: dec("0.1") })));
    const wallet = { is: "wallet", key: WALLET } as const;
    const now = sure(totalsOf(wallet, body, at("mark")));
    expect([now.have, now.maintenance, now.initial].map(toNumber)).toEqual([8_000, 480 + 47.52, 9_600 + 47.52]);
    const before = sure(totalsOf(wallet, body, at("entry")));
    expect([before.maintenance, before.initial].map(toNumber)).toEqual([500 + 49.5, 10_000 + 49.5]);
    // 12000 + 2 (P - 50000) = 2 P (0.005 + 0.000495); before: = 549.5
    expect(sure(liquidationPrice(body, WALLET, "BTCUSDT", at("mark")))).toEqual({ down: dec("44243.2") });
    expect(sure(liquidationPrice(body, WALLET, "BTCUSDT", at("entry")))).toEqual({ down: dec("44274.8") });
  });

  test("multi-currency: an inverse short, coin and debt bands; the estimate's tick is the last safe one", () => {
    const contracts = {
      BTCUSDT: linear({
        tick: dec("0.1"),
        tiers: [tier("0", "300000", "0.005", "0"), tier("300000", "9000000", "0.01", "1500")],
      }),
      BTCUSD: inverse("BTC", {
        tick: dec("0.5"),
        tiers: [tier("0", "2", "0.005", "0"), tier("2", "150", "0.0075", "0.005")],
      }),
    };
    const terms = termsOf({ contracts });
    const held = [position("BTCUSDT", "5", "100000"), position("BTCUSD", "-150000", "100000", { coin: "BTC" })];
    const body: Body = bodyOf({ USDT: "10000", BTC: "2" }, held);
    const prices = { BTCUSDT: "100000", BTCUSD: "100100", BTC: "100050", USDT: "1" };
    for (const [symbol, ticks] of [
      ["BTCUSDT", "0.1"],
      ["BTCUSD", "0.5"],
    ] as const) {
      const { down, up } = sure(liquidationPrice(body, WALLET, symbol, sceneOf(prices, terms)));
      for (const [edge, towards] of [
        [down, -1],
        [up, 1],
      ] as const) {
        if (edge === undefined) continue;
        const beyond = (toNumber(edge) + towards * Number(ticks)).toFixed(1);
        const surplus = (price: string) => {
          const { have, maintenance } = sure(
            totalsOf({ is: "wallet", key: WALLET }, body, sceneOf({ ...prices, [symbol]: price }, terms)),
          );
          return toNumber(have) - toNumber(maintenance);
        };
        expect(surplus(text(edge))).toBeGreaterThanOrEqual(0);
        expect(surplus(beyond)).toBeLessThan(0);
      }
      expect(down ?? up).toBeDefined();
    }
  });

  test("the form and the estimate agree to a tick", () => {
    const body = bodyOf({ USDT: "12000" }, [position("BTCUSDT", "2", "50000")]);
    const scene = sceneOf({ BTCUSDT: "48000", USDT: "1" }, under("mark", linear()));
    const compiled = compile(body, WALLET, scene, "maintenance");
    if (!("form" in compiled)) throw new Error("no form");
    const quotes = sure(readQuotes(compiled.form, scene));
    expect(evaluate(compiled.form, quotes).surplus()).toBeCloseTo(8_000 - 527.52, 9);
    const { down } = liquidationPrices(
      compiled.form,
      quotes,
      compiled.form.quotes.findIndex((key) => key.endsWith("mark")),
    );
    expect(down).toBeCloseTo(88_000 / (2 * (1 - 0.005_495)), 8);
  });
});
