import { expect, test } from "vitest";
import { Desk, codeOf } from "./testing/desk.ts";
import { fixed, printed } from "./fixed.ts";
import type { OrderRequest } from "./state.ts";
import { accountOf, marketOf } from "./turn.ts";
import { sizeOf, walletOf } from "./wallet.ts";

test("price first, then time; users before the synthetic liquidity at the same price", () => {
  const desk = new Desk({ accounts: ["alice", "bob", "carol"] });
  desk.order("alice", { side: "sell", clientId: "later-worse" }, "1", "100003");
  desk.order("bob", { side: "sell", clientId: "first" }, "1", "100002");
  desk.order("alice", { side: "sell", clientId: "second" }, "1", "100002");
  desk.order("carol", { side: "buy" }, "2.5");
  expect(desk.state.trades.filter(({ maker }) => maker).map(({ clientId, size }) => [clientId, printed(size)])).toEqual(
    [
      ["first", "1.00000000"],
      ["second", "1.00000000"],
      ["later-worse", "0.50000000"],
    ],
  );
});

test("fees: the maker pays its rate, the taker its own, and the venue has both", () => {
  const desk = new Desk();
  desk.order("alice", { side: "sell" }, "1", "100002");
  desk.order("bob", { side: "buy" }, "1");
  expect(desk.state.trades.map(({ fee }) => printed(fee))).toEqual(["50.00100000", "20.00040000"]);
  expect(printed(walletOf(accountOf(desk, "#venue"), "USDT"))).toBe("70.00140000");
});

test("a resting order is filled at its own price when the market comes to it", () => {
  const desk = new Desk();
  desk.order("alice", { side: "buy" }, "1", "99000");
  desk.price("98000");
  expect(desk.state.trades.map(({ price, maker }) => [printed(price), maker])).toEqual([["99000.00000000", true]]);
  expect(sizeOf(accountOf(desk, "alice"), "BTCUSDT", "BOTH")).toBe(fixed("1"));
});

test("eating the book moves the price, and the book comes back", () => {
  const desk = new Desk();
  desk.order("alice", { side: "buy" }, "15");
  desk.order("alice", { side: "sell" }, "15");
  const [first] = desk.state.trades;
  const worst = desk.state.trades.findLast(({ side }) => side === "buy");
  expect(worst?.price).toBeGreaterThan(first?.price ?? 0n);
  desk.price("100000", 60);
  expect(marketOf(desk, "BTCUSDT").eaten).toEqual({ bids: 0n, asks: 0n });
});

const limit = (rest: Partial<OrderRequest>): Partial<OrderRequest> & Pick<OrderRequest, "side"> => ({
  side: "buy",
  ...rest,
});
// source: error codes of the venue's USD-M documentation
// oxfmt-ignore
test.each([
  ["unknown symbol",                  limit({ symbol: "NOPEUSDT" }),        "1",      "100000",   -1121],
  ["price off the tick",              limit({}),                            "1",      "99999.95", -4014],
  ["size off the lot",                limit({}),                            "0.0005", "99999",    -1111],
  ["too small to matter",             limit({}),                            "0.001",  "99000",    -4164],
  ["above the price band",            limit({}),                            "1",      "106000",   -4016],
  ["below the price band",            limit({ side: "sell" }),              "1",      "94000",    -4024],
  ["wrong position side",             limit({ positionSide: "LONG" }),      "1",      "99000",    -4061],
  ["reduce-only without a position",  limit({ reduceOnly: true }),          "1",      "99000",    -2022],
  ["fill or kill, too large",         limit({ timeInForce: "FOK" }),        "15",     "100005",   -5021],
  ["post-only that would take",       limit({ timeInForce: "GTX" }),        "1",      "100100",   -5022],
  ["more than the margin bears",      limit({}),                            "25",     "99000",    -2019],
] as const)("refused: %s", (_case, order, size, price, code) => {
  expect(codeOf(new Desk().order("alice", order, size, price))).toBe(code);
});

