// The whole path from bytes to events, through ccxt: answers in the shapes of the venue's documentation and recorded payloads.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BookEvent, ParityRow } from "@plimsoll/core/book";
import { applyEvent, noFacts } from "@plimsoll/core/turn";
import { type Exact, type Result, type Why, holdingId, text, toNumber, trim } from "@plimsoll/core/units";
import { type RecordedCall, replayCalls } from "@plimsoll/venues/exchange";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import type { Body } from "./holding.ts";
import { deribit, deribitClient, deribitFeed } from "./index.ts";
import { plainDigits } from "./json-numbers.ts";
import { readEffect } from "./read-effect.ts";
import { type Answers, callOf as callAt, frame, refusal } from "./recordings/answers.ts";
import { AT, crossWith, model } from "./recordings/cross.ts";
import { CALL, NOW, perpetual, short, standard, summary } from "./recordings/standard.ts";
import type { Client } from "./transport.ts";

const ID = holdingId("mine");

const callOf = (answer: readonly [string, unknown], at = NOW): RecordedCall => callAt(answer, at);
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
    const facts = noFacts();
    for (const event of events) applyEvent(facts, event);
    expect(facts.lost.size).toBe(0);
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

const crossSnapshot = async (answers: Answers) => {
  const client = await deribitClient({ key: "any", secret: "any" });
  clients.push(client);
  replayCalls(
    client,
    Object.entries(answers).map((each) => callOf(each, AT)),
  );
  return deribitFeed(client, { holding: ID }).snapshot();
};

// source: (0.01 + 0.00005 y) y = 0.3 + 100000/95000 - y has y = 1.33915040 coins, so 74,674.21 as mark beside 100,050
test.each([
  [0.74636892, "within", "0.74636892"],
  [0.7, "differs", "0.74636892"],
  [0.2, "differs", "none"],
])("a liquidation at %s of the index: %s", async (ratio, verdict, ours) => {
  const lone = {
    ...{ ...summary, balance: 0.301, options_value: 0, equity: 0.353131329, margin_balance: 0.353131329 },
    ...{ maintenance_margin: 0.010044953, initial_margin: 0.020039955, delta_total: 0.99950025 },
    estimated_liquidation_ratio_map: { btc_usd: ratio },
  };
  const events = eventsIn(
    await snapshot(
      withAnswer({
        "private/get_positions currency,any": [perpetual],
        "private/get_account_summaries extended,true": { summaries: [lone] },
      }),
    ),
  );
  const row = rowsOf(events).find(({ figure }) => figure === "liquidation ratio of btc_usd");
  expect(row).toMatchObject({ of: "BTC", decides: false });
  expect(row!.ours === "none" ? row!.ours : text(row!.ours)).toBe(ours);
  expect(row!.verdict === "same" ? "within" : row!.verdict).toBe(verdict);
});

describe("a cross pool", () => {
  test("with portfolio margin: the venue's own parameters and haircuts are its terms, and its totals are ours", async () => {
    const events = eventsIn(await crossSnapshot(crossWith(model())));
    expect(differing(events)).toEqual([]);
    const sums = rowsOf(events).filter((row) => row.of === "cross");
    // what the last printed digit of its ETH is worth; maintenance and initial margin are the recorded ones
    for (const { ours, venue } of sums)
      expect(Math.abs(toNumber(ours as Exact) - toNumber(venue as Exact))).toBeLessThan(0.0007);
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

test("parameters that could not be asked for are asked for with the next reading, refused ones with the next terms", async () => {
  const client = await deribitClient({ key: "any", secret: "any" });
  clients.push(client);
  const replay = (answers: Answers) =>
    replayCalls(
      client,
      Object.entries(answers).map((each) => callOf(each, AT)),
    );
  const feed = deribitFeed(client, { holding: ID });
  const haircuts = async () => {
    const [event] = of(eventsIn(await feed.snapshot()), "terms");
    return Object.keys((event!.terms.body as { haircuts: object }).haircuts);
  };
  const { "private/pme/simulate currency,CROSS": _, ...silent } = crossWith(model());
  replay(silent);
  expect(await haircuts()).toEqual([]);
  replay(crossWith(refusal(13021, "forbidden")));
  expect(await haircuts()).toEqual([]);
  replay(crossWith(model()));
  expect(await haircuts()).toEqual([]);
  client.nonce = () => AT + 3_600_000;
  replay({ ...crossWith(model()), "public/get_time": AT + 3_600_000 });
  client.nonce = () => AT + 3_600_000;
  expect(await haircuts()).toContain("ETH");
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

const fixture = join(
  process.env["PLIMSOLL_DATA"] ?? "../shared/data",
  "api-fixtures/deribit/http_get_account_summaries.json",
);
test.skipIf(!existsSync(fixture))(`a recorded currency, its sums ours (skipped without ${fixture})`, async () => {
  const recorded = z
    .object({ result: z.object({ summaries: z.array(z.looseObject({ currency: z.string() })) }) })
    .parse(JSON.parse(readFileSync(fixture, "utf8")));
  // the positions of the other currency were not recorded with it
  const summaries = recorded.result.summaries.filter(({ currency }) => currency === "ETH");
  const flat = { "private/get_positions currency,any": [], "private/get_open_orders": [] };
  const answers = withAnswer({ ...flat, "private/get_account_summaries extended,true": { summaries } });
  const rows = rowsOf(eventsIn(await snapshot(answers)));
  expect(rows.map((row) => [named(row), row.verdict])).toEqual([
    ["ETH equity", "same"],
    ["ETH margin balance", "same"],
    ["ETH maintenance margin", "same"],
    ["ETH initial margin", "same"],
  ]);
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
