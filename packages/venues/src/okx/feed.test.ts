import type { BookEvent, Terms } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { accountKey, canonical, dec, holdingId, ms, text } from "@plimsoll/core/units";
import { type RecordedCall, readRecording } from "@plimsoll/venues/exchange";
import { expect, test } from "vitest";
import { okxFeed } from "./feed.ts";
import type { Body } from "./holding.ts";
import { okx } from "./index.ts";
import { readTerms } from "./read-terms.ts";
import {
  AT,
  BTC_TIERS,
  BTC_TIERS_CALL,
  FUTURES,
  LONG_BTC,
  MULTI,
  type Rows,
  SHORT_ETH,
  answered,
  answeredBytes,
  callsOf,
  position,
  replaying,
  tiers,
} from "./testing/recording.ts";

const holding = holdingId("mine");

/** What a feed reads from these answers, by way of the lines of a recording. */
async function snapshotOf(calls: readonly RecordedCall[]) {
  const lines = calls.map((call) => JSON.stringify(call)).join("\n");
  return okxFeed(await replaying(readRecording(lines)), { holding }).snapshot();
}

async function eventsOf(rows: Rows): Promise<readonly BookEvent[]> {
  const read = await snapshotOf(callsOf(rows));
  if (!read.ok) throw new Error(canonical(read.failure));
  return read.value;
}

const rowsOf = (events: readonly BookEvent[]) => events.flatMap((event) => (event.type === "parity" ? event.rows : []));
const lostOf = (events: readonly BookEvent[]) =>
  events.flatMap((event) => (event.type === "lost" ? [`${event.what} ${event.why.code}`] : []));

/** The holding and the scene that the engine would see. */
function worldOf(events: readonly BookEvent[]) {
  const held = events.find((event) => event.type === "holding")!.holding;
  const terms: Terms<unknown> = events.find((event) => event.type === "terms")!.terms;
  const quotes = new Map(
    events.flatMap((event) =>
      event.type === "price" ? [[event.key, { value: event.price, kind: event.kind, asOf: event.at }] as const] : [],
    ),
  );
  const scene: Scene<unknown> = { now: held.asOf, quotes, terms };
  expect(okx.engine.readable(held, terms)).toEqual({ ok: true, value: undefined });
  return { held, body: held.body as Body, scene };
}

test("futures mode: every figure of the venue's answers is ours", async () => {
  const events = await eventsOf(FUTURES);
  const rows = rowsOf(events);
  expect(rows.filter(({ verdict }) => verdict === "differs")).toEqual([]);
  expect(rows.map(({ of, figure }) => `${of} ${figure}`).toSorted()).toEqual([
    "BTC-USDT-SWAP:net liquidation price",
    "BTC-USDT-SWAP:net maintenance margin",
    "ETH-USDT-SWAP:net liquidation price",
    "ETH-USDT-SWAP:net maintenance margin",
    "ETH-USDT-SWAP:net margin ratio",
    "cross:USDT maintenance margin",
    "cross:USDT margin ratio",
  ]);
  expect(lostOf(events)).toEqual([]);
  const { held, body, scene } = worldOf(events);
  expect(held.asOf).toBe(AT);
  expect(body.funding[0]).toMatchObject({ everyMs: 8 * 3_600_000, next: Date.UTC(2026, 10, 22, 16) });
  const { lines } = okx.engine.assess(held, accountKey("cross:USDT"), scene);
  expect(lines.map(({ name, required }) => [name, text(required)])).toContainEqual(["maintenance", "909.000000"]);
  const prices = events.flatMap((event) => (event.type === "price" ? [[event.key, event.at]] : []));
  expect(prices).toEqual([
    ["okx:BTC-USDT-SWAP:mark", AT - 40],
    ["okx:ETH-USDT-SWAP:mark", AT - 40],
  ]);
});