test("no order beyond the bracket of its leverage", () => {
  const desk = new Desk({ cash: "100000000" });
  expect(codeOf(desk.run({ type: "leverage", account: "alice", symbol: "BTCUSDT", leverage: 100 }))).toBe("ok");
  expect(codeOf(desk.order("alice", { side: "buy" }, "9", "99000"))).toBe(-2027);
  desk.run({ type: "coef", account: "alice", coef: fixed("1.5") }); // the same brackets, half as large again
  expect(codeOf(desk.order("alice", { side: "buy" }, "9", "99000"))).toBe("ok");
});

test("a market order whose counterparty is outside the band is rejected, and a deep one stops at the band", () => {
  const desk = new Desk({ cash: "100000000" });
  desk.now += 60_000;
  desk.run({ type: "price", symbol: "BTCUSDT", index: fixed("100000"), mid: fixed("93000") });
  expect(codeOf(desk.order("alice", { side: "sell" }, "1"))).toBe(-4131);
});

test("reducers do not add up to more than the position, and never flip it", () => {
  const desk = new Desk();
  desk.order("alice", { side: "buy" }, "2");
  expect(codeOf(desk.order("alice", { side: "sell", reduceOnly: true }, "2", "101000"))).toBe("ok");
  expect(codeOf(desk.order("alice", { side: "sell", reduceOnly: true }, "1", "102000"))).toBe(-2022);
  desk.run({ type: "cancel-all", account: "alice", symbol: "BTCUSDT" });
  expect(codeOf(desk.order("alice", { side: "sell", reduceOnly: true }, "5"))).toBe("ok");
  expect(sizeOf(accountOf(desk, "alice"), "BTCUSDT", "BOTH")).toBe(0n);
});

test("the resting stop and the reducer compete: what is left of a reducer goes when the position is gone", () => {
  const desk = new Desk();
  desk.order("alice", { side: "buy" }, "2");
  desk.order("alice", { side: "sell", reduceOnly: true }, "2", "101000");
  desk.stop("alice", { side: "sell" }, "98000");
  desk.price("97000");
  expect(sizeOf(accountOf(desk, "alice"), "BTCUSDT", "BOTH")).toBe(0n);
  expect(marketOf(desk, "BTCUSDT").asks).toEqual([]);
});

test("a client id is unique among open orders only", () => {
  const desk = new Desk();
  desk.order("alice", { side: "buy", clientId: "x" }, "1", "99000");
  expect(codeOf(desk.order("alice", { side: "buy", clientId: "x" }, "1", "99000"))).toBe(-4116);
  desk.run({ type: "cancel", account: "alice", symbol: "BTCUSDT", ref: { clientId: "x" } });
  expect(codeOf(desk.order("alice", { side: "buy", clientId: "x" }, "1", "99000"))).toBe("ok");
});

test("own resting orders expire before the account trades with itself", () => {
  const desk = new Desk();
  desk.order("alice", { side: "sell", clientId: "mine" }, "1", "100001");
  desk.order("alice", { side: "buy" }, "1");
  expect(desk.state.trades.map(({ clientId }) => clientId)).not.toContain("mine");
  expect(marketOf(desk, "BTCUSDT").asks).toEqual([]);
});

// oxfmt-ignore
test.each([
  ["reduce-only", { open: -4400, reduce: "ok", cancel: "ok" }],
  ["cancel-only", { open: -4141, reduce: -4141, cancel: "ok" }],
  ["halted",      { open: -4141, reduce: -4141, cancel: -1016 }],
] as const)("mode %s", (mode, expected) => {
  const desk = new Desk();
  desk.order("alice", { side: "buy" }, "1");
  desk.order("alice", { side: "buy", clientId: "resting" }, "1", "99000");
  desk.run({ type: "mode", mode });
  const open = codeOf(desk.order("alice", { side: "buy" }, "1", "99000"));
  const reduce = codeOf(desk.order("alice", { side: "sell", reduceOnly: true }, "1"));
  const cancel = codeOf(desk.run({ type: "cancel", account: "alice", symbol: "BTCUSDT", ref: { clientId: "resting" } }));
  expect({ open, reduce, cancel }).toEqual(expected);
});
