import { existsSync, readFileSync } from "node:fs";
import { dec, text } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { readTerms } from "./read-terms.ts";
import { checkBands, checkLoanTiers, checkTiers, refuseShrunkTerms, tierOf } from "./terms.ts";
import shipped from "./terms/2026-08-12.json" with { type: "json" };
import { linear, tier } from "./testing.ts";

const data = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/tiers`;
const table = [tier("0", "20000", "0.02"), tier("20001", "42000", "0.03"), tier("42001", "62000", "0.04")];

describe.skipIf(!existsSync(data))(`recorded tables (skipped without ${data})`, () => {
  type Row = { readonly floor: string; readonly cap: string; readonly mmr: string };
  const file = <T>(name: string) => JSON.parse(existsSync(data) ? readFileSync(`${data}/${name}`, "utf8") : "{}") as T;
  const recorded = Object.entries(
    file<{ readonly symbols?: Record<string, { readonly tiers: readonly Row[] }> }>("okx.json").symbols ?? {},
  ).map(([symbol, { tiers }]) => [symbol, tiers.map(({ floor, cap, mmr }) => tier(floor, cap, mmr))] as const);

  test("there are tables to check", () => expect(recorded.length).toBeGreaterThanOrEqual(2));
  test.each(recorded)("%s follows its own caps", (symbol, tiers) => {
    expect(checkTiers(symbol, tiers)).toEqual({ ok: true, value: undefined });
    expect(checkTiers(symbol, [...tiers.slice(0, 3), ...tiers.slice(4)]).ok).toBe(
      tiers.length < 4 || tiers.length === 4,
    );
  });
  test("62,000 contracts pay 4 %, one more pays 4.5 % on all of it", () => {
    const tiers = recorded.find(([symbol]) => symbol === "0G-USDT-SWAP")?.[1] ?? [];
    const mmr = (contracts: string) => {
      const found = tierOf("0G-USDT-SWAP", linear({ tiers }), dec(contracts));
      return found.ok ? text(found.value.mmr) : found.failure.code;
    };
    expect([mmr("62000"), mmr("62000.5"), mmr("-62001"), mmr("902001")]).toEqual([
      "0.04",
      "0.045",
      "0.045",
      "okx/beyond-tiers",
    ]);
  });
  test("the shipped rows are the recorded ones", () => {
    const BTC = recorded.find(([symbol]) => symbol === "BTC-USDT-SWAP")?.[1];
    const read = readTerms(shipped.body);
    expect(read.ok && read.value.contracts["BTC-USDT-SWAP"]!.tiers).toEqual(BTC);
    type Bands = {
      readonly venues: {
        readonly okx: { readonly assets: { readonly BETH: readonly { capUsd: string | null; rate: string }[] } };
      };
    };
    const { BETH } = file<Bands>("collateral-haircuts.json").venues.okx.assets;
    expect(read.ok && read.value.coins["BETH"]!.discounts).toEqual(
      BETH.map(({ capUsd, rate }) => (capUsd === null ? { rate: dec(rate) } : { cap: dec(capUsd), rate: dec(rate) })),
    );
  });
});

// oxfmt-ignore
test.each([
  ["no rows",             [],                                                   "the table is empty"],
  ["a lost row",          [table[0]!, table[2]!],                               "floor is not the cap below it"],
  ["a lost first row",    table.slice(1),                                       "floor is not the cap below it"],
  ["rows out of order",   [table[0]!, table[2]!, table[1]!],                    "floor is not the cap below it"],
  ["an empty row",        [tier("0", "0", "0.01")],                             "cap is not above floor"],
  ["a rate that falls",   [table[0]!, tier("20001", "42000", "0.01")],          "rate does not rise"],
])("a position-tier table with %s is refused", (_case, tiers, problem) => {
  expect(checkTiers("X", tiers)).toMatchObject({ ok: false, failure: { code: "okx/bad-tiers", facts: { problem } } });
});

const band = (rate: string, cap?: string) =>
  cap === undefined ? { rate: dec(rate) } : { cap: dec(cap), rate: dec(rate) };
// oxfmt-ignore
test.each([
  ["no rows",                      [],                                                "the table is empty"],
  ["a lost last row",              [band("0.9", "10")],                               "the last row has a cap: rows are missing above"],
  ["an open row in the middle",    [band("0.9"), band("0.8")],                        "the row has no cap"],
  ["a cap that falls",             [band("0.9", "10"), band("0.8", "9"), band("0")],  "cap is not above floor"],
  ["a discount that rises",        [band("0.8", "10"), band("0.9")],                  "rate rises"],
])("discount bands with %s are refused", (_case, bands, problem) => {
  expect(checkBands("X", bands, "fall")).toMatchObject({ ok: false, failure: { facts: { problem } } });
});

test("rates on debts rise, loans of a pair too", () => {
  expect(checkBands("X", [band("0.03", "10"), band("0.02")], "rise").ok).toBe(false);
  expect(checkBands("X", [band("0.03", "10"), band("0.05")], "rise").ok).toBe(true);
  const row = (base: string, quote: string, mmr: string) => ({
    baseLoan: dec(base),
    quoteLoan: dec(quote),
    mmr: dec(mmr),
  });
  expect(checkLoanTiers("X", [row("1", "1", "0.03"), row("2", "2", "0.05")]).ok).toBe(true);
  for (const wrong of [row("1", "2", "0.05"), row("2", "1", "0.05"), row("2", "2", "0.03")])
    expect(checkLoanTiers("X", [row("1", "1", "0.03"), wrong]).ok).toBe(false);
});

// oxfmt-ignore
test.each([
  ["a number instead of text", { tick: 0.1 }],
  ["a damaged number",         { tick: "0.1O" }],
  ["an exponent",              { takerFee: "5e-4" }],
  ["a lot of 0",               { lot: "0" }],
  ["a fee below 0",            { takerFee: "-0.01" }],
  ["no tiers",                 { tiers: [] }],
])("%s in a contract's terms is refused", (_case, damage) => {
  const contracts = { X: { ...shipped.body.contracts["BTC-USDT-SWAP"], ...damage } };
  expect(readTerms({ ...shipped.body, contracts }).ok).toBe(false);
});

test("a discount above 1 is refused", () => {
  expect(readTerms({ ...shipped.body, coins: { X: { discountBy: "usd", discounts: [{ rate: "1.01" }] } } }).ok).toBe(
    false,
  );
});

test("terms in which any table lost any row, or is gone, are refused against the terms before; grown ones are not", () => {
  const read = readTerms(shipped.body);
  if (!read.ok) throw new Error(read.failure.code);
  const whole = read.value;
  expect(refuseShrunkTerms(whole, whole)).toEqual({ ok: true, value: undefined });
  for (const [of, contract] of Object.entries(whole.contracts)) {
    const { [of]: _gone, ...others } = whole.contracts;
    expect(refuseShrunkTerms(whole, { ...whole, contracts: others }).ok).toBe(false);
    expect(refuseShrunkTerms({ ...whole, contracts: others }, whole).ok).toBe(true);
    for (const row of contract.tiers.keys()) {
      const cut = { ...whole.contracts, [of]: { ...contract, tiers: contract.tiers.toSpliced(row, 1) } };
      expect(refuseShrunkTerms(whole, { ...whole, contracts: cut })).toMatchObject({
        failure: {
          code: "okx/tiers-shrunk",
          facts: { of, rows: `${contract.tiers.length - 1} after ${contract.tiers.length}` },
        },
      });
    }
  }
  for (const [of, coin] of Object.entries(whole.coins)) {
    const cut = { ...whole.coins, [of]: { ...coin, discounts: coin.discounts.slice(1) } };
    expect(refuseShrunkTerms(whole, { ...whole, coins: cut }).ok).toBe(false);
  }
});