test("multi-currency margin: adjusted equity, requirement and ratio are the venue's; a debt has its hourly rate", async () => {
  const events = await eventsOf(MULTI);
  const rows = rowsOf(events);
  expect(rows.map(({ figure, verdict }) => `${figure}: ${verdict}`)).toEqual([
    "adjusted equity: same",
    "maintenance margin: same",
    "margin ratio: within",
    "total equity: same",
    "maintenance margin: same",
  ]);
  const { held, body, scene } = worldOf(events);
  expect(body.interest).toEqual([{ coin: "USDT", rate: dec("0.000001"), next: Date.UTC(2026, 10, 22, 13) }]);
  const later = okx.engine.advance(held, ms(Date.UTC(2026, 10, 22, 14)), { ...scene }).body as Body;
  // two full hours: 1000 * 1.000001 ** 2
  expect(text(later.balances[0]!.cash)).toBe("-1000.002000001000000000");
});

test("spot margin: the ratio and price of a recorded row, by way of the venue's tables", async () => {
  // the row of 2023-01 quoted in worked.test.ts; its rate and fee are fitted there
  const row = position("LTC-USDT", {
    instType: "MARGIN",
    mgnMode: "isolated",
    pos: "12.00358728382",
    posCcy: "USDT",
    margin: "2",
    liab: "-0.113791",
    liabCcy: "LTC",
    markPx: "87.81",
    lever: "5",
    mmr: "0.4995993855",
    mgnRatio: "3.903466055555656",
    liqPx: "100.31430948814871",
  });
  const loanTier = { tier: "1", minSz: "0", maxSz: "1000", mmr: "0.05", baseMaxLoan: "1000", quoteMaxLoan: "100000" };
  const [account] = FUTURES["account/balance"] as [{ details: readonly object[] }];
  const details = [{ ...account.details[0], eq: "50000", isoEq: "0", isoUpl: "0", upl: "0", mmr: "", mgnRatio: "" }];
  const events = await eventsOf({
    ...FUTURES,
    "account/balance": [{ ...account, details }],
    "account/positions": [row],
    "public/instruments instId,LTC-USDT&instType,MARGIN": [
      {
        instId: "LTC-USDT",
        instType: "MARGIN",
        instFamily: "LTC-USDT",
        baseCcy: "LTC",
        quoteCcy: "USDT",
        tickSz: "0.01",
        lotSz: "0.0001",
      },
    ],
    "public/position-tiers instId,LTC-USDT&instType,MARGIN&tdMode,isolated": [loanTier],
    "account/trade-fee instId,LTC-USDT&instType,MARGIN": [{ taker: "-0.0015" }],
    "public/mark-price instType,MARGIN": [{ instType: "MARGIN", instId: "LTC-USDT", markPx: "87.81", ts: `${AT}` }],
    "account/interest-rate": [{ ccy: "LTC", interestRate: "0.000002" }],
  });
  expect(rowsOf(events).map(({ figure, verdict }) => `${figure}: ${verdict}`)).toEqual([
    "maintenance margin: same",
    "margin ratio: within",
    "liquidation price: within",
  ]);
  expect(worldOf(events).body.interest).toMatchObject([{ coin: "LTC" }]);
});

test("a coin that the owner took out of the collateral counts for nothing", async () => {
  const [account] = MULTI["account/balance"] as [{ details: readonly object[] }];
  const [usdt, btc] = account.details;
  const details = [usdt, { ...btc, collateralEnabled: false }];
  const { held, scene } = worldOf(
    await eventsOf({ ...MULTI, "account/balance": [{ ...account, details, adjEq: "1000" }] }),
  );
  const { equity } = okx.engine.assess(held, accountKey("cross"), scene);
  expect(equity.is === "known" && text(equity.value)).toMatch(/^1000(\.0+)?$/);
});

