// The whole path from bytes to events, through ccxt: answers in the shapes of the venue's documentation and recorded payloads.
import type { BookEvent, ParityRow } from "@plimsoll/core/book";
import { type Result, type Why, holdingId, text, toNumber, trim } from "@plimsoll/core/units";
import { type RecordedCall, replayCalls } from "@plimsoll/venues/exchange";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { deribit, deribitClient, deribitFeed } from "./index.ts";
import { plainDigits } from "./json-numbers.ts";
import { readEffect } from "./read-effect.ts";
import type { Client } from "./transport.ts";

const ID = holdingId("mine");
// 36.5 days before 2026-12-25 08:00 UTC
const NOW = Date.UTC(2026, 10, 18, 20);
const CALL = "BTC-25DEC26-120000-C";

type Answers = Readonly<Record<string, unknown>>;
const frame = (result: unknown) => ({ jsonrpc: "2.0", result, usIn: NOW * 1000, usOut: NOW * 1000 + 300, usDiff: 300 });
/** A call by its name, "get_positions currency,any"; text is the answer itself, all else the result in its frame. */
const callOf = ([name, answer]: readonly [string, unknown], at = NOW): RecordedCall => {
  const [path = "", params = ""] = name.split(" ");
  const body = typeof answer === "string" ? answer : JSON.stringify(frame(answer));
  const status = body.includes('"error"') ? 400 : 200;
  return { at, method: "GET", to: `www.deribit.com/api/v2/${path}`, params, status, body };
};
const refusal = (code: number, message: string) =>
  JSON.stringify({ jsonrpc: "2.0", error: { message, data: { reason: "not today" }, code }, usIn: 1, usOut: 2 });

// Figures worked apart from this code, in 30 digits, from the rules of README.md: 100,000 dollars long from 95,000 at 100,050, two
// calls short at 60 % with a tenth of a year left, 1.999 BTC of cash, 0.01 BTC of open orders.
const perpetual = {
  ...{ instrument_name: "BTC-PERPETUAL", kind: "future", direction: "buy", size: 100000, size_currency: 0.999500249 },
  ...{ average_price: 95000, settlement_price: 0, mark_price: 100050, index_price: 100000 },
  ...{ floating_profit_loss: 0.053131329, delta: 0.99950025 },
  ...{ initial_margin: 0.020039955, maintenance_margin: 0.010044953 },
};
const short = {
  ...{ instrument_name: CALL, kind: "option", direction: "sell", size: -2 },
  ...{ average_price: 0.01, mark_price: 0.0204, index_price: 100000, floating_profit_loss: -0.0208 },
  ...{ delta: -0.41586967, initial_margin: 0.240786866, maintenance_margin: 0.190786866 },
};
const summary = {
  ...{ currency: "BTC", margin_model: "segregated_sm", balance: 2, session_rpl: -0.001 },
  ...{ equity: 2.01134446, margin_balance: 2.05213133, options_value: -0.04078687 },
  ...{ initial_margin: 0.27082682, maintenance_margin: 0.20083182, delta_total: 0.62441745 },
  fees: [
    { kind: "perpetual", index_name: "btc_usd", value: { default: { type: "fixed", taker: 0.00035 } } },
    { kind: "option", index_name: "btc_usd", value: { default: { type: "relative", taker: 0.5 } } },
  ],
};
const listing = { is_active: true, maker_commission: 0, tick_size_steps: [] };
const standard: Answers = {
  "public/auth": { scope: "account:read trade:read wallet:none block_trade:none", expires_in: 900, access_token: "t" },
  "public/get_time": NOW,
  "private/get_positions currency,any": [perpetual, short],
  "private/get_account_summaries extended,true": { id: 10, type: "main", summaries: [summary] },
  "private/get_open_orders": [{ order_id: "BTC-1", instrument_name: "BTC-PERPETUAL", order_state: "open" }],
  "public/get_instrument instrument_name,BTC-PERPETUAL": {
    ...{ ...listing, instrument_name: "BTC-PERPETUAL", kind: "future", tick_size: 2.5, min_trade_amount: 10 },
    ...{ taker_commission: 0.0005, max_liquidation_commission: 0.0075 },
  },
  [`public/get_instrument instrument_name,${CALL}`]: {
    ...{ ...listing, instrument_name: CALL, kind: "option", tick_size: 0.0001, min_trade_amount: 0.1 },
    ...{ taker_commission: 0.0003, max_liquidation_commission: 0.002 },
  },
  "public/ticker instrument_name,BTC-PERPETUAL": {
    ...{ instrument_name: "BTC-PERPETUAL", timestamp: NOW - 40, index_price: 100000, mark_price: 100050 },
    ...{ estimated_delivery_price: 100000, current_funding: 0.000125, funding_8h: 0.0001 },
  },
  [`public/ticker instrument_name,${CALL}`]: {
    ...{ instrument_name: CALL, timestamp: NOW - 60, index_price: 100000, mark_price: 0.0204, mark_iv: 60 },
    ...{ underlying_price: 101000, underlying_index: "BTC-25DEC26", estimated_delivery_price: 100000 },
  },
};
const withAnswer = (change: Answers, of: Answers = standard): Answers => ({ ...of, ...change });

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

