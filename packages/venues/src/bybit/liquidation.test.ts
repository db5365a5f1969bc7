import type { Market, Scene, Step } from "@plimsoll/core/margin";
import { type AccountKey, accountKey, dec, known, toNumber, unknown, why } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { WALLET } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import type { BybitTerms } from "./terms.ts";
import { NOW, bodyOf, inverse, position, sceneOf, termsOf, tier } from "./testing.ts";
import { plain, ISOLATED, TERMS, scene, at, line } from "./testing/desk.ts";

describe("liquidation", () => {
  const sumOf = (steps: readonly Step<Body>[], of: "taken" | "fee" | "badDebt") =>
    steps.flatMap((step) => step[of]).reduce((sum, { amount }) => sum + toNumber(amount), 0);
  const take = (body: Body, key: AccountKey, where: Scene<BybitTerms>, market: Market) =>
    margin.liquidate(body, key, where, market, "worst-for-owner");

  test("isolated in the lowest tier: taken over at the bankruptcy price, the posted margin is gone", () => {
    const body = bodyOf({ USDT: "77" }, [position("BTCUSDT", "1", "50000", { posted: "5022.5" })], {
      orders: [{ id: "a", symbol: "BTCUSDT", side: "one-way", opens: dec("1") }],
    });
    const steps = take(body, ISOLATED, scene({ BTCUSDT: "45200" }), at("45200"));
    expect(steps.map(({ what }) => what.split(" ")[0])).toEqual(["cancel", "take"]);
    expect(steps.at(-1)?.after).toMatchObject({ positions: [], orders: [], balances: [{ cash: dec("77") }] });
    expect(sumOf(steps, "taken")).toBe(222.5);
    expect(sumOf(take(body, ISOLATED, scene({ BTCUSDT: "44000" }), at("44000")), "badDebt")).toBe(977.5);
  });

  test("exactly at the line the venue takes it", () => {
    // 0.5 % of 50,000 and 0.05 % of the bankruptcy price (50,000 - 274.875) / 0.9995 = 49,750
    const body = bodyOf({}, [position("BTCUSDT", "1", "50000", { posted: "274.875" })]);
    expect(plain(line(body, ISOLATED, scene())?.surplus)).toBe("0");
    expect(take(body, ISOLATED, scene(), at("50000"))).toHaveLength(1);
  });

  test("isolated in a higher tier: one order down to a tier in which the rest is safe", () => {
    // 5 @ 50,000 at 20x is in tier 3; at 47,900 its value is 239,500
    const body = bodyOf({ USDT: "0" }, [position("BTCUSDT", "5", "50000", { leverage: "20", posted: "12618.75" })]);
    const where = scene({ BTCUSDT: "47900" });
    expect(line(body, ISOLATED, where)?.crossed).toBe(true);
    const [step, ...rest] = take(body, ISOLATED, where, at("47900"));
    // (239,500 - 200,000) / 47,900 in steps of 0.001, up
    expect([step?.what, rest]).toEqual(["close 0.825 of BTCUSDT:one-way at 47900", []]);
    expect(line(step!.after, ISOLATED, where)?.crossed).toBe(false);
    const before = toNumber(line(body, ISOLATED, where)!.surplus) + toNumber(line(body, ISOLATED, where)!.required);
    const equity =
      toNumber(line(step!.after, ISOLATED, where)!.surplus) + toNumber(line(step!.after, ISOLATED, where)!.required);
    expect(before - equity).toBeCloseTo(sumOf([step!], "taken") + sumOf([step!], "fee"), 9);
    // a market 3 % away leaves nothing that could be saved
    expect(take(body, ISOLATED, where, at("46000")).map(({ what }) => what.slice(0, 9))).toEqual(["take over"]);
  });

  test("the wallet: orders, then repayment from other coins, then down the tiers until above the line", () => {
    const body: Body = {
      ...bodyOf({ USDT: "-60000", BTC: "1.6" }, [position("BTCUSDT", "5", "50000")]),
      orderLoss: dec("500"),
      orders: [{ id: "a", symbol: "BTCUSDT", side: "one-way", opens: dec("1") }],
    };
    const where = scene({ BTCUSDT: "46000", BTC: "46000" });
    expect(line(body, WALLET, where)?.crossed).toBe(true);
    const market: Market = {
      fill: (instrument, side) =>
        side === "sell" ? known(dec(instrument === "BTC/USDT" ? "45950" : "45990"), NOW) : unknown(why("no-book")),
    };
    const steps = take(body, WALLET, where, market);
    expect(steps.map(({ what }) => what)).toEqual([
      "cancel 1 open orders",
      "sell 1.6 BTC at 45950 to repay USDT (estimate)",
      "close 0.653 of BTCUSDT:one-way at 45990",
      "close 2.174 of BTCUSDT:one-way at 45990",
      expect.stringContaining("take over BTCUSDT:one-way at the bankruptcy price"),
    ]);
    expect(steps.at(-1)?.after.positions).toEqual([]);
    // 80,000 held at 46,000 less 60,000 owed, 20,000 lost, all slippage and fees: what was missing at the end
    const [taken, fee, bad] = [sumOf(steps, "taken"), sumOf(steps, "fee"), sumOf(steps, "badDebt")];
    expect(1.6 * 46_000 - 60_000 - 20_000 - taken - fee + bad).toBeCloseTo(0, 6);
    // where no price is known the steps end
    expect(take(body, WALLET, where, { fill: () => unknown(why("no-book")) })).toHaveLength(1);
  });

  test("a debt is repaid no further than it goes, at the fill's price, its slippage counted in USD", () => {
    const terms = termsOf({
      contracts: TERMS.contracts,
      coins: { ...TERMS.coins, EUR: { ratios: [{ rate: dec("1") }] } },
    });
    const body: Body = { ...bodyOf({ EUR: "-1000", BTC: "0.03" }, []), orderLoss: dec("0") };
    const where = sceneOf({ EUR: "1.2", BTC: "50000" }, terms);
    // 1,200 owed and all of it required against 1,470 of collateral
    const [repay] = take(body, WALLET, where, at("41000"));
    expect(repay?.what).toBe("sell 0.024000000000000000 BTC at 41000 to repay EUR (estimate)");
    expect(repay?.after.balances.map(({ cash }) => plain(cash))).toEqual(["-16", "0.006"]);
    expect(sumOf([repay!], "taken")).toBeCloseTo(0.024 * 50_000 - 0.024 * 41_000 * 1.2, 9);
  });

  test("an inverse position steps down by dollars: coins over the tier times the mark", () => {
    const rows = [tier("0", "1", "0.005", "0"), tier("1", "10", "0.01", "0.005")];
    const terms = termsOf({ contracts: { BTCUSD: inverse("BTC", { tiers: rows, takerFee: dec("0.0005") }) } });
    const body = bodyOf({ BTC: "0" }, [
      position("BTCUSD", "100000", "50000", { coin: "BTC", leverage: "20", posted: "0.1" }),
    ]);
    // 2 BTC at entry; at 48,000 2.0833, 1.0833 * 48,000 = 52,000 dollars over the first tier
    const steps = take(
      body,
      accountKey("BTCUSD:one-way"),
      sceneOf({ BTCUSD: "48000", BTC: "48000" }, terms),
      at("48000"),
    );
    expect(steps.map(({ what }) => what)).toEqual(["close 52000 of BTCUSD:one-way at 48000"]);
  });

  test("the largest requirement goes first unless another is named; above the line nothing is taken", () => {
    const body = bodyOf({ USDT: "400", BTC: "0" }, [
      position("BTCUSDT", "1", "50000"),
      position("BTCUSD", "10000", "50000", { coin: "BTC" }),
    ]);
    const where = scene({ BTCUSDT: "49800" });
    const first = (chooser: Parameters<typeof margin.liquidate>[4]) =>
      margin.liquidate(body, WALLET, where, at("49800"), chooser)[0]?.what.split(" ")[3];
    expect([first("worst-for-owner"), first({ fixed: ["BTCUSD:one-way"] })]).toEqual([
      "BTCUSDT:one-way",
      "BTCUSD:one-way",
    ]);
    expect(take({ ...body, ...bodyOf({ USDT: "4000" }, body.positions) }, WALLET, where, at("49800"))).toEqual([]);
  });
});
