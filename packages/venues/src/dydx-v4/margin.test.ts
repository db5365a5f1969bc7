import { liquidationPrices } from "@plimsoll/core/margin";
import {
  type Exact,
  ZERO,
  accountKey,
  add,
  compare,
  dec,
  known,
  subtract,
  text,
  toNumber,
  trim,
} from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { liquidationPrice, margin } from "./margin.ts";
import { MAINNET, NOW, bodyOf, sceneOf } from "./testing.ts";

const KEY = accountKey("subaccount:0");
const COIN = 10_000_000_000n;
const crossed = (body: Body, oracle: string) =>
  margin.assess(body, KEY, sceneOf({ "BTC-USD": oracle })).lines.find(({ name }) => name === "maintenance")?.crossed;

// source: H from the notes on perpetual venues; the short by hand: 110,000 = p * 1.012
test.each([
  ["H long 1 BTC, equity 10,000", bodyOf(-80_000n, { "BTC-USD": COIN }), "90000", 80_971.6599],
  ["short 1 BTC", bodyOf(110_000n, { "BTC-USD": -COIN }), "100000", 108_695.652174],
] as const)("liquidation price: %s", (_case, body, oracle, expected) => {
  const scene = sceneOf({ "BTC-USD": oracle });
  const found = liquidationPrice(body, KEY, "BTC-USD", scene);
  if (!found.ok || found.value === "none") throw new Error("no price");
  expect(toNumber(found.value)).toBeCloseTo(expected, 4);
  const compiled = margin.compile(body, KEY, scene, "maintenance");
  if (!("form" in compiled)) throw new Error(JSON.stringify(compiled));
  const { down, up } = liquidationPrices(compiled.form, [Number(oracle)], 0);
  expect(down ?? up).toBeCloseTo(expected, 4);
  const beside = (by: string) => crossed(body, text(add(found.value as Exact, dec(by))));
  const long = body.subaccounts[0]!.positions[0]!.size > 0n;
  expect([beside("-0.00001"), beside("0.00001")]).toEqual(long ? [true, false] : [false, true]);
});

test("strict: exactly at maintenance is safe, a millionth below is not; without a position nothing is liquidated", () => {
  // 1.2 % of 100,000
  const at = (quote: bigint): Body => {
    const body = bodyOf(0n, { "BTC-USD": COIN });
    return { ...body, subaccounts: [{ ...body.subaccounts[0]!, quote }] };
  };
  expect([crossed(at(-98_800_000_000n), "100000"), crossed(at(-98_800_000_001n), "100000")]).toEqual([false, true]);
  const owing = bodyOf(-1_000n, {});
  expect(margin.assess(owing, KEY, sceneOf({})).lines).toEqual([]);
  expect(margin.compile(owing, KEY, sceneOf({}), "maintenance")).toEqual({ none: "no-position" });
});

test("funding that is not settled counts, and the index that the chain reports moves it", () => {
  const body = bodyOf(-98_800n, { "BTC-USD": COIN });
  const moved = margin.apply(
    body,
    { was: "funding", body: { ticker: "BTC-USD", fundingIndex: 1n } },
    sceneOf({ "BTC-USD": "100000" }),
  );
  if (!moved.ok) throw new Error(moved.failure.code);
  // 10^10 quantums at an index of a millionth: 10,000 quote quantums
  const { equity } = margin.assess(moved.value, KEY, sceneOf({ "BTC-USD": "100000" }));
  expect(equity.is === "known" && text(equity.value)).toBe("1199.990000");
  expect(crossed(moved.value, "100000")).toBe(true);
});

test("a scaled initial requirement without open interest is unknown, and so is what is free", () => {
  const body = bodyOf(0n, { "SOL-USD": 10_000_000n });
  const blind: Body = { ...body, markets: [{ ticker: "SOL-USD", fundingIndex: 0n }] };
  const scene = sceneOf({ "SOL-USD": "100" });
  expect(margin.assess(body, KEY, scene)).toMatchObject({ free: { is: "known" }, lines: [{ name: "initial" }, {}] });
  expect(margin.assess(blind, KEY, scene)).toMatchObject({ free: { is: "unknown" }, lines: [{ name: "maintenance" }] });
});

