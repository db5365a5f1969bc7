import { type Exact, accountKey, dec, rescale, text, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { initialMargin, maintenance, profit } from "./position.ts";
import { CROSS, LONG, MARKS, NO_MARKET, SNAPSHOT, T, bodyOf, position, sceneOf, tier, withTiers } from "./testing.ts";

const assessed = (body: Body, marks: Readonly<Record<string, string>>, terms = SNAPSHOT, account = CROSS) =>
  margin.assess(body, account, sceneOf(marks, terms));
const line = (
  body: Body,
  name: "maintenance" | "initial",
  marks: Readonly<Record<string, string>> = MARKS,
  account = CROSS,
) => assessed(body, marks, SNAPSHOT, account).lines.find((each) => each.name === name)!;

// source: position rows of the venue's documentation of GET /fapi/v3/positionRisk (2026); leverage 20, first tier
// oxfmt-ignore
test.each([
  ["ADAUSDT long",   "30",      "0.385",     "0.41047590",   "0.0065",  "0.76427700",   "0.08004280",  "0.61571385"],
  ["COMPUSDT short", "-1.000",  "70.92841",  "49.72023376",  "0.01",    "21.20817624",  "0.49720233",  "2.48601168"],
])("venue-produced: %s, margins cut at 8 decimals", (_case, size, entry, mark, rate, unrealized, maint, initial) => {
  const priced = {
    position: position("X", size, entry),
    terms: { ...SNAPSHOT.symbols["BTCUSDT"]!, tiers: [tier("0", "10000", rate, "0", "1")] },
    mark: dec(mark),
  };
  const printed = (value: Exact) => text(rescale(value, 8, "down"));
  expect(printed(profit(priced))).toBe(unrealized);
  expect(printed(maintenance(priced))).toBe(maint);
  expect(printed(initialMargin(priced)!)).toBe(initial);
});

// oxfmt-ignore
test.each([
  ["one unit below a tier",  "299999.99",  "1199.99996"],
  ["on the tier",            "300000",     "1200"],
  ["one unit above",         "300000.01",  "1200.00005"],
])("maintenance is continuous across a boundary: %s", (_case, mark, required) => {
  const body = bodyOf("20000", [position("BTCUSDT", "1", "300000")]);
  const found = assessed(body, { BTCUSDT: mark }, withTiers(T)).lines.find(({ name }) => name === "maintenance")!;
  expect(toNumber(found.required)).toBe(Number(required));
});

test("a margin ratio of exactly 100 % is crossed, one unit more equity is not", () => {
  // maintenance of 1 BTC at 100,000 in the lowest tier: 400
  const at = (wallet: string) => line(bodyOf(wallet, [position("BTCUSDT", "1", "100000")]), "maintenance");
  expect(at("400")).toMatchObject({ crossed: true, strict: false });
  expect(toNumber(at("400").health)).toBe(1);
  expect(at("400.00000001").crossed).toBe(false);
  expect(at("399.99999999").crossed).toBe(true);
});

test("free of a pool is equity less initial margin of positions and orders, never below 0", () => {
  const orders = { wallets: [{ asset: "USDT", cross: dec("20000"), orderMargin: dec("1000") }] };
  const free = (body: Body, marks = MARKS) => {
    const figure = assessed(body, marks).free;
    return figure.is === "known" ? toNumber(figure.value) : figure.is;
  };
  expect(free(LONG)).toBe(15_000);
  expect(free({ ...LONG, ...orders })).toBe(14_000);
  expect(free(LONG, { ...MARKS, BTCUSDT: "80000" })).toBe(0);
  expect(line({ ...LONG, ...orders }, "initial").crossed).toBe(false);
  expect(line(LONG, "initial", { ...MARKS, BTCUSDT: "80000" }).crossed).toBe(true);
});

test("removable margin of an isolated position leaves out profit not yet realised", () => {
  const body = bodyOf("0", [position("BTCUSDT", "1", "90000", { wallet: "4500" })]);
  const figure = assessed(body, MARKS, SNAPSHOT, accountKey("BTCUSDT:BOTH")).free;
  // equity 14,500 less initial 5,000 would be 9,500; the wallet has 4,500
  expect(figure.is === "known" && toNumber(figure.value)).toBe(4_500);
});

test("hedge mode: isolated sides are accounts of their own, cross sides share the pool", () => {
  const body = bodyOf("1000", [
    position("BTCUSDT", "1", "100000", { side: "LONG", wallet: "500" }),
    position("BTCUSDT", "-1", "100000", { side: "SHORT", wallet: "700" }),
    position("ETHUSDT", "2", "4000", { side: "LONG" }),
    position("ETHUSDT", "-2", "4000", { side: "SHORT" }),
  ]);
  expect(margin.accounts(body)).toEqual(["cross:USDT", "BTCUSDT:LONG", "BTCUSDT:SHORT"]);
  expect(toNumber(line(body, "maintenance", MARKS, accountKey("BTCUSDT:LONG")).surplus)).toBe(100);
  expect(toNumber(line(body, "maintenance", MARKS, accountKey("BTCUSDT:SHORT")).surplus)).toBe(300);
  // no netting: both ETH sides are charged 0.4 % of 8,000
  expect(toNumber(line(body, "maintenance").required)).toBe(64);
});

const nowhere = assessed(LONG, {});
test("a missing mark, a symbol without tiers, another margin asset: unknown with the reason, never zero", () => {
  const odd = bodyOf("20000", [position("PEPEUSDT", "1", "1")]);
  const other = {
    ...LONG,
    positions: [{ ...LONG.positions[0]!, asset: "USDC" }],
    wallets: [{ ...LONG.wallets[0]!, asset: "USDC" }],
  };
  const indexed = sceneOf(MARKS);
  const quotes = new Map([...indexed.quotes].map(([key, quote]) => [key, { ...quote, kind: "index" as const }]));
  const found = [
    nowhere,
    assessed(odd, { PEPEUSDT: "1" }),
    assessed(other, MARKS, SNAPSHOT, accountKey("cross:USDC")),
    margin.assess(LONG, CROSS, { ...indexed, quotes }),
  ];
  const codes = found.map(({ equity, free, lines }) => {
    expect(lines).toEqual([]);
    expect(free.is).toBe("unknown");
    return equity.is === "unknown" ? equity.why.code : equity.is;
  });
  expect(codes).toEqual(["binance/no-mark", "binance/no-tiers", "binance/other-asset", "binance/no-mark"]);
  expect(margin.compile(LONG, CROSS, sceneOf({}), "maintenance")).toHaveProperty("unknown");
  expect(margin.liquidate(LONG, CROSS, sceneOf({}), NO_MARKET, "worst-for-owner")).toEqual([]);
});

test("without leverage initial margin is unknown, maintenance stays known", () => {
  const { leverage: _, ...bare } = LONG.positions[0]!;
  const found = assessed({ ...LONG, positions: [bare] }, MARKS);
  expect(found.free).toMatchObject({
    is: "unknown",
    why: { code: "binance/no-leverage", facts: { positions: "BTCUSDT:BOTH" } },
  });
  expect(found.lines.map(({ name }) => name)).toEqual(["maintenance"]);
  expect(margin.compile({ ...LONG, positions: [bare] }, CROSS, sceneOf(MARKS), "initial")).toEqual({
    unknown: "binance/no-leverage",
  });
});

test("the place in the deleveraging queue is shown as the venue's estimate, and only where it told one", () => {
  const shown = (body: Body) =>
    assessed(body, MARKS).explain.parts!.flatMap(({ name, value }) => (name.includes("queue") ? [[name, value]] : []));
  expect(shown({ ...LONG, positions: [{ ...LONG.positions[0]!, adl: 3 }] })).toEqual([
    ["BTCUSDT:BOTH in the deleveraging queue", "estimate, the venue's queue light 4 of 5"],
  ]);
  expect(shown(LONG)).toEqual([]);
});

test("no position: nothing to liquidate, equity known", () => {
  const found = assessed(bodyOf("5", []), {});
  expect(found.lines).toEqual([]);
  expect(found.equity.is).toBe("known");
  expect(margin.compile(bodyOf("5", []), CROSS, sceneOf({}), "maintenance")).toEqual({ none: "no-position" });
});
