// The whole path: the real client library, its signatures and addresses, over answers in the venue's documented shapes.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BookEvent } from "@plimsoll/core/book";
import { applyEvent, noFacts } from "@plimsoll/core/turn";
import { type Result, type Why, holdingId, quoteKey, text, trim } from "@plimsoll/core/units";
import { type RecordedCall, recordCalls, replayCalls } from "@plimsoll/venues/exchange";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bybitClient } from "./client.ts";
import { bybitFeed } from "./feed.ts";
import type { Body } from "./holding.ts";
import { bybit } from "./index.ts";
import { askKey } from "./key-permission.ts";
import { ACCOUNT, LONG, NOON, SHORT, WALLET, listed, recordingOf, said } from "./testing/recording.ts";

const ID = holdingId("mine");
type Change = Parameters<typeof recordingOf>[0];
const login = { key: "recorded", secret: "recorded" };

async function feedOf(change: Change = {}, settings: { symbols?: readonly string[]; termsEveryMs?: number } = {}) {
  const client = await bybitClient(login);
  replayCalls(client, recordingOf(change));
  return { client, feed: bybitFeed(client, { holding: ID, ...settings }) };
}
const snapshotOf = async (change: Change = {}) => (await feedOf(change)).feed.snapshot();
function sure<V>(result: Result<V, Why>): V {
  if (!result.ok) throw new Error(`${result.failure.code} ${JSON.stringify(result.failure.facts)}`);
  return result.value;
}
const rowsOf = (events: readonly BookEvent[]) => events.flatMap((event) => (event.type === "parity" ? event.rows : []));
const verdicts = (events: readonly BookEvent[]) =>
  Object.fromEntries(rowsOf(events).map(({ of, figure, verdict }) => [`${of} ${figure}`, verdict]));
const lostOf = (events: readonly BookEvent[]) =>
  events.flatMap((event) => (event.type === "lost" ? [[event.what, event.why.code]] : []));

test("a whole reading: every figure that the venue prints is ours, and what the engine reads is in the events", async () => {
  const { feed } = await feedOf();
  const events = sure(await feed.snapshot());
  expect(events.map(({ type }) => type)).toEqual(["terms", ...Array(5).fill("price"), "holding", "parity"]);
  expect(verdicts(events)).toEqual({
    "wallet initial margin": "same",
    "wallet maintenance margin": "same",
    "wallet initial margin rate": "within",
    "wallet maintenance margin rate": "within",
    "BTCUSDT:one-way initial margin": "same",
    "BTCUSDT:one-way maintenance margin": "same",
    "BTCUSDT:one-way liquidation price": "same",
    "BTCUSD:one-way initial margin": "same",
    "BTCUSD:one-way maintenance margin": "same",
    "BTCUSD:one-way liquidation price": "same",
  });
  const terms = events.find((event) => event.type === "terms")!.terms;
  const holding = events.find((event) => event.type === "holding")!.holding;
  expect(bybit.engine.readable(holding, terms)).toEqual({ ok: true, value: undefined });
  expect([holding.rules, terms.rules, holding.market, terms.market]).toEqual(["mark-2025-09", "mark-2025-09", ID, ID]);
  const body = holding.body as Body;
  expect(body.balances.map(({ coin }) => coin)).toEqual(["USDT", "BTC", "GIFT"]);
  expect(body.orders.map(({ opens }) => text(opens))).toEqual(["0.5"]);
  expect(body.funding).toMatchObject([{ symbol: "BTCUSDT", everyMs: 28_800_000 }, { symbol: "BTCUSD" }]);
  const facts = noFacts();
  for (const event of events) applyEvent(facts, event);
  expect(facts.lost.size).toBe(0);
  const scene = { now: holding.asOf, quotes: facts.quotes, terms };
  const [account] = bybit.engine.accounts(holding);
  const { equity } = bybit.engine.assess(holding, account!, scene);
  expect(equity.is === "known" && text(trim(equity.value))).toBe("49975");
  // the first settlement at each bound, 4 hours from now: 1 x 61,000 x 0.005 from the long, 0.5 x 0.005 from the short
  const worst = sure(bybit.engine.atWorstRates(holding, scene));
  const later = bybit.engine.advance(worst, (NOON + 4 * 3_600_000) as typeof holding.asOf, scene);
  expect((later.body as Body).balances.map(({ cash }) => text(trim(cash)))).toEqual(["19695", "0.4975", "7"]);
  expect(feed.permission).toMatchObject({ is: "said", withdraws: false, trades: false, ipBound: true });
});