test("unknown, with the reason: another price kind, a market without terms", () => {
  const scene = sceneOf({ "BTC-USD": "100000", "XYZ-USD": "1" });
  const quotes = new Map([...scene.quotes].map(([key, quote]) => [key, { ...quote, kind: "mark" as const }]));
  const body = bodyOf(0n, { "BTC-USD": COIN });
  expect(margin.assess(body, KEY, { ...scene, quotes })).toMatchObject({
    lines: [],
    equity: { is: "unknown", why: { code: "dydx-v4/no-oracle" } },
  });
  expect(margin.assess(bodyOf(0n, { "XYZ-USD": 1n }), KEY, scene)).toMatchObject({
    equity: { is: "unknown", why: { code: "dydx-v4/no-market" } },
  });
});

const liquidate = (body: Body, oracle: string, fill: string | undefined) =>
  margin.liquidate(
    body,
    KEY,
    sceneOf({ "BTC-USD": oracle }),
    {
      fill: () => (fill === undefined ? { is: "unknown", why: { code: "no-book", facts: {} } } : known(dec(fill), NOW)),
    },
    "worst-for-owner",
  );
const plain = (value: Exact) => text(trim(value));

test("a block closes a tenth, for the fee, and stops where the account is safe again", () => {
  // 10 coins need 12,000 and have 11,990; a tenth frees 1,200 and costs at most 1,500 a block
  const body = bodyOf(-988_010n, { "BTC-USD": 10n * COIN });
  const steps = liquidate(body, "100000", "100000");
  expect(steps[0]!.what).toBe("close 1.0000000000 of BTC-USD");
  // the rest above bankruptcy of a tenth is 1,199, below 1.5 % of 100,000
  expect(plain(steps[0]!.fee[0]!.amount)).toBe("1199");
  expect(steps.length).toBeGreaterThan(1);
  let before = body;
  const equity = (of: Body) => {
    const figure = margin.assess(of, KEY, sceneOf({ "BTC-USD": "100000" })).equity;
    return figure.is === "known" ? figure.value : ZERO;
  };
  for (const { after, taken, fee, badDebt } of steps) {
    const flows = [...taken, ...fee].reduce((sum, { amount }) => add(sum, amount), ZERO);
    const owed = badDebt.reduce((sum, { amount }) => add(sum, amount), ZERO);
    expect(compare(subtract(equity(before), equity(after)), subtract(flows, owed))).toBe(0);
    before = after;
  }
});

test("an order never fills beyond its fillable price: it waits, or with negative collateral the part is deleveraged", () => {
  expect(liquidate(bodyOf(-98_900n, { "BTC-USD": COIN }), "100000", undefined)).toEqual([]);
  expect(liquidate(bodyOf(-98_900n, { "BTC-USD": COIN }), "100000", "90000")).toEqual([]);
  const [step] = liquidate(bodyOf(-100_500n, { "BTC-USD": COIN }), "100000", "90000");
  // a tenth of 500 below nothing, at the bankruptcy price of 10,050
  expect(step!.what).toMatch(/^deleverage 0.1/);
  expect([step!.fee, plain(step!.badDebt[0]!.amount)]).toEqual([[], "50"]);
});

test("an isolated market shares its subaccount with nothing; actions of ours are refused", () => {
  const terms = {
    ...MAINNET,
    markets: { ...MAINNET.markets, "ETH-USD": { ...MAINNET.markets["ETH-USD"]!, isolated: true } },
  };
  const scene = sceneOf({ "BTC-USD": "100000", "ETH-USD": "3000" }, terms);
  const body: Body = { ...bodyOf(0n, { "BTC-USD": COIN }), markets: [{ ticker: "ETH-USD", fundingIndex: 0n }] };
  const fill = { subaccount: 0, ticker: "ETH-USD", base: 1n, quote: -1n };
  expect(margin.apply(body, { was: "fill", body: fill }, scene)).toMatchObject({
    ok: false,
    failure: { code: "dydx-v4/isolated" },
  });
  expect(margin.apply(body, { do: "cancel", order: "1" }, scene)).toMatchObject({
    ok: false,
    failure: { code: "dydx-v4/watched-only" },
  });
});
