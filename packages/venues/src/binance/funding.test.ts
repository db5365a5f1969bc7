import { bindEngine } from "@plimsoll/core/margin";
import { dec, holdingId, ms, ok, text, toNumber, venueId } from "@plimsoll/core/units";
import { carryOf } from "@plimsoll/core/risk";
import { expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { readFundingBounds } from "./read-rules.ts";
import type { BinanceTerms } from "./terms.ts";
import { CROSS, LONG, MARKS, NOW, SNAPSHOT, bodyOf, position, sceneOf } from "./testing.ts";

test("funding is paid at its times on notional at mark; beyond a known interval nothing is guessed", () => {
  const funding = { symbol: "BTCUSDT", rate: dec("0.0001"), next: ms(NOW + 1_000), everyMs: ms(28_800_000) };
  const body = { ...LONG, funding: [funding] };
  const wallet = (hours: number, from: Body = body) =>
    toNumber(margin.advance(from, ms(NOW + hours * 3_600_000), sceneOf(MARKS)).wallets[0]!.cross);
  // 1 BTC at 100,000 pays 10 each time
  expect([wallet(0), wallet(1), wallet(8), wallet(9), wallet(24)]).toEqual([20_000, 19_990, 19_990, 19_980, 19_970]);
  const { everyMs: _, ...once } = funding;
  expect([wallet(1, { ...body, funding: [once] }), wallet(24, { ...body, funding: [once] })]).toEqual([19_990, 19_990]);
  expect(wallet(24, LONG)).toBe(20_000);
  const twice = margin.advance(
    margin.advance(body, ms(NOW + 7_200_000), sceneOf(MARKS)),
    ms(NOW + 86_400_000),
    sceneOf(MARKS),
  );
  expect(toNumber(twice.wallets[0]!.cross)).toBe(19_970);
  expect(margin.advance(body, ms(NOW + 86_400_000), sceneOf({}))).toEqual(body);
});

test("a form's accrual is the funding a day", () => {
  const body = { ...LONG, funding: [{ symbol: "BTCUSDT", rate: dec("0.0001"), next: NOW, everyMs: ms(28_800_000) }] };
  const compiled = margin.compile(body, CROSS, sceneOf(MARKS), "maintenance");
  expect(compiled).toMatchObject({
    form: { accrual: { legs: [{ factor: 0, curve: { kind: "line", slope: -0.0003 } }] } },
  });
});

/** A cap of 0.3 % and a floor of -0.3 %, as bitcoin's. */
const bounded = (cap = "0.003", floor = "-0.003"): BinanceTerms => ({
  symbols: Object.fromEntries(
    Object.entries(SNAPSHOT.symbols).map(([symbol, terms]) => [
      symbol,
      { ...terms, funding: { cap: dec(cap), floor: dec(floor) } },
    ]),
  ),
});
const HOUR_MS = 3_600_000;

test("a rate at its bound is settled hourly from its next settlement on, one inside keeps its interval", () => {
  const scene = sceneOf(MARKS, bounded());
  const wallet = (rate: string, hours: number) => {
    const funding = [{ symbol: "BTCUSDT", rate: dec(rate), next: ms(NOW + 4 * HOUR_MS), everyMs: ms(8 * HOUR_MS) }];
    return toNumber(margin.advance({ ...LONG, funding }, ms(NOW + hours * HOUR_MS), scene).wallets[0]!.cross);
  };
  // 300 a settlement: at hours 4, 5, 6 and 7; just below the cap at 4 and 12 alone
  expect([wallet("0.003", 3), wallet("0.003", 4), wallet("0.003", 7)]).toEqual([20_000, 19_700, 18_800]);
  expect([wallet("0.00299", 7), wallet("0.00299", 12)]).toEqual([19_701, 19_402]);
  expect(wallet("-0.003", 5)).toBe(20_600);
});

test("at the worst rates: the cap against a long every hour, from its next settlement; the day is worked by hand", () => {
  const scene = sceneOf(MARKS, bounded());
  const funding = [{ symbol: "BTCUSDT", rate: dec("-0.0001"), next: ms(NOW + 2 * HOUR_MS), everyMs: ms(8 * HOUR_MS) }];
  const holding = {
    id: holdingId("mine"),
    venue: venueId("binance"),
    rules: "usdm-2025-09",
    asOf: NOW,
    body: { ...LONG, funding },
  };
  const engine = bindEngine(margin, readBody, (raw) => ok(raw as BinanceTerms), readEffect);
  const carry = carryOf(engine, holding, CROSS, scene);
  // 20,000 less maintenance 400 is 19,600; 300 an hour: crossed by the 66th payment, 65 hours after the first
  expect(carry.atWorst.is === "known" && (carry.atWorst.value - NOW) / HOUR_MS).toBeCloseTo(67, 3);
  // at present shorts pay the long
  expect(carry.atPresent).toMatchObject({ is: "none" });
});

// oxfmt-ignore
test.each([
  ["a long pays the cap",                      [position("BTCUSDT", "1", "100000")],                                                                                               [["0.003", undefined]]],
  ["a short pays the floor",                   [position("BTCUSDT", "-1", "100000")],                                                                                              [["-0.003", undefined]]],
  ["a cross pair pays for its larger side",    [position("BTCUSDT", "1", "100000", { side: "LONG" }), position("BTCUSDT", "-2", "100000", { side: "SHORT" })],                      [["-0.003", undefined]]],
  ["an even cross pair pays nothing",          [position("BTCUSDT", "1", "100000", { side: "LONG" }), position("BTCUSDT", "-1", "100000", { side: "SHORT" })],                      []],
  ["isolated sides pay each for itself",       [position("BTCUSDT", "1", "100000", { side: "LONG", wallet: "9" }), position("BTCUSDT", "-1", "100000", { side: "SHORT", wallet: "9" })], [["0.003", "LONG"], ["-0.003", "SHORT"]]],
] as const)("worst rates: %s, hourly from the next full hour", (_case, positions, rates) => {
  const worst = margin.atWorstRates!(bodyOf("1000", positions), sceneOf(MARKS, bounded()));
  if (!worst.ok) throw new Error(worst.failure.code);
  expect(worst.value.funding.map(({ rate, positionSide }) => [text(rate), positionSide])).toEqual(rates);
  for (const { next, everyMs } of worst.value.funding) expect([next, everyMs]).toEqual([NOW + HOUR_MS, HOUR_MS]);
});

test("without a bound that was read the worst is unknown; a dated contract pays no funding", () => {
  expect(margin.atWorstRates!(LONG, sceneOf(MARKS))).toMatchObject({
    ok: false,
    failure: { code: "binance/no-funding-bound", facts: { symbol: "BTCUSDT" } },
  });
  const dated = bodyOf("1000", [position("BTCUSDT_261225", "1", "100000")]);
  expect(margin.atWorstRates!(dated, sceneOf(MARKS))).toMatchObject({ ok: true, value: { funding: [] } });
});

test("bounds come from fundingInfo; a symbol that it does not list has none", () => {
  const read = readFundingBounds([
    {
      symbol: "BLZUSDT",
      adjustedFundingRateCap: "0.02500000",
      adjustedFundingRateFloor: "-0.02500000",
      fundingIntervalHours: 8,
    },
    { symbol: "ODDUSDT", adjustedFundingRateCap: "0.00", adjustedFundingRateFloor: "0.00", fundingIntervalHours: 8 },
  ]);
  if (!read.ok) throw new Error(read.failure.code);
  expect([...read.value]).toEqual([["BLZUSDT", { cap: dec("0.02500000"), floor: dec("-0.02500000") }]]);
  expect(
    readFundingBounds([{ symbol: "BLZUSDT", adjustedFundingRateCap: "2,5", adjustedFundingRateFloor: "0" }]).ok,
  ).toBe(false);
});
