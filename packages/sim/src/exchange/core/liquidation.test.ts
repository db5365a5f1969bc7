import { expect, test } from "vitest";
import { Desk, codeOf } from "./testing/desk.ts";
import { fixed, printed } from "./fixed.ts";
import { liquidationPrice } from "./liquidation-price.ts";
import { figuresOf, isCrossed, scopesOf } from "./margin.ts";
import type { Position, PositionSide } from "./state.ts";
import { INSURANCE, accountOf, marketOf } from "./turn.ts";
import { positionOf, walletOf } from "./wallet.ts";

interface Held {
  readonly side: PositionSide;
  readonly size: string;
  readonly entry: string;
}
/** A desk whose alice simply holds these, with this wallet; the figures need no history. */
function holding(margin: "cross" | "isolated", wallet: string, held: readonly Held[]) {
  const desk = new Desk({ cash: margin === "cross" ? wallet : "0" });
  const alice = accountOf(desk, "alice");
  alice.settings.set("BTCUSDT", { leverage: 10, margin });
  for (const { side, size, entry } of held) {
    const cost = (fixed(size) * fixed(entry)) / fixed("1");
    const position: Position = {
      symbol: "BTCUSDT",
      side,
      size: fixed(size),
      cost,
      isolated: margin === "isolated" ? fixed(wallet) : 0n,
      updatedAt: 0,
    };
    alice.positions.set(`BTCUSDT:${side}`, position);
  }
  return { desk, alice };
}

// source: reference figures worked by hand from the venue's equation, wallet + size * (price - entry) = size * price * rate - amount
// oxfmt-ignore
test.each([
  ["A: the tier amount counts",        "isolated", "1000000", [{ side: "BOTH", size: "100", entry: "100000" }],                                                   "90787.8788"],
  ["B: the tier is the one at the LP", "isolated", "1200000", [{ side: "BOTH", size: "-120", entry: "99000" }],                                                   "107941.1765"],
  ["C: both sides of a hedge",         "cross",    "20000",   [{ side: "LONG", size: "2", entry: "100000" }, { side: "SHORT", size: "-1", entry: "98000" }], "82995.9514"],
] as const)("liquidation price %s", (_case, margin, wallet, held, expected) => {
  const { desk, alice } = holding(margin, wallet, held);
  const [scope] = scopesOf(desk, alice);
  const price = scope === undefined ? null : liquidationPrice(desk, scope, "BTCUSDT");
  expect(Number(printed(price ?? 0n)).toFixed(4)).toBe(expected);
});

test("a position without debt has no liquidation price", () => {
  const { desk, alice } = holding("cross", "1000000", [{ side: "BOTH", size: "1", entry: "100000" }]);
  const [scope] = scopesOf(desk, alice);
  expect(scope === undefined ? 0n : liquidationPrice(desk, scope, "BTCUSDT")).toBeNull();
});

test("liquidation starts exactly at the price that was shown, not one unit before", () => {
  for (const [offset, crossed] of [
    [1n, false],
    [0n, true],
  ] as const) {
    const { desk, alice } = holding("isolated", "1000000", [{ side: "BOTH", size: "100", entry: "100000" }]);
    const [scope] = scopesOf(desk, alice);
    if (scope === undefined) throw new Error("no scope");
    marketOf(desk, "BTCUSDT").mark = (liquidationPrice(desk, scope, "BTCUSDT") ?? 0n) - 1n + offset;
    expect(isCrossed(desk, scope)).toBe(crossed);
  }
});

// 1 @ 100,000 at 99,000: profit -1,000, maintenance 99,000 * 0.4 % = 396
test.each([
  ["1396", true],
  ["1396.00000001", false],
])("a margin ratio of exactly 100 %% liquidates: wallet %s, %s", (wallet, crossed) => {
  const { desk, alice } = holding("isolated", wallet, [{ side: "BOTH", size: "1", entry: "100000" }]);
  marketOf(desk, "BTCUSDT").mark = fixed("99000");
  expect(scopesOf(desk, alice).map((scope) => isCrossed(desk, scope))).toEqual([crossed]);
});