/** A feed over answers; of a list of answers each call takes the next. */
async function feedOver(answers: Answers, more: readonly RecordedCall[] = []) {
  const client = await deribitClient({ key: "any", secret: "any" });
  clients.push(client);
  replayCalls(client, [...Object.entries(answers).map((each) => callOf(each)), ...more]);
  return deribitFeed(client, { holding: ID });
}
const snapshot = async (answers: Answers, more: readonly RecordedCall[] = []) =>
  (await feedOver(answers, more)).snapshot();

function eventsIn(read: Result<readonly BookEvent[], Why>): readonly BookEvent[] {
  if (!read.ok) throw new Error(`${read.failure.code} ${JSON.stringify(read.failure.facts)}`);
  return read.value;
}
const of = <T extends BookEvent["type"]>(events: readonly BookEvent[], type: T) =>
  events.flatMap((event) => (event.type === type ? [event as Extract<BookEvent, { type: T }>] : []));
const rowsOf = (events: readonly BookEvent[]): readonly ParityRow[] => of(events, "parity").flatMap(({ rows }) => rows);
const named = ({ of: what, figure }: ParityRow) => `${what} ${figure}`;
const differing = (events: readonly BookEvent[]) =>
  rowsOf(events)
    .filter(({ verdict }) => verdict === "differs")
    .map(named);

