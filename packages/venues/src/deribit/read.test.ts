import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { accountKey, canonical, dec, holdingId, ms, text, toNumber } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { deribit } from "./index.ts";
import { readInstrument } from "./instrument.ts";
import { margin } from "./margin.ts";
import { readTerms } from "./read-terms.ts";
import shipped from "./terms/2026-05-01.json" with { type: "json" };
import { EXPIRY, bodyOf, position, sceneOf } from "./testing.ts";

// oxfmt-ignore
test.each([
  ["BTC-PERPETUAL",            { style: "inverse", currency: "BTC",  pair: "btc_usd",  underlying: "BTC-PERPETUAL" }],
  ["ETH-29FEB24",              { style: "inverse", currency: "ETH",  pair: "eth_usd",  expiry: Date.UTC(2024, 1, 29, 8) }],
  ["BTC-1JAN28-100000-C",      { currency: "BTC",  underlying: "BTC-1JAN28", expiry: Date.UTC(2028, 0, 1, 8), option: { type: "call", strike: dec("100000") } }],
  ["XRP_USDC-30JUN23-0d5-P",   { style: "linear",  currency: "USDC", pair: "xrp_usdc", expiry: Date.UTC(2023, 5, 30, 8), option: { type: "put", strike: dec("0.5") } }],
] as const)("the name %s", (name, expected) => {
  expect(readInstrument(name)).toMatchObject(expected);
});
test.each(["BTC", "BTC-PERPETUAL-1-C", "BTC-31XXX26", "btc-perpetual", "BTC-FS-27DEC24_PERP", "BTC-27DEC24-1.5-C", ""])(
  "%s is no name",
  (name) => expect(readInstrument(name)).toBeUndefined(),
);

const fixtures = join(process.env["PLIMSOLL_DATA"] ?? "../shared/data", "api-fixtures/deribit");
describe.skipIf(!existsSync(fixtures))(`recorded answers (skipped without ${fixtures})`, () => {
  const read = <T>(file: string, shape: z.ZodType<T>): T =>
    shape.parse(JSON.parse(readFileSync(join(fixtures, file), "utf8")));
  test("names say of an instrument what the venue's record of it says", () => {
    const Record = z.object({
      instrument_name: z.string(),
      kind: z.string(),
      price_index: z.string().optional(),
      settlement_currency: z.string(),
      instrument_type: z.string(),
      expiration_timestamp: z.number().optional(),
      strike: z.number().optional(),
      option_type: z.string().optional(),
    });
    const listed = read("http_get_instruments.json", z.object({ result: z.array(Record) })).result;
    const single = read("http_get_instrument_option.json", z.object({ result: Record })).result;
    const plain = [...listed, single].filter(({ kind }) => kind === "future" || kind === "option");
    expect(plain.length).toBeGreaterThan(3);
    for (const each of plain) {
      const ours = readInstrument(each.instrument_name);
      expect(ours).toMatchObject({ pair: each.price_index, currency: each.settlement_currency });
      expect(ours?.style).toBe(each.instrument_type === "reversed" ? "inverse" : "linear");
      // these records were edited by hand and say 12:00; the hour is checked on the recorded chain
      if (!each.instrument_name.endsWith("PERPETUAL"))
        expect(Math.abs(ours!.expiry! - each.expiration_timestamp!)).toBeLessThan(86_400_000 / 2);
      expect(ours?.option?.type).toBe(each.option_type);
      if (each.strike !== undefined) expect(toNumber(ours!.option!.strike)).toBe(each.strike);
    }
  });
  test("names say of the recorded chain when it expires, what kind it is and its strike", () => {
    const rows = readFileSync(join(fixtures, "../../options/deribit-BTC-chain-2026-05-26.csv"), "utf8")
      .trim()
      .split("\n");
    expect(rows.length).toBe(879);
    for (const row of rows.slice(1)) {
      const [, name, type, strike, expiry] = row.split(",");
      const { option, ...ours } = readInstrument(name!)!;
      expect([ours.expiry, option!.type[0]!.toUpperCase(), toNumber(option!.strike)]).toEqual([
        Number(expiry),
        type,
        Number(strike),
      ]);
    }
  });
  test("the recorded standard account leaves option values out of its margin balance, as our rule says", () => {
    const Summary = z.object({
      margin_model: z.string(),
      margin_balance: z.number(),
      equity: z.number(),
      options_value: z.number(),
      available_funds: z.number(),
      initial_margin: z.number(),
    });
    const file = "http_get_account_summaries.json";
    const { summaries } = read(file, z.object({ result: z.object({ summaries: z.array(Summary) }) })).result;
    const [first] = summaries.filter(({ options_value }) => options_value !== 0);
    expect(first).toMatchObject({ margin_model: "segregated_sm" });
    expect(first!.margin_balance).toBeCloseTo(first!.equity - first!.options_value, 8);
    expect(first!.available_funds).toBeCloseTo(first!.margin_balance - first!.initial_margin, 8);
  });
});

