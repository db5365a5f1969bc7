import type { Action } from "@plimsoll/core/book";
import { type Exact, accountKey, assetId, dec, ms, text, trim } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { decimalsAt, isOnGrid, limitWithin } from "./grid.ts";
import { margin } from "./margin.ts";
import { MANY_DEXES, NOW, PRESENT, bodyOf, position, sceneOf, termsFrom } from "./testing.ts";

const scene = sceneOf({ BTC: "100000", ETH: "3000" });
const CROSS = accountKey("cross");
const BTC = accountKey("isolated:BTC");
const plain = (value: Exact) => text(trim(value));
const cash = ({ pools }: Body) => plain(pools[0]!.cash);
const own = ({ positions }: Body, coin = "BTC") => {
  const found = positions.find((each) => each.coin === coin)!;
  return found.margin.mode === "isolated" ? plain(found.margin.cash) : "cross";
};

function sure<V>(
  result: { readonly ok: true; readonly value: V } | { readonly ok: false; readonly failure: unknown },
): V {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
const order = (size: string, limit: string, more: Partial<Extract<Action, { do: "order" }>> = {}): Action => ({
  do: "order",
  instrument: "BTC",
  side: "sell",
  size: dec(size),
  limit: dec(limit),
  reduceOnly: true,
  ...more,
});

test("each dex is a pool of its own, counted in its own token", () => {
  const terms = termsFrom(MANY_DEXES);
  const body = bodyOf("-98000", [position("BTC", "1"), position("vt:ETH", "1")], { cashOf: { vt: "-3500" } });
  const at = sceneOf({ BTC: "100000", "vt:ETH": "3000" }, terms);
  const states = margin.accounts(body).map((key) => margin.assess(body, key, at));
  expect(
    states.map(({ account, unit, lines }) => [
      account,
      unit,
      lines.find(({ name }) => name === "maintenance")!.crossed,
    ]),
  ).toEqual([
    ["cross", "USDC", false],
    ["cross:vt", "USDE", true],
  ]);
  const move = {
    do: "move-margin",
    from: CROSS,
    to: accountKey("isolated:km:US500"),
    asset: assetId("USDC"),
    amount: dec("1"),
  } as const;
  const two = bodyOf("5000", [position("km:US500", "1", { cash: "-5000" })]);
  expect(margin.apply(two, move, sceneOf({ "km:US500": "6000" }, terms))).toMatchObject({
    ok: false,
    failure: { code: "hyperliquid/no-such-move" },
  });
});

test("a dex without a vault has no backstop line, and no form of one", () => {
  const at = sceneOf({ "km:US500": "6000" }, termsFrom(MANY_DEXES));
  const body = bodyOf("0", [position("km:US500", "1", { cash: "-5000" })]);
  const key = accountKey("isolated:km:US500");
  expect(margin.assess(body, key, at).lines.map(({ name }) => name)).toEqual(["initial", "maintenance"]);
  expect(margin.compile(body, key, at, "backstop")).toHaveProperty("unknown");
  // strictly isolated: margin cannot be taken out, however much there is
  expect(margin.assess(body, key, at).free).toMatchObject({ value: { digits: 0n } });
});

test("a reducing order is filled at its limit; an isolated share of the margin comes back", () => {
  const reduced = sure(margin.apply(bodyOf("-90000", [position("BTC", "1")]), order("0.4", "99000"), scene));
  // 0.4 * 99,000 less 0.045 %
  expect(cash(reduced)).toBe("-50417.82");
  const isolated = sure(
    margin.apply(bodyOf("0", [position("BTC", "1", { cash: "-90000" })]), order("0.4", "100000"), scene),
  );
  expect([own(isolated), cash(isolated)]).toEqual(["-54000", "3982"]);
});

test("a loss beyond the freed share is met by what stays", () => {
  const body = bodyOf("0", [position("BTC", "1", { cash: "-99900" })]);
  const reduced = sure(margin.apply(body, order("0.5", "99000"), scene));
  // share -49,950; proceeds 49,500 - 22.275: 472.275 short
  expect([own(reduced), cash(reduced)]).toEqual(["-50422.275", "0"]);
});

// oxfmt-ignore
test.each([
  ["opens",                     order("0.1", "100000", { reduceOnly: false }),       "not-reduce-only"],
  ["adds",                      order("0.1", "100000", { side: "buy" }),             "wrong-side"],
  ["has too fine a size",       order("0.000001", "100000"),                         "size-off-step"],
  ["is larger than held",       order("2", "100000"),                                "closes-too-much"],
  ["has six figures",           order("0.1", "99999.5"),                             "limit-off-tick"],
  ["has no limit",              order("0.1", "0"),                                   "limit-off-tick"],
  ["is a part below 10 USD",    order("0.00009", "100000"),                          "order-too-small"],
  ["names an unknown coin",     order("0.1", "100000", { instrument: "PEPE" }),      "no-table"],
  ["names what is not held",    order("0.1", "3000", { instrument: "ETH" }),         "no-position"],
] as const)("an order that %s is refused", (_case, refused, code) => {
  const body = bodyOf("-90000", [position("BTC", "1")]);
  expect(margin.apply(body, refused, scene)).toMatchObject({ ok: false, failure: { code: `hyperliquid/${code}` } });
});

test("a coin whose size grid no document tells takes no order and has no lever", () => {
  const at = sceneOf({ HYPE: "40" });
  const body = bodyOf("0", [position("HYPE", "10")]);
  const refused = margin.apply(body, order("1", "40", { instrument: "HYPE" }), at);
  expect(refused).toMatchObject({ ok: false, failure: { code: "hyperliquid/no-size-decimals" } });
  expect(margin.levers!(body, CROSS, at)).toEqual([]);
});

// source: venue documentation, tick and lot size: 5 significant figures, 6 - szDecimals decimals, integers always
// oxfmt-ignore
test.each([
  ["1234.5",     1, true], ["1234.56", 1, false], ["0.001234", 0, true], ["0.0012345", 0, false],
  ["0.01234",    1, true], ["0.012345", 1, false], ["123456",   1, true], ["123456.7",  1, false],
] as const)("price %s with %i size decimals is on the grid: %s", (price, sizeDecimals, expected) => {
  expect(isOnGrid(dec(price), sizeDecimals, PRESENT.rules)).toBe(expected);
});

test("a lever's order is always one that the venue takes, and its limit within the slippage", () => {
  const body = bodyOf("-90000", [position("BTC", "1"), position("ETH", "-1.2345")]);
  const at = sceneOf({ BTC: "98765.4321", ETH: "3210.987" });
  const levers = margin.levers!(body, CROSS, at);
  expect(levers.map(({ on, most }) => [on, plain(most)])).toEqual([
    ["BTC", "1"],
    ["ETH", "1.2345"],
  ]);
  for (const lever of levers) expect(margin.apply(body, lever.act(lever.most, dec("0.013")), at).ok).toBe(true);
  expect(levers[0]!.act(dec("1"), dec("0.01"))).toMatchObject({ limit: dec("97778") });
  expect(decimalsAt(dec("0.0123456"), 0, PRESENT.rules)).toBe(6);
  expect(plain(limitWithin(dec("0.00000001"), "floor", 0, PRESENT.rules))).toBe("0.000001");
});

test("margin moves between the pool and an isolated position, as much as is free and no more", () => {
  const body = bodyOf("5000", [position("BTC", "1", { cash: "-90000" })]);
  const [lever] = margin.levers!(body, BTC, scene);
  expect([lever!.use, lever!.on, plain(lever!.most)]).toEqual(["add-margin", "USDC", "5000"]);
  const moved = sure(margin.apply(body, lever!.act(dec("1500.5"), dec("0")), scene));
  expect([own(moved), cash(moved)]).toEqual(["-88499.5", "3499.5"]);
  const back = (amount: string): Action => ({
    do: "move-margin",
    from: BTC,
    to: CROSS,
    asset: assetId("USDC"),
    amount: dec(amount),
  });
  // 10,000 of value, 10 % of 100,000 stays: nothing to take out; 1,500.5 more and that is free
  expect(margin.apply(body, back("0.000001"), scene)).toMatchObject({
    ok: false,
    failure: { code: "hyperliquid/margin-insufficient" },
  });
  expect(margin.apply(moved, back("1500.5"), scene).ok).toBe(true);
  expect(margin.apply(moved, back("1500.500001"), scene).ok).toBe(false);
  expect(margin.apply(moved, back("-1"), scene)).toMatchObject({
    ok: false,
    failure: { code: "hyperliquid/bad-amount" },
  });
});

test("funding is paid every hour on the oracle price, by a long when the rate is above 0", () => {
  const funding = [
    { coin: "BTC", rate: dec("0.0001"), next: ms(NOW + 1_800_000) },
    { coin: "ETH", rate: dec("0.0001"), next: ms(NOW + 1_800_000) },
  ];
  const body = bodyOf("-80000", [position("BTC", "1"), position("ETH", "-10", { cash: "33000" })], { funding });
  const at = sceneOf({ BTC: "100000", ETH: "3000" }, PRESENT, { BTC: "99000", ETH: "3000" });
  const later = margin.advance(body, ms(NOW + 3 * 3_600_000), at);
  // three settlements of 9.9 paid and of 3 received
  expect([cash(later), own(later, "ETH")]).toEqual(["-80029.7", "33009"]);
  expect(later.funding.map(({ next }) => next - NOW)).toEqual([12_600_000, 12_600_000]);
  const blind = margin.advance(body, ms(NOW + 3 * 3_600_000), sceneOf({ BTC: "100000", ETH: "3000" }, PRESENT, {}));
  expect(blind).toEqual(body);
});

test("fills open, add, turn over; what is not held and not opened is refused", () => {
  const fill = (side: "buy" | "sell", size: string, opens?: { isolated: boolean; leverage: Exact }) => ({
    was: "fill" as const,
    body: { coin: "BTC", side, size: dec(size), price: dec("100000"), fee: dec("1"), ...(opens && { opens }) },
  });
  expect(margin.apply(bodyOf("0", []), fill("buy", "1"), scene)).toMatchObject({ ok: false });
  const opened = sure(
    margin.apply(bodyOf("20000", []), fill("buy", "1", { isolated: true, leverage: dec("10") }), scene),
  );
  expect([own(opened), cash(opened)]).toEqual(["-90000", "9999"]);
  const added = sure(margin.apply(opened, fill("buy", "0.5"), scene));
  expect([own(added), cash(added)]).toEqual(["-135000", "4998"]);
  const turned = sure(margin.apply(opened, fill("sell", "1.5"), scene));
  // 10,000 back, a fee, 5,000 in again for the short
  expect([own(turned), plain(turned.positions[0]!.size), cash(turned)]).toEqual(["55000", "-0.5", "14998"]);
});

test("unknown, with the reason: another price kind in the mark's place, a coin without a table", () => {
  const quotes = new Map([...scene.quotes].map(([key, quote]) => [key, { ...quote, kind: "oracle" as const }]));
  const body = bodyOf("-90000", [position("BTC", "1")]);
  expect(margin.assess(body, CROSS, { ...scene, quotes })).toMatchObject({
    lines: [],
    equity: { is: "unknown", why: { code: "hyperliquid/no-mark" } },
  });
  expect(margin.assess(bodyOf("1", [position("PEPE", "1")]), CROSS, sceneOf({ PEPE: "1" }))).toMatchObject({
    equity: { is: "unknown", why: { code: "hyperliquid/no-table" } },
  });
});