test.each([
  ["the tier of the long", "market/risk-limit?category,linear&symbol,BTCUSDT", /"0.005"/, '"0.0051"'],
  ["the tier of the short", "market/risk-limit?category,inverse&symbol,BTCUSD", /"0.5"/, '"0.51"'],
  ["the fee", "account/fee-rate?category,linear&symbol,BTCUSDT", /0.00055/, "0.0006"],
])("%s one digit off trips the comparison", async (_what, asked, from, to) => {
  const [answer] = ACCOUNT[asked]!;
  const wrong = JSON.stringify(answer).replace(from, to);
  expect(wrong).not.toBe(JSON.stringify(answer));
  // one row for the long's table: with both a wrong rate does not meet the running sum, and is refused before
  const alone = wrong.replace('"nextPageCursor":"next"', '"nextPageCursor":""');
  const found = verdicts(sure(await snapshotOf({ [asked]: [alone] })));
  expect(found["wallet maintenance margin"]).toBe("differs");
  expect(Object.values(found).filter((verdict) => verdict === "differs").length).toBeGreaterThanOrEqual(2);
});

const time = "market/time";
const USDT = "position/list?category,linear&limit,200&settleCoin,USDT";
const INVERSE = "position/list?category,inverse&limit,200";
const refused = (retCode: number) => ({ retCode, retMsg: "made up", result: {}, retExtInfo: {}, time: NOON });

// oxfmt-ignore
test.each([
  ["the clock is 1.5 s off",             { [time]: [said({ timeNano: `${NOON + 1_500}000000` })] },                           "bybit/clock-skew"],
  ["the venue says no",                  { "account/info": [refused(10_003)] },                                               "bybit/unreached"],
  ["the venue cannot say",               { "account/wallet-balance?accountType,UNIFIED": [refused(10_016)] },                 "bybit/unreached"],
  ["no answer to one list",              { [INVERSE]: [] },                                                                   "bybit/unreached"],
  ["the list of contracts is cut",       { "market/instruments-info?category,linear&cursor,page2&limit,1000": [] },           "bybit/unreached"],
  ["its last page names another",        { "market/instruments-info?category,linear&cursor,page2&limit,1000": [listed("linear", [], "page3")] }, "bybit/more-pages"],
  ["a list turns in circles",            { [`${USDT.replace("&limit", "&cursor,more&limit")}`]: [listed("linear", [LONG], "more")] }, "bybit/more-pages"],
  ["a classic account",                  { "account/info": [said({ marginMode: "REGULAR_MARGIN", unifiedMarginStatus: 1 })] }, "bybit/not-unified"],
  ["an inverse position beside it",      { "account/info": [said({ marginMode: "REGULAR_MARGIN", unifiedMarginStatus: 4 })] }, "bybit/not-unified"],
  ["an option is held",                  { "position/list?category,option&limit,200": [listed("option", [{ ...LONG, symbol: "BTC-27NOV26-60000-C" }])] }, "bybit/option-held"],
  ["a page that is no JSON",             { "account/wallet-balance?accountType,UNIFIED": ["<html>maintenance</html>"] },       "bybit/unreadable"],
  ["the key can withdraw",               { "user/query-api": [said({ readOnly: 0, permissions: { ContractTrade: [], Wallet: ["Withdraw"] }, ips: ["*"] })] }, "bybit/key-can-withdraw"],
] as const)("%s: nothing is read, and why", async (_case, change, code) => {
  expect(await snapshotOf(change as Change)).toMatchObject({ ok: false, failure: { code, facts: { next: expect.any(String) } } });
});