describe("terms", () => {
  const withPair = (change: object) => {
    const { btc_usd: pair } = shipped.body.pairs;
    return readTerms({ ...shipped.body, pairs: { btc_usd: { ...pair, ...change } } });
  };
  const { futures, options, matrix } = shipped.body.pairs.btc_usd;
  // oxfmt-ignore
  test.each([
    ["initial below maintenance",     { futures: { ...futures, initial: "0.009" } },             "deribit/bad-rules"],
    ["a floor above the share",       { options: { ...options, initialFloor: "0.16" } },         "deribit/bad-rules"],
    ["a floor below maintenance",     { options: { ...options, initialFloor: "0.07" } },         "deribit/bad-rules"],
    ["a number instead of text",      { futures: { ...futures, slope: 0.00005 } },               "deribit/unreadable"],
    ["a fall of everything",          { matrix: { ...matrix, extendedMoves: ["-1"] } },          "deribit/unreadable"],
    ["a step of 0",                   { futures: { ...futures, step: "0" } },                    "deribit/unreadable"],
  ] as const)("%s is refused", (_case, change, code) => {
    expect(withPair(change)).toMatchObject({ ok: false, failure: { code } });
  });
  test("what is not in the terms is unknown: linear options, a pair; of a haircut only what it decides", () => {
    const usdc = bodyOf({ USDC: "1000" }, [position(`BTC_USDC-${EXPIRY}-100000-C`, "1", "100")]);
    const quotes = {
      "btc_usdc:index": "100000",
      [`BTC_USDC-${EXPIRY}:basis`]: "1",
      [`BTC_USDC-${EXPIRY}-100000-C:iv`]: "0.5",
    };
    const [key] = margin.accounts(usdc);
    expect(margin.assess(usdc, key!, sceneOf(quotes)).equity).toMatchObject({
      is: "unknown",
      why: { code: "deribit/no-rules" },
    });
    const pool = bodyOf({ BTC: "1" }, [position("BTC-PERPETUAL", "100000", "100000")], "cross_sm");
    const [cross] = margin.accounts(pool);
    const scene = sceneOf({ "btc_usd:index": "100000", "BTC-PERPETUAL:basis": "1" });
    const { equity, free, lines } = margin.assess(pool, cross!, scene);
    expect([equity.is, lines.map(({ name }) => name)]).toEqual(["known", ["maintenance"]]);
    expect(free).toMatchObject({ is: "unknown", why: { code: "deribit/no-haircut" } });
    expect(margin.compile(pool, cross!, scene, "initial")).toMatchObject({
      unknown: expect.stringContaining("deribit/no-haircut"),
    });
    expect(margin.compile(pool, cross!, scene, "maintenance")).toHaveProperty("form");
  });
});

