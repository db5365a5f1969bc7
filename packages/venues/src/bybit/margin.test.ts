import { liquidationPrices, readQuotes } from "@plimsoll/core/margin";
import { dec } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { WALLET } from "./accounts.ts";
import { liquidationPrice, margin } from "./margin.ts";
import { markKey } from "./quotes.ts";
import { bodyOf, inverse, linear, position, termsOf, tier } from "./testing.ts";
import { sure, plain, ISOLATED, TERMS, scene, line } from "./testing/desk.ts";

describe("state", () => {
  test("the wallet has both rates, an isolated position its own line, the wallet beside it none", () => {
    const cross = bodyOf({ USDT: "20000" }, [position("BTCUSDT", "2", "50000")]);
    expect(margin.assess(cross, WALLET, scene()).lines.map(({ name }) => name)).toEqual(["initial", "maintenance"]);
    const isolated = bodyOf({ USDT: "100" }, [position("BTCUSDT", "1", "50000", { posted: "5000" })]);
    expect(margin.accounts(isolated)).toEqual([WALLET, ISOLATED]);
    expect(margin.assess(isolated, ISOLATED, scene()).lines.map(({ name }) => name)).toEqual(["maintenance"]);
    expect(margin.assess(isolated, WALLET, scene())).toMatchObject({ equity: { is: "known" }, lines: [] });
  });

  test("both sides of a hedge are charged, each in its own tier", () => {
    const hedge = bodyOf({ USDT: "50000" }, [
      position("BTCUSDT", "3", "50000", { side: "long" }),
      position("BTCUSDT", "-1", "50000", { side: "short" }),
    ]);
    // 150,000 in tier 2 and 50,000 in tier 1, with 0.05 % * 0.9 and 0.05 % * 1.1
    expect(plain(line(hedge, WALLET, scene())?.required)).toBe(`${1000 + 67.5 + 250 + 27.5}`);
  });

  test("portfolio margin is unknown, never safe", () => {
    const body = bodyOf({ USDT: "50000" }, [position("BTCUSDT", "1", "50000")], { mode: "portfolio" });
    expect(margin.assess(body, WALLET, scene())).toMatchObject({
      equity: { is: "unknown", why: { code: "bybit/portfolio-margin" } },
      lines: [],
    });
    expect(margin.compile(body, WALLET, scene(), "maintenance")).toHaveProperty("unknown");
    expect(margin.levers?.(body, WALLET, scene())).toEqual([]);
  });

  // oxfmt-ignore
  test.each([
    ["a mark",          { ...TERMS },                                   ["BTCUSDT"], "bybit/no-price"],
    ["an index",        { ...TERMS },                                   ["USDT"],    "bybit/no-price"],
    ["risk limits",     { ...TERMS, contracts: {} },                    [],          "bybit/no-terms"],
    ["a coin's ratios", { ...TERMS, coins: {} },                        [],          "bybit/no-coin-terms"],
  ] as const)("without %s all is unknown", (_case, terms, missing, code) => {
    const full = scene({}, terms);
    const quotes = new Map([...full.quotes].filter(([key]) => !missing.some((name) => key.includes(`:${name}:`))));
    const body = bodyOf({ USDT: "5000" }, [position("BTCUSDT", "1", "50000")]);
    expect(margin.assess(body, WALLET, { ...full, quotes })).toMatchObject({ equity: { is: "unknown", why: { code } }, lines: [] });
  });

  test("a debt whose rate is not known requires all of itself, a coin switched off counts for nothing", () => {
    const coins = { USDT: { ratios: [{ rate: dec("1") }] }, BTC: { ratios: [{ rate: dec("0.9") }] } };
    const body = bodyOf({ USDT: "-1000", BTC: "1" }, []);
    const off = { ...body, balances: body.balances.map((each) => ({ ...each, collateral: each.coin !== "BTC" })) };
    expect(line(body, WALLET, scene({}, { ...TERMS, coins }))).toMatchObject({
      required: { digits: 1000n },
      crossed: false,
    });
    expect(plain(line(off, WALLET, scene({}, { ...TERMS, coins }))?.surplus)).toBe("-2000");
  });
});

test.each([
  ["linear", "BTCUSDT", "-1", "up"],
  ["inverse", "BTCUSD", "50000", "down"],
] as const)(
  "%s: a form ends with the rows that are known, and beyond them it has no price",
  (type, symbol, size, way) => {
    // posted so that the price lies where the value is about 1.5 times what it is: 75,000 USDT, 1.5 BTC
    const account = (cap: string, complete: boolean, posted: string, mode: "cross" | "isolated") => {
      const change = { tiers: [tier("0", cap, "0.005", "0")], complete };
      const contract = type === "linear" ? linear(change) : inverse("BTC", change);
      const coin = type === "linear" ? "USDT" : "BTC";
      const held = position(symbol, size, "50000", mode === "isolated" ? { coin, posted } : { coin });
      const body = bodyOf(mode === "isolated" ? {} : { [coin]: posted }, [held]);
      return [body, margin.accounts(body).at(-1)!, scene({}, termsOf({ contracts: { [symbol]: contract } }))] as const;
    };
    const found = (...of: Parameters<typeof account>) => {
      const [body, key, where] = account(...of);
      const compiled = margin.compile(body, key, where, "maintenance");
      if (!("form" in compiled)) throw new Error("no form");
      const quotes = sure(readQuotes(compiled.form, where));
      const prices = liquidationPrices(compiled.form, quotes, compiled.form.quotes.indexOf(markKey(symbol)));
      return [prices[way], prices.searched[way === "up" ? "high" : "low"]] as const;
    };
    const priced = (...of: Parameters<typeof account>) => {
      const [body, key, where] = account(...of);
      const price = liquidationPrice(body, key, symbol, where);
      return price.ok ? (price.value[way] === undefined ? "none" : "known") : price.failure.code;
    };
    const [unit, posted] = type === "linear" ? [1, "25000"] : [1 / 50_000, "0.5"];
    const capAt = (value: number) => `${value * 50_000 * unit}`;
    const priceAt = (value: number) => (way === "up" ? 50_000 * value : 50_000 / value);
    for (const mode of ["cross", "isolated"] as const) {
      const [near] = found(capAt(1.6), false, posted, mode);
      expect(near! / priceAt(1.5)).toBeCloseTo(1, 1);
      expect(found(capAt(1.2), true, posted, mode)[0]).toBe(near);
      const [beyond, end] = found(capAt(1.2), false, posted, mode);
      expect(beyond).toBeUndefined();
      expect(end).toBeCloseTo(priceAt(1.2), 6);
      expect(priced(capAt(1.2), false, posted, mode)).toBe("bybit/beyond-tiers");
      expect(priced(capAt(1.2), true, posted, mode)).toBe("known");
    }
  },
);
