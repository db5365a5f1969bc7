import { existsSync, readFileSync } from "node:fs";
import { canonical, dec, holdingId, ms, text } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { okx } from "./index.ts";
import { readBalance } from "./read-balance.ts";
import { readBody } from "./read-holding.ts";
import { readAlgoOrders } from "./read-orders.ts";
import { positionOf, readPositions } from "./read-positions.ts";
import { readIndexes, readMarks } from "./read-rates.ts";
import { readInstruments, readLoanTiers, readTakerFee, readTiers } from "./read-rules.ts";
import { readStream } from "./read-stream.ts";
import { NOW, bodyOf, contract, linear, loan, sceneOf, termsOf } from "./testing.ts";
import { BTC_TIERS, LONG_BTC, replaying } from "./testing/recording.ts";
import { margin } from "./margin.ts";
import { dialect } from "./transport.ts";
import { OKX, RULES } from "./written.ts";

const FIXTURES = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/api-fixtures/okx`;
const absent = !existsSync(FIXTURES);
const load = (name: string): unknown => JSON.parse(readFileSync(`${FIXTURES}/${name}.json`, "utf8"));
const holding = holdingId("mine");
const stream = (message: unknown) => readStream(message, holding);
const answer = (...data: readonly unknown[]) => ({ code: "0", msg: "", data });

test.skipIf(absent).each([
  ["http_get_account_balance", readBalance],
  ["http_get_positions", readPositions],
  ["http_get_mark_price", readMarks],
  ["http_get_index_price", readIndexes],
  ["http_get_instruments_swap", readInstruments],
  ["http_get_instruments_futures", readInstruments],
  ["http_get_instruments_margin", readInstruments],
  ["http_get_instruments_spot", readInstruments],
  ["http_get_instruments_option", readInstruments],
  ["http_get_orders_algo_pending", readAlgoOrders],
  ["http_get_orders_algo_pending_close_fraction", readAlgoOrders],
  ["http_get_orders_algo_pending_attached_oco", readAlgoOrders],
  ["ws_account", stream],
  ["ws_account_empty", stream],
  ["ws_orders", stream],
  ["ws_orders_fok", stream],
  ["ws_orders_ioc", stream],
  ["ws_orders_optimal_limit_ioc", stream],
  ["ws_orders_option", stream],
  ["ws_orders_trigger", stream],
  ["ws_orders_algo", stream],
  ["ws_orders_liquidation", stream],
  ["ws_orders_adl", stream],
] as const)(`the documented payload %s is read (PLIMSOLL_DATA, here ${FIXTURES})`, (name, read) => {
  expect(read(load(name))).toMatchObject({ ok: true });
});

test.skipIf(absent)("a pushed account reads as an asked one; what is empty is absent, never 0", () => {
  const pushed = load("ws_account") as { data: readonly unknown[] };
  const read = readBalance(answer(...pushed.data));
  if (!read.ok) throw new Error(canonical(read.failure));
  expect([read.value.adjEq, read.value.mgnRatio, read.value.details[0]?.mgnRatio]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(read.value.details[0]?.cashBal).toEqual(dec("100.52768569797846"));
  for (const name of ["http_balance_detail_new_fields", "http_balance_detail_old_fields"])
    expect(readBalance(answer({ details: [load(name)] }))).toMatchObject({ ok: true });
});

test.skipIf(absent)("instruments: contract sizes in coins or USD, tiers of a pair in loans", () => {
  const swaps = readInstruments(load("http_get_instruments_swap"));
  if (!swaps.ok) throw new Error(canonical(swaps.failure));
  expect(swaps.value.get("BTC-USD-SWAP")).toMatchObject({
    type: "inverse",
    settle: "BTC",
    quote: "USD",
    size: dec("100"),
    family: "BTC-USD",
  });
  expect(swaps.value.get("ETH-USDT-SWAP")).toMatchObject({ type: "linear", settle: "USDT", size: dec("0.1") });
  expect(readLoanTiers(load("http_get_position_tiers"), "BTC-USDT")).toEqual({
    ok: true,
    value: [{ baseLoan: dec("50"), quoteLoan: dec("500000"), mmr: dec("0.03") }],
  });
  expect(readTiers(load("http_get_position_tiers"), "BTC-USDT")).toMatchObject({ ok: true });
});

test.skipIf(absent)("forced trades of the order channel become effects, which the engine folds in", () => {
  const [liquidated, deleveraged] = ["ws_orders_liquidation", "ws_orders_adl"].map((name) => {
    const news = stream(load(name));
    if (!news.ok) throw new Error(canonical(news.failure));
    expect(news.value.changed).toBe(true);
    const [event] = news.value.events;
    if (event?.type !== "effect") throw new Error("no effect");
    return event;
  });
  expect(liquidated).toMatchObject({
    effect: {
      was: "liquidation",
      body: { instrument: "BTC-USDT-SWAP", side: "long", isolated: true, contracts: dec("0.5") },
    },
    fee: [{ asset: "USDT", amount: dec("20.0") }],
    at: 1_746_947_317_402,
  });
  expect(deleveraged).toMatchObject({
    effect: { was: "adl", body: { side: "short", isolated: false, fee: dec("12.3") } },
  });
  const terms = termsOf({ contracts: { "ETH-USDT-SWAP": linear({ size: dec("0.1") }) } });
  const body = bodyOf({ USDT: "100" }, [contract("ETH-USDT-SWAP", "-1", "40000", { side: "short" })]);
  const scene = sceneOf({}, terms);
  const held = { id: holding, venue: OKX, rules: RULES, asOf: NOW, body };
  const read = okx.engine.apply(held, JSON.parse(canonical(deleveraged!.effect)), {
    ...scene,
    terms: { ...scene.terms, body: { contracts: {}, pairs: {}, coins: {} } },
  });
  // terms without the contract: unknown, not free
  expect(read).toMatchObject({ ok: false, failure: { code: "okx/no-terms" } });
  const folded = margin.apply(body, deleveraged!.effect as Parameters<typeof margin.apply>[1], scene);
  if (!folded.ok) throw new Error(canonical(folded.failure));
  // bought 0.3 contracts of 0.1 coins at 41000, sold at 40000: 30 lost, 12.3 paid
  expect(text(folded.value.balances[0]!.cash)).toMatch(/^57\.70*$/);
  expect(folded.value.positions).toMatchObject([{ contracts: dec("-0.7") }]);
});

test.each([
  ["its own fee", { fillFee: "-0.4", fillFeeCcy: "USDT", accFillSz: "3" }, "0.4"],
  ["the order's fee while it is the only fill", { accFillSz: "1" }, "1.2"],
  ["no fee where only a sum of several is told", { accFillSz: "3" }, undefined],
])("a forced fill claims %s", (_case, told, paid) => {
  const order = {
    instType: "SWAP",
    instId: "BTC-USDT-SWAP",
    category: "partial_liquidation",
    side: "sell",
    posSide: "net",
  };
  const fill = { tdMode: "cross", fillSz: "1", fillPx: "100", fee: "-1.2", feeCcy: "USDT", uTime: "1746947317402" };
  const news = stream({ arg: { channel: "orders" }, data: [{ ...order, ...fill, ...told }] });
  if (!news.ok) throw new Error(canonical(news.failure));
  expect(news.value.events).toMatchObject([{ fee: paid === undefined ? [] : [{ asset: "USDT", amount: dec(paid) }] }]);
});

test("an order of ours is no effect; a forced trade larger than the position is refused", () => {
  const order = {
    instType: "SWAP",
    instId: "BTC-USDT-SWAP",
    category: "normal",
    side: "sell",
    posSide: "net",
    tdMode: "cross",
  };
  const fill = { fillSz: "1", fillPx: "100", fee: "-1", feeCcy: "USDT", uTime: "1746947317402" };
  const read = stream({ arg: { channel: "orders" }, data: [{ ...order, ...fill }] });
  expect(read).toMatchObject({ ok: true, value: { events: [], changed: true } });
  const body = {
    instrument: "BTC-USDT-SWAP",
    side: "net",
    isolated: false,
    contracts: dec("2"),
    price: dec("100"),
    fee: dec("0"),
  } as const;
  const held = bodyOf({ USDT: "1" }, [contract("BTC-USDT-SWAP", "1", "100")]);
  const scene = sceneOf({}, termsOf({ contracts: { "BTC-USDT-SWAP": linear() } }));
  expect(margin.apply(held, { was: "liquidation", body }, scene)).toMatchObject({
    ok: false,
    failure: { code: "okx/no-position" },
  });
});

test("marks and indexes of the streams carry the venue's time; index prices in another coin are left out", () => {
  const ts = "1744590349506";
  const mark = { arg: { channel: "mark-price" }, data: [{ instId: "BTC-USDT-SWAP", markPx: "84660.1", ts }] };
  expect(stream(mark)).toEqual({
    ok: true,
    value: {
      events: [
        { type: "price", key: "okx:BTC-USDT-SWAP:mark", price: dec("84660.1"), kind: "mark", at: ms(Number(ts)) },
      ],
      at: Number(ts),
      changed: false,
    },
  });
  const tickers = ["BTC-USD", "BTC-USDT"].map((instId) => ({ instId, idxPx: "84000", ts }));
  const index = stream({ arg: { channel: "index-tickers" }, data: tickers });
  expect(index.ok && index.value.events.map((event) => event.type === "price" && event.key)).toEqual(["okx:BTC:index"]);
  expect(stream({ event: "error", code: "60011", msg: "Please log in" })).toMatchObject({ ok: false });
  expect(stream("pong")).toMatchObject({ ok: true, value: { events: [], changed: false } });
  expect(stream({ arg: { channel: "mark-price" }, data: [{ instId: "X", markPx: "0", ts }] })).toMatchObject({
    ok: false,
  });
});

test("damaged bytes never become a number", () => {
  const runs = { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 200) };
  const damage = fc.constantFrom("", "NaN", "1e3", "0x10", "--1", "1.2.3", " 1", "1,0", "Infinity", null, true, [], 5);
  const money = ["pos", "avgPx", "margin", "markPx", "mmr", "lever", "upl", "liab"] as const;
  fc.assert(
    fc.property(fc.constantFrom(...money), damage, (field, broken) => {
      const read = readPositions(answer({ ...LONG_BTC, [field]: broken }));
      if (!read.ok) return;
      // only emptiness passes, as absence
      expect([broken, read.value[0]?.[field]]).toEqual(["", undefined]);
    }),
    runs,
  );
  fc.assert(
    fc.property(fc.constantFrom("minSz", "maxSz", "mmr"), damage, (field, broken) => {
      expect(readTiers(answer({ ...BTC_TIERS[0], [field]: broken }), "x").ok).toBe(false);
    }),
    runs,
  );
  expect(readTakerFee(answer({ taker: "", takerU: "" }), "USDT")).toMatchObject({ ok: false });
});

test("a position without what decides is refused; an option is not modelled; a spot margin row has two legs", () => {
  const rowOf = (fields: object) => {
    const read = readPositions(answer({ ...LONG_BTC, ...fields }));
    if (!read.ok) throw new Error(canonical(read.failure));
    return positionOf(read.value[0]!, "futures");
  };
  expect(rowOf({ avgPx: "" })).toMatchObject({ ok: false, failure: { facts: { field: "avgPx" } } });
  expect(rowOf({ mgnMode: "isolated", margin: "" })).toMatchObject({
    ok: false,
    failure: { facts: { field: "margin" } },
  });
  expect(rowOf({ instType: "OPTION" })).toMatchObject({ ok: false, failure: { code: "okx/option" } });
  expect(rowOf({ posSide: "short", pos: "3" })).toMatchObject({ ok: true, value: { contracts: dec("-3") } });
  const short = {
    instType: "MARGIN",
    instId: "LTC-USDT",
    mgnMode: "isolated",
    pos: "12.00358728382",
    posCcy: "USDT",
    margin: "2",
  };
  expect(rowOf({ ...short, liab: "-0.113791", liabCcy: "LTC" })).toMatchObject({
    ok: true,
    value: {
      kind: "margin",
      held: { base: dec("0"), quote: dec("12.00358728382") },
      owed: { base: dec("0.113791"), quote: dec("0") },
    },
  });
  expect(rowOf({ ...short, liab: "" })).toMatchObject({ ok: false, failure: { facts: { field: "liab" } } });
});

test("a refusal is seen whatever the status: the answer's code, or that of its first row", () => {
  expect(dialect.refusal(200, '{"code":"50111","msg":"Invalid OK-ACCESS-KEY","data":[]}')).toEqual({
    code: 50_111,
    message: "Invalid OK-ACCESS-KEY",
  });
  expect(
    dialect.refusal(
      200,
      '{"code":"1","msg":"All operations failed","data":[{"sCode":"51000","sMsg":"Parameter instId error"}]}',
    ),
  ).toEqual({
    code: 51_000,
    message: "Parameter instId error",
  });
  expect(dialect.refusal(200, '{"code":"0","msg":"","data":[{"sCode":"0"}]}')).toBeUndefined();
});

test("where ccxt is wrong: its tiers call contracts a notional, its cross ratio is not the account's", async () => {
  const client = await replaying([]);
  const market = {
    symbol: "BTC/USDT:USDT",
    id: "BTC-USDT-SWAP",
    base: "BTC",
    quote: "USDT",
    contractSize: 0.01,
    contract: true,
  };
  const parser = client as unknown as {
    parseMarketLeverageTiers(info: unknown, market: unknown): readonly { maxNotional: number; currency: string }[];
    parsePosition(position: unknown, market: unknown): { marginRatio?: number; collateral?: number };
  };
  const [first] = parser.parseMarketLeverageTiers(BTC_TIERS, market);
  expect(first).toMatchObject({ maxNotional: 1000, currency: "USDT" });
  const tiers = readTiers(answer(...BTC_TIERS), "BTC-USDT-SWAP");
  if (!tiers.ok) throw new Error(canonical(tiers.failure));
  // 1,000 contracts of 0.01 BTC are a million USDT at 100,000, and the venue charges the first row up to there
  const terms = termsOf({ contracts: { "BTC-USDT-SWAP": linear({ size: dec("0.01"), tiers: tiers.value }) } });
  const needOf = (contracts: string) => {
    const { lines } = margin.assess(
      bodyOf({ USDT: "1" }, [contract("BTC-USDT-SWAP", contracts, "100000")]),
      "cross:USDT" as never,
      sceneOf({ "BTC-USDT-SWAP": "100000" }, terms),
    );
    return text(lines.find(({ name }) => name === "maintenance")!.required);
  };
  expect([needOf("1000"), needOf("1001")]).toEqual([
    expect.stringMatching(/^4500(\.0+)?$/),
    expect.stringMatching(/^6506\.50*$/),
  ]);
  // 52,000 of equity against 909: the venue's own ratio is 57.2, higher is safer
  const parsed = parser.parsePosition(LONG_BTC, market);
  expect(parsed.collateral).toBe(22_200);
  expect(parsed.marginRatio).toBeCloseTo(808 / 22_200, 3);
  const body = bodyOf({ USDT: "50000" }, [contract("BTC-USDT-SWAP", "200", "100000")]);
  const { lines } = margin.assess(body, "cross:USDT" as never, sceneOf({ "BTC-USDT-SWAP": "101000" }, terms));
  expect(Number(text(lines.find(({ name }) => name === "maintenance")!.health))).toBeCloseTo(
    Number(LONG_BTC["mgnRatio"]),
    12,
  );
});

test("a cross spot margin position is read in futures mode and is coin balances elsewhere", () => {
  const body = bodyOf({ USDT: "1" }, [loan("A-USDT", "USDT", ["1", "0"], ["0", "1"], "cross")]);
  expect(readBody(body)).toMatchObject({ ok: true });
  expect(readBody({ ...body, mode: "multi-currency" })).toMatchObject({
    ok: false,
    failure: { code: "okx/unreadable" },
  });
  const row = { ...LONG_BTC, instType: "MARGIN", instId: "A-USDT", posCcy: "A", liab: "-1", liabCcy: "USDT" };
  const read = readPositions(answer(row));
  if (!read.ok) throw new Error(canonical(read.failure));
  expect(positionOf(read.value[0]!, "futures")).toMatchObject({ ok: true, value: { kind: "margin" } });
  expect(positionOf(read.value[0]!, "multi-currency")).toEqual({ ok: true, value: undefined });
});

test("interest grows a debt by the hour, in cash and in a loan, and leaves others alone", () => {
  const hours = (count: number) => ms(NOW + count * 3_600_000);
  const interest = [{ coin: "USDT", rate: dec("0.0001"), next: hours(1) }];
  const owing = bodyOf({ USDT: "-1000", BTC: "2" }, [loan("A-USDT", "USDT", ["11", "0"], ["0", "1000"])], {
    mode: "multi-currency",
    interest,
  });
  const after = margin.advance(owing, hours(24), sceneOf({}, termsOf({})));
  // 1000 * 1.0001 ** 24, worked in Python decimals
  expect(text(after.balances[0]!.cash)).toBe("-1002.402762025063025175");
  expect(after.balances[1]!.cash).toEqual(dec("2"));
  const [lent] = after.positions;
  expect(lent?.kind === "margin" && text(lent.owed.quote)).toBe("1002.402762025063025175");
  expect(after.interest).toEqual([{ coin: "USDT", rate: dec("0.0001"), next: hours(25) }]);
  expect(margin.advance(owing, ms(hours(1) - 1), sceneOf({}, termsOf({})))).toEqual(owing);
});
