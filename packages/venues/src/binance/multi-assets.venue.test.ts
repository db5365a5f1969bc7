import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BookEvent } from "@plimsoll/core/book";
import { accountKey, holdingId, text, toNumber } from "@plimsoll/core/units";
import { applyEvent, noFacts } from "@plimsoll/core/turn";
import { afterAll, beforeAll, expect, test } from "vitest";
import { binanceClient } from "./client.ts";
import { binanceFeed } from "./feed.ts";
import { binance } from "./index.ts";
import { SNAPSHOT } from "./testing.ts";

const NOW = Date.UTC(2026, 10, 22);
const position = {
  ...{ symbol: "BTCUSDT", positionSide: "BOTH", positionAmt: "5", entryPrice: "100000", markPrice: "90000" },
  ...{ liquidationPrice: "65872.5", isolatedWallet: "0", marginAsset: "USDT", maintMargin: "1950", adl: 2 },
};
const wallet = (asset: string, crossWalletBalance: string) => ({
  asset,
  crossWalletBalance,
  openOrderInitialMargin: "0",
});
const index = (symbol: string, price: string, buffer: string) => ({
  ...{ symbol, time: NOW, index: price, bidBuffer: buffer, askBuffer: buffer },
});

/** What the venue answers, by path, in the shapes of its documentation: the desk worked by hand in unified.test.ts. */
const answers: Record<string, unknown> = {
  "/fapi/v1/time": { serverTime: NOW },
  "/sapi/v1/account/apiRestrictions": { enableWithdrawals: false, enableFutures: true, ipRestrict: true },
  "/fapi/v1/exchangeInfo": {
    serverTime: NOW,
    symbols: [
      {
        ...{ symbol: "BTCUSDT", marginAsset: "USDT", liquidationFee: "0.0125" },
        filters: [
          { filterType: "PRICE_FILTER", tickSize: "0.1" },
          { filterType: "LOT_SIZE", stepSize: "0.001", minQty: "0.001" },
          { filterType: "MIN_NOTIONAL", notional: "100" },
        ],
      },
    ],
  },
  "/fapi/v1/leverageBracket": [
    {
      symbol: "BTCUSDT",
      brackets: SNAPSHOT.symbols["BTCUSDT"]!.tiers.map(({ floor, cap, rate, amount, maxLeverage }) => ({
        ...{ notionalFloor: text(floor), notionalCap: text(cap), maintMarginRatio: text(rate) },
        ...{ cum: text(amount), initialLeverage: text(maxLeverage) },
      })),
    },
  ],
  "/fapi/v1/positionSide/dual": { dualSidePosition: false },
  "/fapi/v1/multiAssetsMargin": { multiAssetsMargin: true },
  "/fapi/v1/fundingInfo": [],
  "/fapi/v1/commissionRate": { symbol: "BTCUSDT", takerCommissionRate: "0.0005" },
  "/fapi/v3/account": { assets: [wallet("USDT", "1000"), wallet("BTC", "2")], positions: [position] },
  "/fapi/v3/positionRisk": [position],
  "/fapi/v1/symbolConfig": [{ symbol: "BTCUSDT", marginType: "CROSSED", leverage: 20 }],
  "/fapi/v1/openOrders": [],
  "/fapi/v1/openAlgoOrders": [],
  "/fapi/v1/premiumIndex": [
    { symbol: "BTCUSDT", markPrice: "90000", lastFundingRate: "0.0001", nextFundingTime: NOW + 3_600_000, time: NOW },
  ],
  "/fapi/v1/assetIndex": [index("USDTUSD", "1", "0.0001"), index("BTCUSD", "90000", "0.05")],
};
const server = createServer((request, response) => {
  const path = new URL(request.url ?? "/", "http://venue").pathname.replace(/^\/[^/]+/, "");
  const answer = answers[path];
  response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(answer ?? { code: -1, msg: `no ${path}` }));
});
let client: Awaited<ReturnType<typeof binanceClient>>;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  client = await binanceClient({ key: "key", secret: "secret", localPort: port, clock: () => NOW });
});
afterAll(async () => {
  await client.close();
  await new Promise((done) => server.close(done));
});

const snapshot = () => binanceFeed(client, { holding: holdingId("mine") }).snapshot();

test("an account in multi-assets mode through the real client: haircuts as terms, indices as prices, one account", async () => {
  const read = await snapshot();
  if (!read.ok) throw new Error(`${read.failure.code} ${JSON.stringify(read.failure.facts)}`);
  const facts = noFacts();
  for (const event of read.value) applyEvent(facts, event);
  const of = <T extends BookEvent["type"]>(type: T) =>
    read.value.find((event): event is Extract<BookEvent, { type: T }> => event.type === type)!;
  const [{ terms }, { holding }] = [of("terms"), of("holding")];
  expect(binance.engine.accounts(holding)).toEqual(["multi-assets"]);
  const scene = { now: holding.asOf, quotes: facts.quotes, terms };
  const { equity, lines } = binance.engine.assess(holding, accountKey("multi-assets"), scene);
  expect(equity.is === "known" && toNumber(equity.value)).toBe(121_995.1);
  expect(lines.map(({ required }) => toNumber(required))).toEqual([22_500, 1_950]);
  expect(of("parity").rows).toMatchObject([{ figure: "maintenance margin", verdict: "same" }]);
});

test("without the index of an asset the account is unknown, never worth nothing", async () => {
  const all = answers["/fapi/v1/assetIndex"];
  answers["/fapi/v1/assetIndex"] = [index("USDTUSD", "1", "0.0001")];
  const read = await snapshot();
  answers["/fapi/v1/assetIndex"] = { code: -1, msg: "busy" };
  const refused = await snapshot();
  answers["/fapi/v1/assetIndex"] = all;
  if (!read.ok) throw new Error(read.failure.code);
  const facts = noFacts();
  for (const event of read.value) applyEvent(facts, event);
  const terms = read.value.find((event) => event.type === "terms")!.terms;
  const holding = read.value.find((event) => event.type === "holding")!.holding;
  const { equity } = binance.engine.assess(holding, accountKey("multi-assets"), {
    now: holding.asOf,
    quotes: facts.quotes,
    terms,
  });
  expect(equity).toMatchObject({ is: "unknown", why: { code: "binance/no-asset-terms", facts: { asset: "BTC" } } });
  expect(refused.ok).toBe(false);
});