describe("a segregated account with standard margin", () => {
  test("is read whole: terms, prices, holding, and every figure that the venue gives is ours", async () => {
    const events = eventsIn(await snapshot(standard));
    const [{ terms }, { holding }] = [of(events, "terms")[0]!, of(events, "holding")[0]!];
    expect(deribit.engine.readable(holding, terms)).toEqual({ ok: true, value: undefined });
    expect(of(events, "price").map(({ key, price, kind, at }) => [key, toNumber(price), kind, NOW - at])).toEqual([
      ["deribit:btc_usd:index", 100_000, "index", 40],
      ["deribit:BTC-PERPETUAL:basis", 1.0005, "mark", 40],
      ["deribit:btc_usd:delivery", 100_000, "index", 40],
      ["deribit:BTC-25DEC26:basis", 1.01, "mark", 60],
      [`deribit:${CALL}:iv`, 0.6, "mark", 60],
    ]);
    expect(rowsOf(events).map((row) => [named(row), row.verdict, row.decides])).toEqual([
      ["BTC equity", "within", false],
      ["BTC margin balance", "within", true],
      ["BTC maintenance margin", "within", true],
      ["BTC initial margin", "within", false],
      ["BTC-PERPETUAL maintenance margin", "within", true],
      ["BTC-PERPETUAL initial margin", "within", false],
      [`${CALL} value`, "within", false],
      ["BTC options value", "within", false],
      ["BTC delta", "same", false],
    ]);
    const body = holding.body as Body;
    expect(body.wallets.map(({ currency, model, balance }) => [currency, model, text(balance)])).toEqual([
      ["BTC", "segregated_sm", "1.999"],
    ]);
    expect(toNumber(body.wallets[0]!.orderMargin)).toBeCloseTo(0.01, 7);
    expect(body.positions.map(({ instrument, size }) => [instrument, text(size)])).toEqual([
      ["BTC-PERPETUAL", "100000"],
      [CALL, "-2"],
    ]);
    expect(body.funding).toEqual([{ instrument: "BTC-PERPETUAL", rate: { digits: 125n, scale: 6 }, from: NOW - 40 }]);
  });

  test("terms are the venue's where it tells them: ticks, and the account's own fees; rates are shipped, and said to be", async () => {
    const events = eventsIn(await snapshot(standard));
    const { pairs } = of(events, "terms")[0]!.terms.body as { pairs: Record<string, Record<string, object>> };
    expect(pairs["btc_usd"]).toMatchObject({
      futures: { tick: "2.5", takerFee: "0.00035", liquidationFee: "0.0075", maintenance: "0.01" },
      options: { tick: "0.0001", takerFee: "0.00015" },
    });
    expect(of(events, "lost").map(({ what, why }) => [what, why.code])).toEqual([
      ["deribit:margin-rates", "deribit/rates-shipped"],
    ]);
  });

  // oxfmt-ignore
  test.each([
    ["its maintenance margin of a future", { "private/get_positions currency,any": [{ ...perpetual, maintenance_margin: 0.010544953 }, short] }, ["BTC-PERPETUAL maintenance margin"]],
    ["its maintenance margin in all",      { "private/get_account_summaries extended,true": { summaries: [{ ...summary, maintenance_margin: 0.2028 }] } },  ["BTC maintenance margin"]],
    ["its delta",                          { "private/get_account_summaries extended,true": { summaries: [{ ...summary, delta_total: 0.6298 }] } },         ["BTC delta"]],
    ["a vol of 62 %",                      { [`public/ticker instrument_name,${CALL}`]: { ...(standard[`public/ticker instrument_name,${CALL}`] as object), mark_iv: 62 } }, ["BTC equity", "BTC maintenance margin", "BTC initial margin", `${CALL} value`, "BTC options value"]],
  ])("the venue changed %s: that differs, and nothing else", async (_case, change: Answers, expected) => {
    expect(differing(eventsIn(await snapshot(withAnswer(change))))).toEqual(expected);
  });
});

