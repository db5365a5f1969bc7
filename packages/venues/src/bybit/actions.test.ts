import { type AccountKey, type Exact, assetId, dec, toNumber } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { WALLET } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { bodyOf, position } from "./testing.ts";
import { sure, codeOf, plain, ISOLATED, scene, line } from "./testing/desk.ts";

describe("actions", () => {
  const order = (side: "buy" | "sell", size: string, more: Record<string, unknown> = {}) =>
    ({
      do: "order",
      instrument: "BTCUSDT",
      side,
      size: dec(size),
      limit: dec("50000"),
      reduceOnly: true,
      ...more,
    }) as const;
  const hedge = bodyOf({ USDT: "50000" }, [
    position("BTCUSDT", "3", "50000", { side: "long" }),
    position("BTCUSDT", "-1", "50000", { side: "short" }),
  ]);

  test("a sell reduces the long side, a buy the short one", () => {
    const left = (side: "buy" | "sell") =>
      sure(margin.apply(hedge, order(side, "1"), scene())).positions.map(({ size }) => plain(size));
    expect([left("sell"), left("buy")]).toEqual([["2", "-1"], ["3"]]);
  });

  // oxfmt-ignore
  test.each([
    ["opening",          order("sell", "1", { reduceOnly: false }),        "bybit/not-reduce-only"],
    ["off the step",     order("sell", "0.0005"),                          "bybit/size-off-step"],
    ["off the tick",     order("sell", "1", { limit: dec("50000.05") }),   "bybit/limit-off-tick"],
    ["too much",         order("sell", "4"),                               "bybit/closes-too-much"],
    ["another symbol",   order("sell", "1", { instrument: "PEPEUSDT" }),   "bybit/no-terms"],
    ["nothing held",     order("sell", "1", { instrument: "BTCUSD" }),     "bybit/no-position"],
    ["an unknown order", { do: "cancel", order: "x" } as const,            "bybit/no-order"],
    ["a loan",           { do: "repay", asset: assetId("USDT"), amount: dec("1") } as const, "bybit/no-such-action"],
  ] as const)("%s is refused", (_case, action, code) => {
    expect(codeOf(margin.apply(hedge, action, scene()))).toBe(code);
  });

  test("levers are taken by apply, at least by a step and at most by what they say", () => {
    const isolated = bodyOf({ USDT: "1000.00005" }, [position("BTCUSDT", "-1.0005", "50000", { posted: "3000" })]);
    const own = margin.levers?.(isolated, ISOLATED, scene()) ?? [];
    expect(own.map(({ use, on, most }) => `${use} ${on} ${plain(most)}`)).toEqual([
      "add-margin USDT 1000",
      "reduce BTCUSDT 1",
    ]);
    const slip = dec("0.00033");
    const health = (of: Body) => toNumber(line(of, ISOLATED, scene())!.health);
    const [add, reduce] = own.map(
      (lever) => (amount: Exact) => health(sure(margin.apply(isolated, lever.act(amount, slip), scene()))),
    );
    expect(add!(own[0]!.step)).toBeGreaterThan(health(isolated));
    expect(add!(own[0]!.most)).toBeGreaterThan(add!(own[0]!.step));
    // a part that is closed takes its share of the margin with it
    for (const amount of [own[1]!.step, own[1]!.most]) expect(reduce!(amount)).toBeGreaterThanOrEqual(health(isolated));
    // a buy up to 50,016.5, on the tick
    expect(own[1]?.act(dec("1"), slip)).toMatchObject({ side: "buy", limit: dec("50016.5") });
  });

  test("margin moves as far as it can be spared", () => {
    const isolated = bodyOf({ USDT: "1000" }, [position("BTCUSDT", "1", "50000", { posted: "6000" })]);
    const held = { ...isolated, balances: isolated.balances.map((each) => ({ ...each, orderMargin: dec("400") })) };
    const move = (from: AccountKey, to: AccountKey, amount: string) =>
      margin.apply(held, { do: "move-margin", from, to, asset: assetId("USDT"), amount: dec(amount) }, scene());
    expect(plain(sure(move(WALLET, ISOLATED, "600")).positions[0]?.posted)).toBe("6600");
    expect(codeOf(move(WALLET, ISOLATED, "600.01"))).toBe("bybit/margin-insufficient");
    // 6000 - 5000 - 0.05 % * 0.9 of 50,000
    expect(codeOf(move(ISOLATED, WALLET, "977.5"))).toBe("taken");
    expect(codeOf(move(ISOLATED, WALLET, "977.6"))).toBe("bybit/margin-insufficient");
    expect(codeOf(move(ISOLATED, WALLET, "0.00001"))).toBe("bybit/bad-amount");
    expect(codeOf(move(ISOLATED, ISOLATED, "1"))).toBe("bybit/no-such-move");
  });

  test("a profit cannot be taken out of an isolated position, a loss stays in it; its initial margin is the one of entry", () => {
    const body = bodyOf({ USDT: "0" }, [position("BTCUSDT", "1", "50000", { posted: "6000" })]);
    const free = (mark: string) => {
      const { free: spare } = margin.assess(body, ISOLATED, scene({ BTCUSDT: mark }));
      return spare.is === "known" ? plain(spare.value) : spare.is;
    };
    expect([free("60000"), free("50000"), free("49500"), free("45000")]).toEqual(["977.5", "977.5", "477.5", "0"]);
  });
});
