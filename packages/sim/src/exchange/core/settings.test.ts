import { expect, test } from "vitest";
import { Desk, codeOf } from "./testing/desk.ts";
import { fixed, printed } from "./fixed.ts";
import { accountOf, marketOf } from "./turn.ts";
import { positionOf, sizeOf, walletOf } from "./wallet.ts";

test("hedge mode holds both sides, and a side is never closed by more than it has", () => {
  const desk = new Desk();
  expect(codeOf(desk.run({ type: "hedge", account: "alice", hedge: true }))).toBe("ok");
  desk.order("alice", { side: "buy", positionSide: "LONG" }, "2");
  desk.order("alice", { side: "sell", positionSide: "SHORT" }, "1");
  const alice = accountOf(desk, "alice");
  expect([sizeOf(alice, "BTCUSDT", "LONG"), sizeOf(alice, "BTCUSDT", "SHORT")]).toEqual([fixed("2"), -fixed("1")]);
  expect(codeOf(desk.order("alice", { side: "buy", positionSide: "SHORT" }, "1.5"))).toBe(-2022);
  expect(codeOf(desk.order("alice", { side: "buy", positionSide: "SHORT", reduceOnly: true }, "1"))).toBe(-1106);
  expect(codeOf(desk.order("alice", { side: "sell" }, "1"))).toBe(-4061);
  expect(codeOf(desk.order("alice", { side: "buy", positionSide: "SHORT" }, "1"))).toBe("ok");
  expect(alice.positions.size).toBe(1);
  expect(codeOf(desk.run({ type: "hedge", account: "alice", hedge: false }))).toBe(-4068);
});

test("margin type and mode do not change under positions or orders", () => {
  const desk = new Desk();
  const set = (margin: "cross" | "isolated") =>
    codeOf(desk.run({ type: "margin", account: "alice", symbol: "BTCUSDT", margin }));
  expect(set("cross")).toBe(-4046);
  desk.order("alice", { side: "buy" }, "1", "99000");
  expect(set("isolated")).toBe(-4047);
  expect(codeOf(desk.run({ type: "hedge", account: "alice", hedge: true }))).toBe(-4067);
  desk.run({ type: "cancel-all", account: "alice", symbol: "BTCUSDT" });
  desk.order("alice", { side: "buy" }, "1");
  expect(set("isolated")).toBe(-4048);
});

test("isolated margin is posted at the fill, moved by hand, and comes back with the profit", () => {
  const desk = new Desk();
  desk.run({ type: "margin", account: "alice", symbol: "BTCUSDT", margin: "isolated" });
  desk.order("bob", { side: "sell" }, "1", "100001");
  desk.order("alice", { side: "buy" }, "1");
  const alice = accountOf(desk, "alice");
  const inside = () => printed(positionOf(alice, "BTCUSDT", "BOTH")?.isolated ?? 0n);
  expect(inside()).toBe("5000.05000000"); // 20x
  const move = (amount: string) =>
    codeOf(
      desk.run({
        type: "move-margin",
        account: "alice",
        symbol: "BTCUSDT",
        positionSide: "BOTH",
        amount: fixed(amount),
      }),
    );
  expect([move("1000"), inside()]).toEqual(["ok", "6000.05000000"]);
  expect(move("100000")).toBe(-4050);
  expect(move("-2000")).toBe(-4051);
  expect([move("-900"), inside()]).toEqual(["ok", "5100.05000000"]);
  desk.order("alice", { side: "sell", reduceOnly: true }, "0.5");
  expect(inside()).toBe("2550.02500000");
  desk.order("alice", { side: "sell", reduceOnly: true }, "0.5");
  const moved = desk.state.incomes
    .filter(({ account }) => account === "alice")
    .reduce((sum, { amount }) => sum + amount, 0n);
  expect(walletOf(alice, "USDT")).toBe(moved); // deposit, profit and fees are the whole story
});

test("leverage: bounds, brackets, and no reduction under an isolated position", () => {
  const desk = new Desk({ cash: "1000000" });
  const set = (leverage: number) =>
    codeOf(desk.run({ type: "leverage", account: "alice", symbol: "BTCUSDT", leverage }));
  expect([set(151), set(0), set(150)]).toEqual([-4028, -4028, "ok"]);
  set(50);
  desk.order("alice", { side: "buy" }, "20");
  expect([set(100), set(3), set(1)]).toEqual([-2027, "ok", -2019]);
});

test("a stop fires on mark, not on a wick of last, closes the position, and does not start triggered", () => {
  const desk = new Desk();
  desk.order("alice", { side: "buy" }, "1");
  expect(codeOf(desk.stop("alice", { side: "sell" }, "101000"))).toBe(-2021);
  expect(codeOf(desk.stop("alice", { side: "sell", clientId: "s" }, "97000"))).toBe("ok");
  expect(codeOf(desk.stop("alice", { side: "sell", clientId: "s" }, "96000"))).toBe(-4116);
  desk.now += 60_000;
  desk.run({ type: "price", symbol: "BTCUSDT", index: fixed("100000"), mid: fixed("96500") });
  expect(marketOf(desk, "BTCUSDT").last).toBe(fixed("96500"));
  expect(sizeOf(accountOf(desk, "alice"), "BTCUSDT", "BOTH")).toBe(fixed("1"));
  desk.price("96900");
  expect(sizeOf(accountOf(desk, "alice"), "BTCUSDT", "BOTH")).toBe(0n);
  expect([...desk.state.conditionals.values()].map(({ status }) => status)).toEqual(["FINISHED"]);
});
