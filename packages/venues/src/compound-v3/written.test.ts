import type { BookEvent } from "@plimsoll/core/book";
import { canonical, holdingId, ms, text } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { compoundV3 } from "./index.ts";

const at = ms(1_760_000_000_000);
const usd = (price: string) => ({ price, unit: "USD" });
const prices = { WETH: usd("3000"), WBTC: usd("100000"), USDC: usd("1") };
const entry = { venue: "compound-v3", name: "mine", collateral: ["10 WETH", "0.2 WBTC"], debt: "20000 USDC", prices };
const read = (change: object) =>
  compoundV3.readWritten(compoundV3.written.parse({ ...entry, ...change }), holdingId("a1"), at);

function judge(events: readonly BookEvent[]) {
  const holding = events.find((event) => event.type === "holding")!.holding;
  const terms = events.find((event) => event.type === "terms")!.terms;
  const quotes = new Map(
    events
      .filter((event) => event.type === "price")
      .map(({ key, price, kind, at: asOf }) => [key, { value: price, kind, asOf }] as const),
  );
  const scene = { now: at, quotes, terms };
  const [account] = compoundV3.engine.accounts(holding);
  return { holding, terms, scene, account: account!, lines: compoundV3.engine.assess(holding, account!, scene).lines };
}
const judged = (change: object) => {
  const events = read(change);
  if (!events.ok) throw new Error(canonical(events.failure));
  return judge(events.value);
};
const healthOf = (change: object) => judged(change).lines.map(({ health }) => text(health).slice(0, 8));

test("a written account is judged by the shipped terms of its market", () => {
  const { account, terms, lines } = judged({});
  expect(account).toBe("compound-v3:ethereum-usdc:mine");
  expect([terms.market, terms.hash]).toEqual(["ethereum-usdc", compoundV3.terms[1]!.hash]);
  // 42,250 and 38,750 against 20,000, see margin.test.ts
  expect(lines.map(({ name, health }) => [name, text(health).slice(0, 8)])).toEqual([
    ["maintenance", "2.112500"],
    ["borrow", "1.937500"],
  ]);
});

test("a market that counts in ether: 10 wstETH at 1.2 and 93 % against 9 WETH is 1.24", () => {
  const eth = (price: string) => ({ price, unit: "ETH" });
  const change = { market: "ethereum-weth", collateral: ["10 wstETH"], debt: "9 WETH" };
  expect(healthOf({ ...change, prices: { wstETH: eth("1.2"), WETH: eth("1") } })).toEqual(["1.240000", "1.200000"]);
});

test("own factors make a market of their own, with its own hash and prices", () => {
  const { account, terms } = judged({ parameters: { WETH: { liquidateFactor: "0.9", borrowFactor: "0.82" } } });
  expect(account).toBe("compound-v3:ethereum-usdc/a1:mine");
  expect(terms.hash).not.toBe(compoundV3.terms[1]!.hash);
  expect(canonical(terms.body)).toContain("as the owner wrote them");
  // 10 x 3,000 x 0.9 + 15,400 = 42,400
  expect(healthOf({ parameters: { WETH: { liquidateFactor: "0.9" } } })[0]).toBe("2.120000");
});

test("with everybody's totals interest runs; without them it is not known and stands still", () => {
  const year = ms(at + 365 * 86_400_000);
  const later = (change: object) => {
    const { holding, scene, account } = judged(change);
    const then = compoundV3.engine.advance(holding, year, scene);
    return text(compoundV3.engine.assess(then, account, scene).lines[0]!.required);
  };
  expect(later({})).toBe("20000.00000000");
  // utilisation 0.8: 0.015 + 0.035 x 0.8 = 4.3 % a year, less what is cut from the rate per second
  const totals = { supplied: "500000000", borrowed: "400000000", cash: "101000000" };
  expect(Number(later({ totals }))).toBeCloseTo(20_860, 1);
});

test("a wallet that was not written limits no what-if, a written one does", () => {
  const after = (change: object) => {
    const { holding, scene } = judged(change);
    const done = compoundV3.engine.apply(holding, { do: "repay", asset: "USDC" as never, amount: "all" }, scene);
    return done.ok ? "repaid" : done.failure.code;
  };
  expect(after({})).toBe("repaid");
  expect(after({ wallet: ["20000 USDC"] })).toBe("repaid");
  expect(after({ wallet: ["100 USDC"] })).toBe("compound-v3/wallet-too-small");
  expect(after({ wallet: [] })).toBe("compound-v3/wallet-too-small");
});

describe("what cannot be right is refused with its place", () => {
  // oxfmt-ignore
  test.each<[string, object, string]>([
    ["market",             { market: "polygon-usdc" },                                            "ethereum-weth, ethereum-usdc"],
    ["collateral.0",       { collateral: ["1 DOGE"] },                                            "COMP, WBTC, WETH, UNI, LINK"],
    ["collateral.0",       { collateral: ["1 USDC"] },                                            "write one of COMP"],
    ["collateral.1",       { collateral: ["1 WETH", "2 WETH"] },                                  "once"],
    ["debt",               { debt: "1 WETH" },                                                    "write one of USDC"],
    ["debt",               { debt: "1.1234567 USDC" },                                            "6 decimals"],
    ["debt",               { debt: "0 USDC" },                                                    "above 0"],
    ["supply",             { supply: "5 USDC" },                                                  "debt or supply"],
    ["wallet.0",           { wallet: ["1 DOGE"] },                                                "USDC, COMP"],
    ["totals.borrowed",    { totals: { supplied: "1", borrowed: "19999", cash: "0" } },           "includes the own"],
    ["totals.cash",        { totals: { supplied: "1", borrowed: "20000", cash: "0.0000001" } },   "6 decimals"],
    ["prices.WBTC",        { prices: { WETH: usd("1"), USDC: usd("1") } },                        "USD"],
    ["prices.USDC",        { prices: { WETH: usd("1"), WBTC: usd("1") } },                        "USD"],
    ["prices.WETH.unit",   { prices: { ...prices, WETH: { price: "3000", unit: "EUR" } } },       "write USD"],
    ["prices.DOGE",        { prices: { ...prices, DOGE: usd("1") } },                             "write one of"],
    ["parameters.PEPE",    { parameters: { PEPE: { borrowFactor: "0.1" } } },                     "write one of"],
    ["parameters.WETH",    { parameters: { WETH: { borrowFactor: "0.9" } } },                     "not above"],
  ])("%s", (path, change, next) => {
    const events = read(change);
    expect(events).toMatchObject({ ok: false, failure: { code: "compound-v3/written", facts: { path } } });
    if (events.ok) return;
    expect(events.failure.facts["next"]).toContain(next);
    expect(events.failure.facts["value"]).toBeTruthy();
  });

  // oxfmt-ignore
  test.each<[string, object]>([
    ["a negative amount",        { collateral: ["-1 WETH"] }],
    ["an exponent",              { debt: "1e3 USDC" }],
    ["an amount without asset",  { debt: "1000" }],
    ["an unknown field",         { collaterals: [] }],
    ["a price of zero",          { prices: { WETH: usd("0.00") } }],
    ["a price without its unit", { prices: { WETH: { price: "3000" } } }],
    ["a factor in percent",      { parameters: { WETH: { liquidateFactor: "90" } } }],
  ])("%s does not pass the schema", (_case, change) => {
    expect(compoundV3.written.safeParse({ ...entry, ...change }).success).toBe(false);
  });

  test("the schema can be published", () => {
    expect(z.toJSONSchema(compoundV3.written, { io: "input" })).toMatchObject({ required: ["venue"] });
  });
});