test("what belongs to two moments is read again, and is never used", async () => {
  const bought = listed("linear", [{ ...LONG, size: "2", positionIM: "12260.39", positionMM: "670.39" }]);
  const once = [listed("linear", [LONG]), bought];
  expect(sure(await snapshotOf({ [USDT]: once })).find(({ type }) => type === "holding")).toMatchObject({
    holding: { body: { positions: [{ size: { digits: 2n } }, {}] } },
  });
  const always = [listed("linear", [LONG]), bought, listed("linear", [LONG]), bought, listed("linear", [LONG]), bought];
  expect(await snapshotOf({ [USDT]: always })).toMatchObject({
    failure: { code: "bybit/torn-reading", facts: { position: "BTCUSDT:one-way", before: "Buy 1 60000 10" } },
  });
});

test("a mark that moves while it is read explains a difference in the wallet's sums, and only as far as it moved", async () => {
  // 61,000 then 62,000: 5 + 0.495 more maintenance of the long; the wallet was summed up in between
  const moved = { ...LONG, markPrice: "62000", positionIM: "6230.69", positionMM: "340.69" };
  const found = async (totalMaintenanceMargin: string) =>
    verdicts(
      sure(
        await snapshotOf({
          [USDT]: [listed("linear", [LONG]), listed("linear", [moved])],
          "account/wallet-balance?accountType,UNIFIED": [listed(undefined, [{ ...WALLET, totalMaintenanceMargin }])],
        }),
      ),
    );
  expect((await found("503"))["wallet maintenance margin"]).toBe("within");
  expect((await found("500"))["wallet maintenance margin"]).toBe("differs");
  expect((await found("503"))["BTCUSDT:one-way maintenance margin"]).toBe("same");
});

test("isolated: the wallet's sums are not compared, a position's liquidation price is, and its margin moving tears the reading", async () => {
  // posted 6,030.195; (60,000 - 6,030.195 / 0.99945 ... ) worked in worked.test.ts: here one tick decides
  const isolated = { ...LONG, positionBalance: "6029.7", positionIM: "6029.7", positionMM: "", liqPrice: "" };
  const info = { "account/info": [said({ marginMode: "ISOLATED_MARGIN", unifiedMarginStatus: 5 })] };
  const none = { [INVERSE]: [listed("inverse", [])] };
  const read = await snapshotOf({ ...info, ...none, [USDT]: [listed("linear", [isolated])] });
  const found = verdicts(sure(read));
  expect(Object.keys(found).filter((name) => name.startsWith("wallet"))).toEqual([]);
  expect(found["BTCUSDT:one-way initial margin"]).toBe("same");
  expect(found["BTCUSDT:one-way liquidation price"]).toBe("differs");
  const more = { ...isolated, positionBalance: "7000" };
  const pages = [isolated, more, isolated, more, isolated, more].map((each) => listed("linear", [each]));
  expect(await snapshotOf({ ...info, ...none, [USDT]: pages })).toMatchObject({
    failure: { code: "bybit/torn-reading" },
  });
});

test("what cannot be had is lost by its name, and the rest is read", async () => {
  const { feed } = await feedOf({ "spot-margin-trade/position-tiers": [refused(10_005)] }, { symbols: ["NOSUCH"] });
  const first = sure(await feed.snapshot());
  expect(lostOf(first)).toEqual([
    ["bybit:NOSUCH:mark", "bybit/unlisted"],
    ["bybit:debts", "bybit/debts-in-full"],
  ]);
  // a coin that counts as margin and has no ratios: the wallet is unknown, and says which
  const coins = [...WALLET.coin, { ...WALLET.coin[0]!, coin: "NEW" }];
  const read = sure(
    await snapshotOf({
      "account/wallet-balance?accountType,UNIFIED": [listed(undefined, [{ ...WALLET, coin: coins }])],
    }),
  );
  expect(lostOf(read)).toEqual([["bybit:NEW:index", "bybit/unlisted"]]);
  expect(rowsOf(read)).toEqual([]);
});