// one cross_pm account of February 2026, as the venue answered: README.md rule 20, `recorded-margin.test.ts`
const AT = Date.UTC(2026, 1, 16);
const pooled = (currency: string, balance: number, equity: number, more: object = {}) => ({
  ...{ currency, balance, equity, margin_model: "cross_pm", session_rpl: 0, options_value: 0 },
  ...{ margin_balance: 1, initial_margin: 0.225, maintenance_margin: 0.18, ...more },
  ...{ total_equity_usd: 2.531977059, total_margin_balance_usd: 2.531977059 },
  ...{ total_initial_margin_usd: 0.569651989, total_maintenance_margin_usd: 0.455721592 },
});
const coin = (haircut: number, dampener: number, risk: number, least: number) => ({
  ...{ haircut, annualised_move_risk: risk, min_annualised_move: least, extended_dampener: dampener },
  ...{ correlation_set: false, pnl_offset: 0, max_offsetable_pnl: 0, equity_side_impact: "both" },
});
const pairModel = (range: number, up: number, slope: number) => ({
  ...{ price_range: range, volatility_range_up: up, volatility_range_down: 0.25, min_volatility_for_shock_up: 0.5 },
  ...{ short_term_vega_power: 0.3, long_term_vega_power: 0.13, extended_table_factor: 1, m_inc: slope },
  ...{ delta_total_liq_shock_threshold: 20000000, max_delta_shock: 0.1 },
});
const model = (range = 0.18) => ({
  model_params: {
    general: { timestamp: AT, mm_factor: 0.8, buckets_count: 4, vol_scenarios_count: 3 },
    currency: {
      ...{ eth: coin(0, 200000, 0.05, 0.005), btc: coin(0, 100000, 0.075, 0.01) },
      ...{ usd: coin(0, 25000, 0.1, 0.01), usdc: coin(0, 25000, 0.1, 0.01) },
    },
    currency_pair: { eth_usd: pairModel(range, 0.4, 0.000004), btc_usd: pairModel(0.16, 0.5, 0.00005) },
  },
});
const indices = { btc_usd: 68801.35, usdc_usd: 1 };
const inverse = { instrument_name: "ETH-PERPETUAL", direction: "buy", size: 1, settlement_price: 2090.99 };
const linear = { instrument_name: "ETH_USDC-PERPETUAL", direction: "sell", size: -0.001, settlement_price: 1958.33 };
const instrumentOf = (name: string, tick: number, least: number) => ({
  ...{ ...listing, instrument_name: name, kind: "future", tick_size: tick, min_trade_amount: least },
  ...{ taker_commission: 0.0005, max_liquidation_commission: 0.009 },
});
const crossWith = (simulated: unknown, modelName = "cross_pm"): Answers => ({
  "public/auth": standard["public/auth"],
  "public/get_time": AT,
  "private/get_positions currency,any": [
    {
      ...{ ...inverse, kind: "future", average_price: 2074.25, mark_price: 1957.1004, index_price: 1957.16 },
      ...{ floating_profit_loss: -0.000032718, initial_margin: 0.000010219, maintenance_margin: 0.00000511 },
    },
    {
      ...{ ...linear, kind: "future", average_price: 1958.33, mark_price: 1958.33, index_price: 1957.16 },
      ...{ floating_profit_loss: 0, initial_margin: 0.039143208, maintenance_margin: 0.019571608 },
    },
  ],
  "private/get_account_summaries extended,true": {
    summaries: [
      pooled("BTC", 0.0000348, 0.0000348),
      // to 6 decimals: the venue's own total needs 0.0000309
      pooled("ETH", 0.000031, -0.000002),
      pooled("USDC", 0.14729577, 0.14729577),
      pooled("SOL", 0, 0),
    ].map((each) => ({ ...each, margin_model: modelName })),
  },
  "private/get_open_orders": [],
  "private/pme/simulate currency,CROSS": simulated,
  "public/get_instrument instrument_name,ETH-PERPETUAL": instrumentOf("ETH-PERPETUAL", 0.05, 1),
  "public/get_instrument instrument_name,ETH_USDC-PERPETUAL": instrumentOf("ETH_USDC-PERPETUAL", 0.05, 0.001),
  "public/ticker instrument_name,ETH-PERPETUAL": {
    ...{ instrument_name: "ETH-PERPETUAL", timestamp: AT, index_price: 1957.16, mark_price: 1957.1004 },
  },
  "public/ticker instrument_name,ETH_USDC-PERPETUAL": {
    ...{ instrument_name: "ETH_USDC-PERPETUAL", timestamp: AT, index_price: 1957.16, mark_price: 1958.33 },
  },
  ...Object.fromEntries(
    [...Object.entries(indices), ["eth_usd", 1957.16] as const].map(([name, price]) => [
      `public/get_index_price index_name,${name}`,
      { index_price: price, estimated_delivery_price: price },
    ]),
  ),
});
const crossSnapshot = async (answers: Answers) => {
  const client = await deribitClient({ key: "any", secret: "any" });
  clients.push(client);
  replayCalls(
    client,
    Object.entries(answers).map((each) => callOf(each, AT)),
  );
  return deribitFeed(client, { holding: ID }).snapshot();
};

