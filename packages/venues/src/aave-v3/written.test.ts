import type { BookEvent } from "@plimsoll/core/book";
import { canonical, hash, holdingId, ms, text } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { aaveV3 } from "./index.ts";

const at = ms(1_760_000_000_000);
const usd = (price: string) => ({ price, unit: "USD" });
const entry = {
  venue: "aave-v3",
  name: "mine",
  collateral: ["10 WETH", { asset: "WBTC", amount: "0.2" }],
  debt: ["20000 USDC", "2 WETH"],
  prices: { WETH: usd("3000"), WBTC: usd("100000"), USDC: usd("1") },
};
const read = (change: object) => aaveV3.readWritten(aaveV3.written.parse({ ...entry, ...change }), holdingId("a1"), at);

/** What a book would make of the events. */
function judge(events: readonly BookEvent[]) {
  const holding = events.find((event) => event.type === "holding")!.holding;
  const terms = events.find((event) => event.type === "terms")!.terms;
  const prices = events.filter((event) => event.type === "price");
  const quotes = new Map(prices.map(({ key, price, kind, at: asOf }) => [key, { value: price, kind, asOf }] as const));
  const scene = { now: at, quotes, terms };
  const [account] = aaveV3.engine.accounts(holding);
  return { holding, terms, scene, account: account!, lines: aaveV3.engine.assess(holding, account!, scene).lines };
}
const healthOf = (change: object) => {
  const events = read(change);
  return events.ok
    ? text(judge(events.value).lines[0]!.health)
    : `${events.failure.code} ${events.failure.facts["path"]}`;
};

test("a written account is assessed by the shipped terms", () => {
  const events = read({});
  if (!events.ok) throw new Error(JSON.stringify(events.failure));
  const { terms, lines, account } = judge(events.value);
  expect(account).toBe("aave-v3:ethereum:mine");
  expect(terms.hash).toBe(aaveV3.terms[0]!.hash);
  expect(lines.map(({ name, health }) => [name, text(health)])).toEqual([
    ["maintenance", "1.557692307692307692"],
    ["borrow", "1.490384615384615384"],
  ]);
});

test("the e-mode's threshold and the owner's own parameters count", () => {
  const staked = { collateral: ["10 wstETH"], debt: ["9 WETH"], prices: { wstETH: usd("3000"), WETH: usd("3000") } };
  expect(healthOf({ ...staked })).toBe("0.900000000000000000");
  expect(healthOf({ ...staked, eMode: 1 })).toBe("1.033333333333333333");
  expect(healthOf({ ...staked, parameters: { wstETH: { liquidationThreshold: "0.9" } } })).toBe("1.000000000000000000");
  const own = {
    parameters: { PEPE: { decimals: 18, liquidationThreshold: "0.5" } },
    prices: { PEPE: usd("0.00000001"), WETH: usd("1") },
  };
  expect(healthOf({ ...own, collateral: ["400000000 PEPE"], debt: ["1 WETH"] })).toBe("2.000000000000000000");
});

test("own parameters make a market of their own, with its own hash and prices", () => {
  const events = read({ parameters: { WETH: { ltv: "0.7" } } });
  if (!events.ok) throw new Error(events.failure.code);
  const { terms, account } = judge(events.value);
  expect(account).toBe("aave-v3:ethereum/a1:mine");
  expect(terms.hash).not.toBe(aaveV3.terms[0]!.hash);
  expect(terms.hash).toBe(hash(terms.hash));
  expect(canonical(terms.body)).toContain("as the owner wrote them");
});

test("terms of another market are refused, not used", () => {
  const [one, two] = [read({}), read({ parameters: { WETH: { ltv: "0.7" } } })];
  if (!one.ok || !two.ok) throw new Error("unreadable");
  const { holding, account, scene } = judge(one.value);
  const mixed = aaveV3.engine.assess(holding, account, { ...scene, terms: judge(two.value).terms });
  expect(mixed.lines).toEqual([]);
  expect(mixed.equity).toMatchObject({ is: "unknown", why: { code: "aave-v3/terms-of-another-market" } });
});

test("a wallet that was not written limits no what-if, a written one does", () => {
  const after = (change: object) => {
    const events = read(change);
    if (!events.ok) throw new Error(events.failure.code);
    const { holding, scene } = judge(events.value);
    const done = aaveV3.engine.apply(holding, { do: "repay", asset: "USDC" as never, amount: "all" }, scene);
    return done.ok ? "repaid" : done.failure.code;
  };
  expect(after({})).toBe("repaid");
  expect(after({ wallet: ["20000 USDC"] })).toBe("repaid");
  expect(after({ wallet: ["100 USDC"] })).toBe("aave-v3/wallet-too-small");
  expect(after({ wallet: [] })).toBe("aave-v3/wallet-too-small");
});

describe("what cannot be right is refused with its place", () => {
  // oxfmt-ignore
  test.each<[string, object, string]>([
    ["collateral.0",      { collateral: ["1 DOGE"] },                                            "write one of"],
    ["debt.1",            { debt: ["1 USDC", "2 USDC"] },                                        "once"],
    ["debt.0",            { debt: ["1.1234567 USDC"] },                                          "6 decimals"],
    ["debt.0",            { debt: ["0 USDC"] },                                                  "above 0"],
    ["prices.WBTC",       { prices: { WETH: usd("1"), USDC: usd("1") } },                        "USD"],
    ["prices.WETH.unit",  { prices: { ...entry.prices, WETH: { price: "3000", unit: "EUR" } } }, "write USD"],
    ["prices.WETH.price", { prices: { ...entry.prices, WETH: usd("0.00") } },                    "above 0"],
    ["prices.DOGE",       { prices: { ...entry.prices, DOGE: usd("1") } },                       "write one of"],
    ["market",            { market: "polygon" },                                                 "ethereum"],
    ["eMode",             { eMode: 7 },                                                          "write 0"],
    ["parameters.PEPE",   { parameters: { PEPE: { ltv: "0.1" } } },                              "decimals"],
  ])("%s", (path, change, next) => {
    const events = read(change);
    expect(events.ok).toBe(false);
    if (events.ok) return;
    expect(events.failure).toMatchObject({ code: "aave-v3/written", facts: { path } });
    expect(events.failure.facts["next"]).toContain(next);
    expect(events.failure.facts["value"]).toBeTruthy();
  });

  // oxfmt-ignore
  test.each<[string, object]>([
    ["a negative amount",        { collateral: ["-1 WETH"] }],
    ["an amount as a float",     { collateral: [{ asset: "WETH", amount: 1.5 }] }],
    ["an exponent",              { debt: ["1e3 USDC"] }],
    ["an unknown field",         { collaterals: [] }],
    ["a price without its unit", { prices: { WETH: { price: "3000" } } }],
    ["a threshold in percent",   { parameters: { WETH: { liquidationThreshold: "83" } } }],
  ])("%s does not pass the schema", (_case, change) => {
    expect(aaveV3.written.safeParse({ ...entry, ...change }).success).toBe(false);
  });
});