test("a tier table that is another one trips the parity that decides", async () => {
  const rows = rowsOf(
    await eventsOf({ ...FUTURES, [BTC_TIERS_CALL]: tiers(["0", "1000", "0.005"], ["1001", "5000", "0.006"]) }),
  );
  const tripped = rows.filter(({ verdict }) => verdict === "differs");
  expect(tripped.map(({ of, figure, decides }) => `${of} ${figure} ${decides}`)).toEqual([
    "cross:USDT maintenance margin true",
    "cross:USDT margin ratio false",
    "BTC-USDT-SWAP:net maintenance margin true",
    "BTC-USDT-SWAP:net liquidation price false",
  ]);
});

test.each([
  ["a row in the middle", [BTC_TIERS[0]!, { ...BTC_TIERS[1]!, tier: "3" }]],
  ["every row", []],
  ["a number", [{ ...BTC_TIERS[0]!, mmr: "" }]],
])("tiers that lost %s: the instrument is unknown, the rest is read", async (_what, rows) => {
  const events = await eventsOf({ ...FUTURES, [BTC_TIERS_CALL]: rows });
  expect(lostOf(events)).toEqual([expect.stringMatching(/^okx:BTC-USDT-SWAP:mark okx\/(bad-tiers|unreadable)$/)]);
  const { held, scene } = worldOf(events);
  expect(okx.engine.assess(held, accountKey("cross:USDT"), scene).equity.is).toBe("unknown");
  expect(okx.engine.assess(held, accountKey("ETH-USDT-SWAP:net"), scene).equity.is).toBe("known");
});

test("a table that shrank is refused: the last one stands and that is told once", async () => {
  const shorter = answered(BTC_TIERS_CALL, [BTC_TIERS[0]!]);
  const client = await replaying([...callsOf(FUTURES), shorter]);
  const feed = okxFeed(client, { holding, termsEveryMs: 0 });
  const whole = await feed.snapshot();
  const again = await feed.snapshot();
  const third = await feed.snapshot();
  if (!whole.ok || !again.ok || !third.ok) throw new Error("not read");
  expect(lostOf(again.value)).toEqual(["okx:contract:BTC-USDT-SWAP:cross:tables okx/tiers-shrunk"]);
  expect(lostOf(third.value)).toEqual([]);
  const terms = readTerms(worldOf(again.value).scene.terms.body);
  expect(terms.ok && terms.value.contracts["BTC-USDT-SWAP"]?.tiers).toHaveLength(2);
  expect(worldOf(again.value).scene.terms.source).toContain("kept from an earlier reading");
});

test.each([
  ["a position changed in between", [{ ...LONG_BTC, pos: "150" }, SHORT_ETH]],
  ["margin was moved in between", [LONG_BTC, { ...SHORT_ETH, margin: "4000" }]],
])("torn: %s", async (_what, rows) => {
  const torn = answered("account/positions", rows);
  const back = answered("account/positions", [LONG_BTC, SHORT_ETH]);
  // three attempts, each torn
  const calls = [...callsOf(FUTURES), torn, back, torn, back, torn];
  expect(await snapshotOf(calls)).toMatchObject({ ok: false, failure: { code: "okx/torn-reading" } });
  // the second attempt is whole
  expect(await snapshotOf([...callsOf(FUTURES), torn, back, back])).toMatchObject({ ok: true });
});

test.each([
  ["equity is not its parts", { eq: "58001" }],
  ["profit is not that of the positions", { upl: "9000", eq: "64000" }],
])("torn: %s", async (_what, fields) => {
  const [account] = FUTURES["account/balance"] as [{ details: readonly object[] }];
  const details = [{ ...account.details[0], ...fields }];
  const read = await snapshotOf(callsOf({ ...FUTURES, "account/balance": [{ ...account, details }] }));
  expect(read).toMatchObject({ ok: false, failure: { code: "okx/torn-reading", facts: { coin: "USDT" } } });
});