test("a table that lost its top row is refused, told once, and the last accepted one stands for a day", async () => {
  const RISK = "market/risk-limit?category,linear&symbol,BTCUSDT";
  const cut = { ...(ACCOUNT[RISK]![0] as Record<string, unknown>) };
  const short = listed("linear", (cut["result"] as { list: Record<string, unknown>[] }).list);
  const { client, feed } = await feedOf({ [RISK]: [ACCOUNT[RISK]![0]!, short] }, { termsEveryMs: 1 });
  const rows = async (at: number) => {
    replayClock(client, at);
    const events = sure(await feed.snapshot());
    const { body, source } = events.find((event) => event.type === "terms")!.terms;
    const { contracts } = body as { contracts: Record<string, { tiers: unknown[] } | undefined> };
    return [contracts["BTCUSDT"]?.tiers.length, lostOf(events), source.includes("kept from an earlier reading")];
  };
  expect(await rows(0)).toEqual([2, [], false]);
  expect(await rows(1_000)).toEqual([2, [["bybit:BTCUSDT:tables", "bybit/tiers-shrunk"]], true]);
  expect(await rows(2_000)).toEqual([2, [], true]);
  replayClock(client, 90_000_000);
  expect(await feed.snapshot()).toMatchObject({ failure: { code: "bybit/tiers-shrunk" } });
});

/** Moves the venue's clock and ours. */
function replayClock(client: Awaited<ReturnType<typeof bybitClient>>, byMs: number): void {
  client.nonce = () => NOON + byMs;
  const answer = async () => said({ timeNano: `${NOON + byMs}000000` });
  client.publicGetV5MarketTime = answer as unknown as typeof client.publicGetV5MarketTime;
}

test("before 2025-09-02 the entry price values a position", async () => {
  const { client, feed } = await feedOf();
  replayClock(client, Date.UTC(2025, 8, 1) - NOON);
  const events = sure(await feed.snapshot());
  expect(events.find(({ type }) => type === "holding")).toMatchObject({ holding: { rules: "entry-2022-12" } });
  expect(verdicts(events)["BTCUSDT:one-way maintenance margin"]).toBe("differs");
});

test("damaged bytes never become another account: it is refused, or the figure that changed is seen in the answer", async () => {
  const asked = Object.keys(ACCOUNT).filter((each) => /position\/list|wallet-balance|order|risk|fee-rate/.test(each));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...asked),
      fc.nat(),
      fc.constantFrom("x", "1e3", "NaN", "", "0x1", "--1", "1,0"),
      async (which, nat, junk) => {
        const body = JSON.stringify(ACCOUNT[which]![0]);
        const figures = [
          ...body.matchAll(
            /"(?:size|walletBalance|equity|leavesQty|markPrice|riskLimitValue|maintenanceMargin|takerFeeRate)":"(-?[\d.]+)"/g,
          ),
        ];
        const hit = figures[nat % Math.max(1, figures.length)];
        if (hit === undefined) return;
        const from = hit.index + hit[0].length - hit[1]!.length - 1;
        const damaged = body.slice(0, from) + junk + body.slice(from + hit[1]!.length);
        const read = await snapshotOf({ [which]: [damaged] });
        // "" stands for nothing only where the venue documents it: the rest of an order
        if (read.ok) expect([junk, which.startsWith("order")]).toEqual(["", true]);
        else expect(read.failure.code).toBe("bybit/unreadable");
      },
    ),
    { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 40) },
  );
});

test("the price of a coin is what the wallet values it at", async () => {
  const prices = sure(await snapshotOf()).flatMap((event) =>
    event.type === "price" ? [[event.key, event.kind, text(trim(event.price))]] : [],
  );
  expect(prices).toContainEqual([quoteKey("bybit:BTC:index"), "index", "61000"]);
  expect(prices).toContainEqual([quoteKey(`bybit:${SHORT.symbol}:mark`), "mark", "61000"]);
});

test("a recording does not hold the key, which the venue repeats in its answer about it", async () => {
  const [about] = ACCOUNT["user/query-api"]! as [{ result: object }];
  const answer = JSON.stringify(said({ ...about.result, apiKey: "the-key", secret: "the-secret" }));
  const server = createServer((_, response) => response.end(answer)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    const { port: localPort } = server.address() as AddressInfo;
    const client = await bybitClient({ key: "the-key", secret: "the-secret", localPort });
    const calls: RecordedCall[] = [];
    recordCalls(client, (call) => calls.push(call));
    expect(await askKey(client)).toMatchObject({ is: "said", withdraws: false });
    expect(calls).toMatchObject([{ to: "api.bybit.com/v5/user/query-api", params: "" }]);
    expect(JSON.stringify(calls)).not.toMatch(/the-key|the-secret/);
  } finally {
    server.close();
  }
});