test("a position of a higher tier is reduced only as far as needed, and a first-tier one is closed whole", () => {
  const desk = new Desk({ cash: "1500000" });
  desk.run({ type: "leverage", account: "alice", symbol: "BTCUSDT", leverage: 25 });
  expect(codeOf(desk.order("alice", { side: "buy" }, "180"))).toBe("ok");
  const alice = accountOf(desk, "alice");
  expect(codeOf(desk.order("alice", { side: "buy" }, "1", "80000"))).toBe("ok");
  const untouched = () => positionOf(alice, "BTCUSDT", "BOTH")?.size === fixed("180");
  for (let price = 99_500; price > 90_000 && untouched(); price -= 20) desk.price(`${price}`);
  const left = positionOf(alice, "BTCUSDT", "BOTH")?.size ?? 0n;
  expect(left).toBeGreaterThan(0n);
  expect(left).toBeLessThan(fixed("180"));
  expect(scopesOf(desk, alice).every((scope) => !isCrossed(desk, scope))).toBe(true);
  expect(marketOf(desk, "BTCUSDT").bids).toEqual([]); // its open order went first
  const fee = desk.state.incomes.filter(({ type }) => type === "INSURANCE_CLEAR");
  expect(fee.length).toBeGreaterThan(0);
  const paid = desk.state.trades
    .filter(({ clientId }) => clientId.startsWith("autoclose"))
    .reduce((sum, { notional }) => sum + notional, 0n);
  expect(-fee.reduce((sum, { amount }) => sum + amount, 0n)).toBeLessThanOrEqual((paid * fixed("0.0125")) / fixed("1"));

  const small = new Desk({ cash: "3000" });
  expect(codeOf(small.order("bob", { side: "sell" }, "0.5"))).toBe("ok");
  for (let price = 100_500; price < 108_000; price += 250) small.price(`${price}`);
  expect(positionOf(accountOf(small, "bob"), "BTCUSDT", "BOTH")).toBeUndefined();
  expect(walletOf(accountOf(small, "bob"), "USDT")).toBeGreaterThanOrEqual(0n);
});

test("after a gap beyond bankruptcy the fund takes the position over, pays what is missing, and sells it off", () => {
  const desk = new Desk({ fund: "5000000" });
  desk.order("alice", { side: "buy" }, "10");
  desk.price("80000");
  const [alice, fund] = [accountOf(desk, "alice"), accountOf(desk, INSURANCE)];
  expect(desk.outputs.some(({ type }) => type === "takeover")).toBe(true);
  expect([alice.positions.size, walletOf(alice, "USDT")]).toEqual([0, 0n]);
  expect(positionOf(fund, "BTCUSDT", "BOTH")?.size).toBe(fixed("10"));
  for (let round = 0; round < 20; round += 1) desk.price("80000");
  expect(fund.positions.size).toBe(0);
  expect(walletOf(fund, "USDT")).toBeLessThan(fixed("5000000"));
});

test("what the fund cannot carry is closed against the winners by rank, at the bankruptcy price", () => {
  const desk = new Desk({ fund: "1000", accounts: ["alice", "bob", "carol"] });
  desk.run({ type: "leverage", account: "bob", symbol: "BTCUSDT", leverage: 5 });
  desk.order("alice", { side: "buy" }, "10");
  desk.order("bob", { side: "sell" }, "1"); // 1x against 100,000: a weak claim
  desk.order("carol", { side: "sell" }, "7"); // 7x: first in the queue
  const before = walletOf(accountOf(desk, "carol"), "USDT");
  desk.price("80000");
  const adl = desk.outputs.flatMap((output) => (output.type === "adl" ? [output] : []));
  expect(adl.map(({ account, size }) => [account, printed(size)])).toEqual([
    ["carol", "7.00000000"],
    ["bob", "1.00000000"],
    ["#maker", "2.00000000"],
  ]);
  expect(positionOf(accountOf(desk, "carol"), "BTCUSDT", "BOTH")).toBeUndefined();
  expect(walletOf(accountOf(desk, "carol"), "USDT")).toBeGreaterThan(before);
  expect(walletOf(accountOf(desk, "alice"), "USDT")).toBe(0n);
});

test("an isolated position dies alone", () => {
  const desk = new Desk();
  desk.run({ type: "margin", account: "alice", symbol: "BTCUSDT", margin: "isolated" });
  desk.order("alice", { side: "buy" }, "1");
  const cross = walletOf(accountOf(desk, "alice"), "USDT");
  desk.price("94000");
  expect(accountOf(desk, "alice").positions.size).toBe(0);
  expect(walletOf(accountOf(desk, "alice"), "USDT")).toBe(cross);
});

test("the owner is told once when the ratio comes near", () => {
  const desk = new Desk();
  desk.order("alice", { side: "buy" }, "10");
  const alice = accountOf(desk, "alice");
  let calls = 0;
  for (let price = 99_000; alice.positions.size > 0; price -= 100) {
    desk.price(`${price}`);
    calls += desk.outputs.filter(({ type }) => type === "margin-call").length;
    for (const scope of scopesOf(desk, alice)) expect(figuresOf(desk, scope).equity).toBeGreaterThan(0n);
  }
  expect(calls).toBe(1);
});