describe("a cross pool", () => {
  test("with portfolio margin: the venue's own parameters and haircuts are its terms, and its totals are ours", async () => {
    const events = eventsIn(await crossSnapshot(crossWith(model())));
    expect(differing(events)).toEqual([]);
    const sums = rowsOf(events).filter((row) => row.of === "cross");
    expect(sums.map(({ figure }) => figure)).toEqual([
      "equity",
      "margin balance",
      "maintenance margin",
      "initial margin",
    ]);
    const body = of(events, "terms")[0]!.terms.body as { haircuts: object; pairs: Record<string, { matrix: object }> };
    expect(body.haircuts).toEqual({ ETH: "0", BTC: "0", USD: "0", USDC: "0" });
    expect(body.pairs["eth_usd"]!.matrix).toMatchObject({ priceRange: "0.18", extendedDampener: "200000" });
    const { wallets } = of(events, "holding")[0]!.holding.body as Body;
    expect(wallets.map(({ currency }) => currency)).toEqual(["BTC", "ETH", "USDC"]);
  });

  test("a parameter that is not the venue's trips the comparison of what decides", async () => {
    const wrong = differing(eventsIn(await crossSnapshot(crossWith(model(0.2)))));
    expect(wrong).toContain("cross maintenance margin");
  });

  test("whose parameters the venue does not tell: maintenance by what is shipped, what is free unknown, said once", async () => {
    const refused = refusal(13021, "forbidden");
    const events = eventsIn(await crossSnapshot(crossWith(refused, "cross_sm")));
    const lost = of(events, "lost").map(({ what, why }) => [what, why.code]);
    expect(lost).toEqual([
      ["deribit:margin-rates", "deribit/rates-shipped"],
      ["deribit:CROSS:model", "deribit/model-shipped"],
    ]);
    const [{ terms }, { holding }] = [of(events, "terms")[0]!, of(events, "holding")[0]!];
    const quotes = new Map(
      of(events, "price").map(({ key, price, kind, at }) => [key, { value: price, kind, asOf: at }]),
    );
    const [key] = deribit.engine.accounts(holding);
    const { equity, free, lines } = deribit.engine.assess(holding, key!, { now: holding.asOf, quotes, terms });
    expect([key, equity.is, free.is, lines.map(({ name }) => name)]).toEqual([
      "cross",
      "known",
      "unknown",
      ["maintenance"],
    ]);
  });
});

describe("answers that cannot be used", () => {
  // oxfmt-ignore
  test.each([
    ["the venue refuses",               { "private/get_positions currency,any": refusal(13009, "unauthorized") }, "deribit/unreached"],
    ["a margin model that is new",      { "private/get_account_summaries extended,true": { summaries: [{ ...summary, margin_model: "cross_xm" }] } }, "deribit/unreadable"],
    ["equity of another moment",        { "private/get_account_summaries extended,true": { summaries: [{ ...summary, equity: 2.02 }] } }, "deribit/torn-reading"],
    ["an amount that is text",          { "private/get_account_summaries extended,true": { summaries: [{ ...summary, balance: "two" }] } }, "deribit/unreadable"],
    ["no JSON",                         { "private/get_open_orders": "<html>busy</html>" },                  "deribit/unreadable"],
    ["a clock a second and a half off", { "public/get_time": NOW + 1_500 },                                  "deribit/clock-skew"],
    ["a key that can withdraw",         { "public/auth": { scope: "account:read trade:read_write wallet:read_write" } }, "deribit/key-can-withdraw"],
  ])("%s", async (_case, change: Answers, code) => {
    expect(await snapshot(withAnswer(change))).toMatchObject({ ok: false, failure: { code } });
  });

  test("a refusal keeps the venue's own code and words", async () => {
    const read = await snapshot(withAnswer({ "private/get_open_orders": refusal(10028, "too_many_requests") }));
    expect(read).toMatchObject({
      failure: { facts: { status: "400", code: "10028", detail: "too_many_requests: not today" } },
    });
  });

  test("positions that change while the account is read: it is read again, then they agree", async () => {
    const name = "private/get_positions currency,any";
    const { [name]: positions, ...others } = standard;
    const later = [{ ...perpetual, size: 90000 }, short];
    const events = eventsIn(
      await snapshot(
        others,
        [later, positions, positions].map((each) => callOf([name, each])),
      ),
    );
    expect((of(events, "holding")[0]!.holding.body as Body).positions.map(({ size }) => text(size))).toEqual([
      "100000",
      "-2",
    ]);
  });

  test("a ticker that is refused loses its own prices, and takes nothing else with it", async () => {
    const events = eventsIn(
      await snapshot(withAnswer({ [`public/ticker instrument_name,${CALL}`]: refusal(13020, "not_found") })),
    );
    expect(of(events, "lost").map(({ what }) => what)).toEqual([
      "deribit:BTC-25DEC26:basis",
      `deribit:${CALL}:iv`,
      "deribit:margin-rates",
    ]);
    expect(of(events, "holding")).toHaveLength(1);
  });

  test("a byte that is damaged never becomes another number", async () => {
    const names = Object.keys(standard).filter((name) => name.startsWith("private"));
    const whole = eventsIn(await snapshot(standard));
    // orders have names and no amounts
    const numbers = (events: readonly BookEvent[]) =>
      JSON.stringify({ ...(of(events, "holding")[0]!.holding.body as Body), orders: [] }, plain);
    const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat(),
        fc.constantFrom("{", '"', "x", ",", "}"),
        async (name, at, byte) => {
          const body = callOf([name, standard[name]]).body;
          const place = at % body.length;
          fc.pre(/[\d.]/.test(body[place]!));
          const read = await snapshot(withAnswer({ [name]: body.slice(0, place) + byte + body.slice(place + 1) }));
          if (read.ok) expect(numbers(read.value)).toBe(numbers(whole));
          else refused++;
        },
      ),
      { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 40) },
    );
    expect(refused).toBeGreaterThan(0);
  });
});

