import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Exact, dec, text } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { parseAnswer, plainDigits } from "./json-numbers.ts";
import { readAccount } from "./read-account.ts";
import { readInstruments } from "./read-instruments.ts";
import { readTicker } from "./read-ticker.ts";

const FACTOR = dec("0.8");
const runs = { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 100) };

describe("numbers of an answer", () => {
  // oxfmt-ignore
  test.each([
    ["3.1639e-4", "0.00031639"], ["-5e-9", "-0.000000005"], ["1.5e3", "1500"], ["12e-1", "1.2"], ["2E+2", "200"], ["1e999", "1e999"], ["0.1", "0.1"],
  ])("%s stands as %s", (written, plain) => expect(plainDigits(written)).toBe(plain));
  test("they are the text that stands there, not the nearest float", () => {
    expect(parseAnswer('{"a":[0.1234567890123456789,1e-7,"x",null,true]}')).toEqual({
      a: ["0.1234567890123456789", "0.0000001", "x", null, true],
    });
  });
  test("any float that is written is read as the same number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), (value) => {
        const read = parseAnswer(JSON.stringify(value));
        // below 1e-40 a number is no amount and stays as it was written
        expect(Number(read)).toBe(value === 0 ? 0 : value);
      }),
      runs,
    );
  });
});

// one position of a cross account as the venue answered in February 2026: held over a settlement
const row = {
  instrument_name: "ETH-PERPETUAL",
  kind: "future",
  direction: "buy",
  size: "1",
  settlement_price: "2090.99",
  average_price: "2074.25",
  mark_price: "1963.31",
  index_price: "1963.1",
  floating_profit_loss: "-0.000031102",
  initial_margin: "0.000010187",
  maintenance_margin: "0.000005093",
};
const summary = {
  currency: "ETH",
  margin_model: "cross_pm",
  balance: "0.000031",
  equity: "0.000001",
  session_rpl: "0",
  options_value: "0",
  margin_balance: "0.001287",
  initial_margin: "0.000357",
  maintenance_margin: "0.000232",
};
const read = (change: { row?: object; after?: object[]; summary?: object; orders?: object[] } = {}) =>
  readAccount(
    {
      summaries: [{ ...summary, ...change.summary }],
      positions: [{ ...row, ...change.row }],
      ...(change.after !== undefined && { positionsAfter: change.after }),
      orders: change.orders ?? [],
    },
    FACTOR,
  );
const entry = (change: object) => {
  const result = read({ row: change });
  return result.ok && text(result.value.body.positions[0]!.entry);
};

describe("an account", () => {
  test("a position counts from the settlement that the venue's own profit is counted from", () => {
    expect(entry({})).toBe("2090.99");
    // 1 / 2074.25 - 1 / 1963.31 = -0.00002724...
    expect(entry({ floating_profit_loss: "-0.000027242" })).toBe("2074.25");
  });
  test("initial margin beyond the matrix is of open orders: 0.000357 - 0.000232 / 0.8", () => {
    const result = read();
    expect(result.ok && text(result.value.body.wallets[0]!.orderMargin)).toBe("0.000067000000000000");
  });
  test("of standard margin it is what the positions do not require", () => {
    const result = read({ summary: { margin_model: "segregated_sm", initial_margin: "0.000030187" } });
    expect(result.ok && text(result.value.body.wallets[0]!.orderMargin)).toBe("0.000020000");
  });
  test("a short is below 0 however the venue writes its size; orders that are done are left out", () => {
    const orders = ["open", "untriggered", "filled", "cancelled"].map((order_state, i) => ({
      order_id: `${i}`,
      instrument_name: "ETH-PERPETUAL",
      order_state,
    }));
    for (const size of ["7", "-7"]) {
      const result = read({ row: { direction: "sell", size }, orders });
      expect(result.ok && text(result.value.body.positions[0]!.size)).toBe("-7");
      expect(result.ok && result.value.body.orders.map(({ id }) => id)).toEqual(["0", "1"]);
    }
  });
  // oxfmt-ignore
  test.each([
    ["equity that is of another moment", { summary: { equity: "0.001" } },                    "deribit/torn-reading"],
    ["positions of two moments",         { after: [{ ...row, size: "2" }] },                  "deribit/torn-reading"],
    ["a position gone meanwhile",        { after: [] },                                       "deribit/torn-reading"],
    ["bought and below 0",               { row: { size: "-1" } },                             "deribit/unreadable"],
    ["a number that became a float",     { summary: { balance: 0.000031 } },                  "deribit/unreadable"],
    ["a name that is none",              { row: { instrument_name: "ETHUSD" } },              "deribit/unreadable"],
    ["a margin model that is new",       { summary: { margin_model: "cross_xm" } },           "deribit/unreadable"],
    ["no wallet for a position",         { summary: { currency: "BTC", equity: "0.000031" } }, "deribit/unreadable"],
  ])("%s is refused", (_case, change, code) => {
    expect(read(change)).toMatchObject({ ok: false, failure: { code } });
  });
});

