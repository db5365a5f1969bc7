import { expect, test } from "vitest";
import { Desk } from "./testing/desk.ts";
import { fixed, printed } from "./fixed.ts";
import { accountOf, marketOf } from "./turn.ts";
import { positionOf, walletOf } from "./wallet.ts";

const HOUR = 3_600;
test("without a premium longs pay the interest of 0.01 % on notional at mark", () => {
  const desk = new Desk();
  desk.order("alice", { side: "buy" }, "1", "100010");
  desk.order("bob", { side: "sell" }, "1", "99990");
  desk.price("100000", 4 * HOUR);
  const before = walletOf(accountOf(desk, "alice"), "USDT");
  desk.price("100000", 5 * HOUR);
  expect(desk.outputs.filter(({ type }) => type === "funding").length).toBe(2); // both symbols
  expect(printed(marketOf(desk, "BTCUSDT").funding.lastRate)).toBe("0.00010000");
  expect(printed(walletOf(accountOf(desk, "alice"), "USDT") - before)).toBe("-10.00000000");
  expect(
    desk.state.incomes
      .filter(({ type }) => type === "FUNDING_FEE")
      .map(({ account, amount }) => [account, printed(amount)]),
  ).toEqual([
    ["alice", "-10.00000000"],
    ["bob", "10.00000000"],
  ]);
});

test("a premium that lasts reaches the cap, a discount the floor, and the later part weighs more", () => {
  for (const [mid, rate] of [
    ["101000", "0.00300000"],
    ["99000", "-0.00300000"],
  ] as const) {
    const desk = new Desk();
    desk.now += 60_000;
    desk.run({ type: "price", symbol: "BTCUSDT", index: fixed("100000"), mid: fixed(mid) });
    desk.price("100000", 8 * HOUR);
    expect(printed(marketOf(desk, "BTCUSDT").funding.lastRate)).toBe(rate);
  }
  const late = new Desk();
  late.price("100000", 6 * HOUR);
  late.run({ type: "price", symbol: "BTCUSDT", index: fixed("100000"), mid: fixed("100200") });
  late.price("100000", 2 * HOUR);
  // 0.2 % over the last quarter: linear weights give it 7/16 of the average, less the clamp of 0.05 %
  expect(Number(printed(marketOf(late, "BTCUSDT").funding.lastRate))).toBeCloseTo(
    0.002 * (1 - ((6 * 60 - 1) / (8 * 60 - 1)) ** 2) - 0.0005,
    5,
  );
});

test("an isolated position pays from its own wallet", () => {
  const desk = new Desk();
  desk.run({ type: "margin", account: "alice", symbol: "BTCUSDT", margin: "isolated" });
  desk.order("alice", { side: "buy" }, "1", "100010");
  const [cross, isolated] = [
    walletOf(accountOf(desk, "alice"), "USDT"),
    positionOf(accountOf(desk, "alice"), "BTCUSDT", "BOTH")?.isolated ?? 0n,
  ];
  desk.price("100000", 8 * HOUR);
  expect(walletOf(accountOf(desk, "alice"), "USDT")).toBe(cross);
  expect((positionOf(accountOf(desk, "alice"), "BTCUSDT", "BOTH")?.isolated ?? 0n) - isolated).toBeLessThan(0n);
});