describe("digits", () => {
  test("an amount of more digits than a double has reaches the holding as it stands in the answer", async () => {
    const sums = JSON.stringify(frame({ summaries: [summary] })).replace(
      '"balance":2,',
      '"balance":2.000000000000000000123,',
    );
    const events = eventsIn(await snapshot(withAnswer({ "private/get_account_summaries extended,true": sums })));
    const { wallets } = of(events, "holding")[0]!.holding.body as Body;
    expect(text(wallets[0]!.balance)).toBe("1.999000000000000000123");
  });
  test("an exponent is the same number", async () => {
    const sums = JSON.stringify(frame({ summaries: [summary] })).replace(
      '"session_rpl":-0.001',
      '"session_rpl":-1.0e-3',
    );
    const events = eventsIn(await snapshot(withAnswer({ "private/get_account_summaries extended,true": sums })));
    const { wallets } = of(events, "holding")[0]!.holding.body as Body;
    expect(text(trim(wallets[0]!.balance))).toBe("1.999");
    expect(plainDigits("-1.0e-3")).toBe("-0.0010");
  });
});

test("what was settled between two readings is told once, of an expiry one delivery", async () => {
  const later = NOW + 13 * 3_600_000;
  const { "public/get_time": _, ...others } = standard;
  const row = { session_profit_loss: 0.05, profit_loss: 0.05, position: 100000, timestamp: NOW + 12 * 3_600_000 };
  const history = {
    settlements: [
      {
        ...row,
        type: "settlement",
        instrument_name: "BTC-PERPETUAL",
        mark_price: 100100,
        index_price: 100050,
        funding: 1e-6,
      },
      { ...row, type: "delivery", instrument_name: "BTC-19NOV26-90000-C", mark_price: 0.1, index_price: 100040.12 },
      { ...row, type: "delivery", instrument_name: "BTC-19NOV26-95000-C", mark_price: 0.05, index_price: 100040.12 },
      { ...row, type: "bankruptcy", session_bankruptcy: 0.1 },
      { ...row, type: "settlement", instrument_name: "BTC-PERPETUAL", mark_price: 1, timestamp: NOW - 1 },
    ],
    continuation: "none",
  };
  const client = await deribitClient({ key: "any", secret: "any" });
  clients.push(client);
  const calls = [
    ...Object.entries(others).map((each) => callOf(each)),
    ...[NOW, later].map((at) => callOf(["public/get_time", at])),
    callOf(["private/get_settlement_history_by_currency count,1000&currency,BTC", history]),
  ];
  replayCalls(client, calls);
  const feed = deribitFeed(client, { holding: ID });
  expect(of(eventsIn(await feed.snapshot()), "effect")).toEqual([]);
  client.nonce = () => later;
  const effects = of(eventsIn(await feed.snapshot()), "effect");
  expect(effects.map((each) => each.text)).toEqual([
    "settlement of BTC-PERPETUAL at 100100",
    "delivery of BTC-19NOV26 at 100040.12",
  ]);
  for (const { effect } of effects) expect(readEffect(effect).ok).toBe(true);
  expect(of(eventsIn(await feed.snapshot()), "effect")).toEqual([]);
});