test("the ticker of an option tells its vol as a share and the price that it follows, not its own", () => {
  const read = readTicker({
    instrument_name: "BTC-25DEC26-100000-C",
    timestamp: "1795032000000",
    index_price: "100000",
    mark_price: "0.05",
    mark_iv: "58.25",
    underlying_price: "102000",
    current_funding: "0.1",
  });
  expect(read.ok && read.value.prices.map(({ key, price }) => [key, Number(text(price))])).toEqual([
    ["deribit:btc_usd:index", 100_000],
    ["deribit:BTC-25DEC26:basis", 1.02],
    ["deribit:BTC-25DEC26-100000-C:iv", 0.5825],
  ]);
  expect(read.ok && read.value.funding).toBe(undefined);
});

const fixtures = join(process.env["PLIMSOLL_DATA"] ?? "../shared/data", "api-fixtures/deribit");
describe.skipIf(!existsSync(fixtures))(`recorded payloads parse (skipped without ${fixtures})`, () => {
  const answer = (file: string) =>
    z
      .object({ result: z.unknown().optional(), params: z.looseObject({ data: z.unknown() }).optional() })
      .parse(parseAnswer(readFileSync(join(fixtures, file), "utf8")));
  const figure = (value: Exact | undefined) => (value === undefined ? undefined : text(value));

  test.each(["http_get_account_summaries.json", "http_get_account_summaries_cross_margin.json"])("%s", (file) => {
    const { summaries } = z
      .object({ summaries: z.array(z.record(z.string(), z.unknown())) })
      .parse(answer(file).result);
    // no positions were recorded with it: only what holds none adds up
    const flat = summaries.filter((each) => each["session_upl"] === "0");
    const result = readAccount({ summaries: flat, positions: [], orders: [] }, FACTOR);
    // a pooled currency that nothing is held of is left out
    const held = flat.filter((each) => each["margin_model"] === "segregated_sm" || each["balance"] !== "0");
    expect(result.ok && result.value.body.wallets.map(({ currency }) => currency)).toEqual(
      held.map((each) => each["currency"]),
    );
    const whole = readAccount({ summaries, positions: [], orders: [] }, FACTOR);
    expect(whole).toMatchObject(
      flat.length === summaries.length ? { ok: true } : { failure: { code: "deribit/torn-reading" } },
    );
  });
  test("ws_portfolio.json", () => {
    const result = readAccount(
      { summaries: [answer("ws_portfolio.json").params!.data], positions: [], orders: [] },
      FACTOR,
    );
    const [wallet] = result.ok ? result.value.body.wallets : [];
    expect(wallet).toMatchObject({ currency: "USDT", model: "cross_sm" });
    expect([figure(wallet?.balance), figure(wallet?.orderMargin)]).toEqual(["55.00055", "1.100011"]);
  });
  test("ws_ticker.json and http_get_order_book.json", () => {
    const [ticker, book] = [answer("ws_ticker.json").params!.data, answer("http_get_order_book.json").result].map(
      readTicker,
    );
    const prices = ticker?.ok === true ? ticker.value.prices : [];
    expect(prices.map(({ key, kind }) => [key, kind])).toEqual([
      ["deribit:btc_usd:index", "index"],
      ["deribit:BTC-PERPETUAL:basis", "mark"],
      ["deribit:btc_usd:delivery", "index"],
    ]);
    expect(figure(prices[0]?.price)).toBe("92263.55");
    expect(figure(prices[1]?.price)).toMatch(/^1\.00019758\d{10}$/);
    expect(ticker?.ok === true && ticker.value.funding).toMatchObject({
      instrument: "BTC-PERPETUAL",
      from: 1_765_541_474_086,
    });
    expect(book?.ok).toBe(true);
  });
  test("http_get_instruments.json and http_get_instrument_option.json", () => {
    const listed = readInstruments(answer("http_get_instruments.json").result);
    const single = readInstruments([answer("http_get_instrument_option.json").result]);
    expect(
      listed.ok &&
        listed.value.map(({ instrument, kind, tick, step, takerFee }) => [
          instrument,
          kind,
          text(tick),
          text(step),
          text(takerFee),
        ]),
    ).toEqual([
      ["BTC-PERPETUAL", "futures", "0.5", "10.0", "0.0005"],
      ["BTC-27DEC24", "futures", "0.5", "10.0", "0.0005"],
      ["BTC-27DEC24-100000-C", "options", "0.0005", "0.1", "0.0003"],
    ]);
    expect(single.ok && single.value).toEqual(listed.ok && listed.value.slice(2));
  });
  test("every answer about an order names it, and only what is open stays in the account", () => {
    const files = readdirSync(fixtures).filter((file) => file.startsWith("ws_order_"));
    expect(files).toHaveLength(6);
    const open = files.flatMap((file) => {
      const { result } = answer(file);
      const order = z.object({ order: z.unknown() }).safeParse(result);
      const account = readAccount(
        { summaries: [], positions: [], orders: [order.success ? order.data.order : result] },
        FACTOR,
      );
      expect(account.ok).toBe(true);
      return account.ok && account.value.body.orders.length > 0 ? [file] : [];
    });
    expect(open).not.toContain("ws_order_cancel_response.json");
    expect(open).toHaveLength(5);
  });
});
