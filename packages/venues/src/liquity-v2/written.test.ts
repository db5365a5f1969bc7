import type { BookEvent } from "@plimsoll/core/book";
import { holdingId, ms, text } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { liquityV2 } from "./index.ts";

const at = ms(1_760_000_000_000);
const usd = (price: string) => ({ price, unit: "USD" });
const entry = {
  venue: "liquity-v2",
  troves: [{ id: "1", branch: "WETH", collateral: "10", debt: "20000", rate: "0.05" }],
  prices: { WETH: usd("2250") },
};
const read = (change: object = {}) =>
  liquityV2.readWritten(liquityV2.written.parse({ ...entry, ...change }), holdingId("a1"), at);

function judge(events: readonly BookEvent[], later = 0) {
  const holding = events.find((event) => event.type === "holding")!.holding;
  const terms = events.find((event) => event.type === "terms")!.terms;
  const prices = events.filter((event) => event.type === "price");
  const quotes = new Map(prices.map(({ key, price, kind, at: asOf }) => [key, { value: price, kind, asOf }] as const));
  const scene = { now: at, quotes, terms };
  const then = liquityV2.engine.advance(holding, ms(at + later), scene);
  return liquityV2.engine.accounts(holding).map((account) => liquityV2.engine.assess(then, account, scene));
}
const linesOf = (change: object = {}, later = 0) => {
  const events = read(change);
  if (!events.ok) throw new Error(JSON.stringify(events.failure));
  return judge(events.value, later).map(({ account, lines }) => [account, ...lines.map(({ health }) => text(health))]);
};
const trove = { ...entry.troves[0] };

test("a written trove, and interest on it", () => {
  expect(linesOf()).toEqual([["liquity-v2:WETH:1", "1.022727272727272727"]]);
  // 1.0227... / 1.05 after a year
  expect(linesOf({}, 365 * 86_400_000)[0]![1]).toBe("0.974025974025974025");
});

test("under a manager: the fee counts as interest does, and adjusting asks for more", () => {
  const managed = { troves: [{ ...trove, managementFee: "0.01" }] };
  // 22,500 / 24,000 for adjusting; 22,500 / (20,000 * 1.06 * 1.1) after a year
  expect(linesOf(managed)).toEqual([["liquity-v2:WETH:1", "1.022727272727272727", "0.937500000000000000"]]);
  expect(linesOf(managed, 365 * 86_400_000)[0]![1]).toBe("0.964837049742710120");
});

test("what is written of a branch restricts and pays; what is not is unknown", () => {
  const figure = (change: object, name: string) => {
    const events = read(change);
    if (!events.ok) throw new Error(events.failure.code);
    return judge(events.value)[0]!.explain.parts!.find((part) => part.name === name)!;
  };
  expect(figure({}, "branch ratio").value).toBe("unknown");
  expect(figure({}, "debt in front").value).toBe("unknown");
  const branches = { WETH: { collateral: "100", debt: "180000", stabilityPool: "5000" } };
  expect(figure({ branches }, "branch ratio")).toMatchObject({ value: "1.250000000000000000" });
  expect(figure({ branches }, "branch ratio").formula).toContain("critical;");
  expect(figure({ troves: [{ ...trove, debtInFront: "12000000" }] }, "debt in front").value).toBe(
    "12000000.000000000000000000",
  );
});

describe("what cannot be right is refused with its place", () => {
  // oxfmt-ignore
  test.each<[string, object, string]>([
    ["troves.0.branch",             { troves: [{ ...trove, branch: "DOGE" }] },                                    "write one of"],
    ["troves.1.id",                 { troves: [trove, trove] },                                                    "once"],
    ["troves.0.collateral",         { troves: [{ ...trove, collateral: "1.0000000000000000001" }] },               "18 decimals"],
    ["troves.0.debtInFront",        { troves: [{ ...trove, debtInFront: "1.0000000000000000001" }] },              "18 decimals"],
    ["branches.DOGE",               { branches: { DOGE: { collateral: "1", debt: "1" } } },                        "write one of"],
    ["branches.WETH.stabilityPool", { branches: { WETH: { collateral: "1", debt: "1", stabilityPool: "1.0000000000000000001" } } }, "18 decimals"],
    ["wallet.DAI",                  { wallet: { DAI: "1" } },                                                      "BOLD"],
    ["prices.WETH",                 { prices: {} },                                                                "USD"],
    ["prices.DOGE",                 { prices: { ...entry.prices, DOGE: usd("1") } },                               "write one of"],
    ["prices.WETH.unit",            { prices: { WETH: { price: "1", unit: "EUR" } } },                             "USD"],
  ])("%s", (path, change, next) => {
    const events = read(change);
    expect(events).toMatchObject({ ok: false, failure: { code: "liquity-v2/written", facts: { path } } });
    if (events.ok) return;
    expect(events.failure.facts["next"]).toContain(next);
    expect(events.failure.facts["value"]).toBeTruthy();
  });

  // oxfmt-ignore
  test.each<[string, object]>([
    ["a rate in per cent",   { troves: [{ ...trove, rate: "4.5" }] }],
    ["a trove without rate", { troves: [{ id: "1", branch: "WETH", collateral: "1", debt: "1" }] }],
    ["a negative debt",      { troves: [{ ...trove, debt: "-1" }] }],
    ["a price of 0",         { prices: { WETH: usd("0.0") } }],
    ["no trove at all",      { troves: [] }],
    ["a trove by a sentence", { troves: [{ ...trove, id: "my trove" }] }],
    ["an unknown field",     { trove: [] }],
  ])("%s does not pass the schema", (_case, change) => {
    expect(liquityV2.written.safeParse({ ...entry, ...change }).success).toBe(false);
  });
});