test.each([
  ["code with status 200", '{"code":"50011","msg":"Too Many Requests","data":[]}', "50011"],
  ["first row's code", '{"code":"0","msg":"","data":[{"sCode":"51000","sMsg":"Parameter instId error"}]}', "51000"],
])("a refusal by %s is a refusal", async (_what, body, code) => {
  const calls = [
    ...callsOf(FUTURES).filter(({ to }) => !to.endsWith("balance")),
    answeredBytes("account/balance", body),
  ];
  const read = await snapshotOf(calls);
  expect(read).toMatchObject({ ok: false, failure: { code: "okx/unreached", facts: { code, status: "200" } } });
});

test("a key that can withdraw is refused before anything else", async () => {
  const [config] = FUTURES["account/config"] as [object];
  const read = await snapshotOf(callsOf({ ...FUTURES, "account/config": [{ ...config, perm: "read_only,withdraw" }] }));
  expect(read).toMatchObject({ ok: false, failure: { code: "okx/key-can-withdraw" } });
});

test("portfolio margin is read and said to be unknown; spot mode is refused with what to do", async () => {
  const [config] = MULTI["account/config"] as [object];
  const portfolio = worldOf(await eventsOf({ ...MULTI, "account/config": [{ ...config, acctLv: "4" }] }));
  expect(portfolio.body.mode).toBe("portfolio");
  expect(okx.engine.assess(portfolio.held, accountKey("cross"), portfolio.scene).equity).toMatchObject({
    is: "unknown",
    why: { code: "okx/portfolio-margin" },
  });
  const spot = await snapshotOf(callsOf({ ...MULTI, "account/config": [{ ...config, acctLv: "1" }] }));
  expect(spot).toMatchObject({ ok: false, failure: { code: "okx/spot-mode" } });
});

test("funding at its bounds, every hour, and unknown where something is owed or not bounded", async () => {
  const { held, scene } = worldOf(await eventsOf(FUTURES));
  const worst = okx.engine.atWorstRates(held, scene);
  expect(worst.ok && (worst.value.body as Body).funding).toEqual([
    expect.objectContaining({ rate: dec("0.00375"), everyMs: 3_600_000, next: Date.UTC(2026, 10, 22, 13) }),
    // the short side pays a negative rate
    expect.objectContaining({ rate: dec("-0.00375"), everyMs: 3_600_000 }),
  ]);
  const owing = worldOf(await eventsOf(MULTI));
  expect(okx.engine.atWorstRates(owing.held, owing.scene)).toMatchObject({
    ok: false,
    failure: { code: "okx/no-bound" },
  });
  const name = "public/funding-rate instId,BTC-USDT-SWAP";
  const unbounded = worldOf(
    await eventsOf({ ...FUTURES, [name]: [{ ...(FUTURES[name]![0] as object), maxFundingRate: "" }] }),
  );
  expect(okx.engine.atWorstRates(unbounded.held, unbounded.scene)).toMatchObject({ ok: false });
});

test("all pages of the open orders are asked for; orders that open count toward the tier", async () => {
  const order = (ordId: string, fields: object = {}) => ({
    ordId,
    instId: "BTC-USDT-SWAP",
    instType: "SWAP",
    side: "buy",
    posSide: "net",
    sz: "10",
    accFillSz: "0",
    reduceOnly: "false",
    ...fields,
  });
  const first = Array.from({ length: 100 }, (_, index) => order(`${1_000 - index}`));
  const { body } = worldOf(
    await eventsOf({
      ...FUTURES,
      "trade/orders-pending": first,
      "trade/orders-pending after,901": [
        order("900", { side: "sell", sz: "260", accFillSz: "10" }),
        order("899", { reduceOnly: "true" }),
      ],
      "trade/orders-algo-pending ordType,trigger": [{ algoId: "7", instId: "BTC-USDT-SWAP", posSide: "net", sz: "" }],
    }),
  );
  expect(body.orders).toHaveLength(103);
  // selling 250 against 200 held opens 50
  expect(body.orders.slice(99).map(({ id, opens }) => [id, text(opens)])).toEqual([
    ["901", "10"],
    ["900", "50"],
    ["899", "0"],
    ["7", "0"],
  ]);
});