describe("a written account", () => {
  const at = ms(Date.UTC(2026, 10, 22));
  const entry = {
    venue: "deribit",
    wallet: { BTC: "20" },
    positions: [
      { instrument: "BTC-PERPETUAL", side: "short", size: "10000000", entry: "100000" },
      { instrument: `BTC-${EXPIRY}-120000-C`, side: "short", size: "5", entry: "0.01" },
    ],
    index: { btc_usd: { price: "100000" } },
    marks: { "BTC-PERPETUAL": { price: "100050", at: "2026-11-21T23:59:00Z" }, [`BTC-${EXPIRY}`]: { price: "101000" } },
    vols: { [`BTC-${EXPIRY}-120000-C`]: { vol: "0.6" } },
  };
  const events = (change: object = {}) =>
    deribit.readWritten(deribit.written.parse({ ...entry, ...change }), holdingId("mine"), at);
  test("haircuts of a cross account become terms of its own, and what is free can be told", () => {
    const assessed = (haircuts: Record<string, string>) => {
      const read = events({ margin: "cross_sm", positions: [entry.positions[0]], haircuts });
      if (!read.ok) throw new Error(read.failure.code);
      const find = <K extends string>(type: K) => read.value.find((event) => event.type === type);
      const [terms, holding] = [find("terms"), find("holding")];
      if (terms?.type !== "terms" || holding?.type !== "holding") throw new Error("no terms or holding");
      const quotes = new Map(
        read.value.flatMap((event) =>
          event.type === "price"
            ? [[event.key, { value: event.price, kind: event.kind, asOf: event.at }] as const]
            : [],
        ),
      );
      const [account] = deribit.engine.accounts(holding.holding);
      const state = deribit.engine.assess(holding.holding, account!, { now: at, quotes, terms: terms.terms });
      return [terms.terms.market, holding.holding.market, state.equity.is, state.free.is];
    };
    expect(assessed({ BTC: "0.05" })).toEqual(["mine", "mine", "known", "known"]);
    expect(assessed({})).toEqual([undefined, undefined, "known", "unknown"]);
  });
  test("orders that lie at the venue are what the owner wrote; unknown where nothing is written", () => {
    const lying = (change: object) => {
      const read = events(change);
      const holding = read.ok && read.value.find((event) => event.type === "holding");
      if (!holding || holding.type !== "holding") throw new Error("no holding");
      const figure = deribit.engine.resting(holding.holding, accountKey("BTC"), {
        ...sceneOf({}),
        terms: deribit.terms[0]!,
      });
      return figure.is === "known" ? figure.value : figure.is;
    };
    const stop = {
      instrument: "BTC-PERPETUAL",
      side: "buy",
      size: "5000000",
      trigger: { price: "110000", when: "at-or-above" },
    };
    expect(lying({ resting: [stop] })).toMatchObject([
      { order: "written:1", side: "buy", reduceOnly: true, trigger: { kind: "mark", when: "at-or-above" } },
    ]);
    expect(lying({ resting: [] })).toEqual([]);
    expect(lying({})).toBe("unknown");
  });
  test("becomes terms, prices and a holding that engine and journal read", () => {
    const read = events();
    if (!read.ok) throw new Error(read.failure.code);
    const prices = read.value.flatMap((event) =>
      event.type === "price" ? [[event.key, text(event.price), event.kind, at - event.at] as const] : [],
    );
    expect(prices.map(([key, , kind, age]) => [key, kind, age])).toEqual([
      ["deribit:btc_usd:index", "index", 0],
      ["deribit:BTC-PERPETUAL:basis", "mark", 60_000],
      [`deribit:BTC-${EXPIRY}:basis`, "mark", 0],
      [`deribit:BTC-${EXPIRY}-120000-C:iv`, "mark", 0],
    ]);
    expect(toNumber(dec(prices[1]![1]))).toBe(1.0005);
    const holding = read.value.flatMap((event) => (event.type === "holding" ? [event.holding] : []))[0]!;
    const again = { ...holding, body: JSON.parse(canonical(holding.body)) as unknown };
    expect(deribit.engine.readable(again, deribit.terms[0]!)).toEqual({ ok: true, value: undefined });
    expect(deribit.engine.accounts(again)).toEqual(["BTC"]);
  });
  // oxfmt-ignore
  test.each([
    ["a name that is none",    { positions: [{ ...entry.positions[0], instrument: "BTCUSD" }] },             "positions.0.instrument", "BTCUSD"],
    ["a pair without rules",   { positions: [{ ...entry.positions[0], instrument: "XRP_USDC-PERPETUAL" }] }, "positions.0.instrument", "XRP_USDC-PERPETUAL"],
    ["no wallet",              { wallet: { ETH: "1" } },                                                     "wallet",                 "BTC"],
    ["written twice",          { positions: [entry.positions[0], entry.positions[0]] },                      "positions.1",            "BTC-PERPETUAL"],
    ["a mark without index",   { index: {} },                                                                "marks.BTC-PERPETUAL",    "BTC-PERPETUAL"],
    ["a stop of no contract",  { resting: [{ instrument: "BTCUSD", side: "buy", size: "10" }] },             "resting.0.instrument",   "BTCUSD"],
    ["a vol of a future",      { vols: { "BTC-PERPETUAL": { vol: "0.5" } } },                                "vols.BTC-PERPETUAL",     "BTC-PERPETUAL"],
  ] as const)("%s: the failure names path and value and what to do", (_case, change, path, value) => {
    const read = events(change);
    expect(read).toMatchObject({ ok: false, failure: { code: "deribit/written", facts: { path, value } } });
  });
});
