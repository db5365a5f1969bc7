import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BookEvent } from "@plimsoll/core/book";
import { canonical, holdingId, text } from "@plimsoll/core/units";
import { afterAll, beforeAll, expect, test } from "vitest";
import { coinmClient } from "./client.ts";
import { coinmFeed } from "./feed.ts";
import { binanceCoinm } from "./index.ts";

const NOW = Date.UTC(2026, 10, 22);
const position = {
  ...{ symbol: "BTCUSD_PERP", positionSide: "BOTH", positionAmt: "2", entryPrice: "37643.10000021" },
  ...{ markPrice: "38103.05510455", liquidationPrice: "25119.97445760", leverage: "2", marginType: "isolated" },
  ...{ isolatedWallet: "0.00268058", maintMargin: "0.00002099" },
};
const bracket = (floor: number, cap: number, rate: number, cum: number, leverage: number) => ({
  ...{ initialLeverage: leverage, qtylFloor: floor, qtyCap: cap, maintMarginRatio: rate, cum },
});

/** What the venue answers, by path, in the shapes of its documentation; the position row is a real account's. */
const answers: Record<string, unknown> = {
  "/dapi/v1/time": { serverTime: NOW },
  "/sapi/v1/account/apiRestrictions": { enableWithdrawals: false, enableFutures: true, ipRestrict: true },
  "/dapi/v1/exchangeInfo": {
    serverTime: NOW,
    symbols: [
      {
        ...{ symbol: "BTCUSD_PERP", marginAsset: "BTC", contractSize: 100, liquidationFee: "0.010000" },
        filters: [
          { filterType: "PRICE_FILTER", tickSize: "0.1" },
          { filterType: "LOT_SIZE", stepSize: "1", minQty: "1" },
        ],
      },
    ],
  },
  "/dapi/v2/leverageBracket": [
    { symbol: "BTCUSD_PERP", brackets: [bracket(0, 5, 0.004, 0, 125), bracket(5, 1000, 0.005, 0.005, 1)] },
  ],
  "/dapi/v1/positionSide/dual": { dualSidePosition: false },
  "/dapi/v1/fundingInfo": [
    {
      symbol: "BTCUSD_PERP",
      adjustedFundingRateCap: "0.003",
      adjustedFundingRateFloor: "-0.003",
      fundingIntervalHours: 8,
    },
  ],
  "/dapi/v1/commissionRate": { symbol: "BTCUSD_PERP", takerCommissionRate: "0.0004" },
  "/dapi/v1/account": {
    assets: [{ asset: "BTC", crossWalletBalance: "0.09731942", openOrderInitialMargin: "0" }],
    positions: [position],
  },
  "/dapi/v1/positionRisk": [position],
  "/dapi/v1/openOrders": [],
  "/dapi/v1/openAlgoOrders": [],
  "/dapi/v1/premiumIndex": [
    {
      ...{ symbol: "BTCUSD_PERP", markPrice: "38103.05510455", lastFundingRate: "0.0001" },
      ...{ nextFundingTime: NOW + 3_600_000, time: NOW },
    },
  ],
};
const asked: string[] = [];
const server = createServer((request, response) => {
  const path = new URL(request.url ?? "/", "http://venue").pathname.replace(/^\/[^/]+/, "");
  asked.push(path);
  const answer = answers[path];
  response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(answer ?? { code: -1, msg: `no ${path}` }));
});
let client: Awaited<ReturnType<typeof coinmClient>>;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  client = await coinmClient({ key: "key", secret: "secret", localPort: port, clock: () => NOW });
});
afterAll(async () => {
  await client.close();
  await new Promise((done) => server.close(done));
});

test("a COIN-M account through the real client: terms, mark, holding and parity, from dapi alone", async () => {
  const read = await coinmFeed(client, { holding: holdingId("mine") }).snapshot();
  if (!read.ok) throw new Error(`${read.failure.code} ${JSON.stringify(read.failure.facts)}`);
  const of = <T extends BookEvent["type"]>(type: T) =>
    read.value.find((event): event is Extract<BookEvent, { type: T }> => event.type === type)!;
  const [{ terms }, { holding }, price, parity] = [of("terms"), of("holding"), of("price"), of("parity")];
  expect([terms.venue, terms.rules, holding.venue]).toEqual(["binance-coinm", "coinm-2025-09", "binance-coinm"]);
  expect(price).toMatchObject({ key: "binance-coinm:BTCUSD_PERP:mark", kind: "mark" });
  expect(binanceCoinm.engine.readable(holding, terms)).toEqual({ ok: true, value: undefined });
  expect(terms.body).toMatchObject({
    symbols: { BTCUSD_PERP: { contractSize: "100", minNotional: "0", takerFee: "0.0004", funding: { cap: "0.003" } } },
  });
  expect(binanceCoinm.engine.accounts({ ...holding, body: JSON.parse(canonical(holding.body)) as unknown })).toEqual([
    "cross:BTC",
    "BTCUSD_PERP:BOTH",
  ]);
  // 0.00524892 at 0.4 %: the venue's maintenance is ours, and its printed price within the tolerance of a row
  const rows = parity.rows.map(({ figure, ours, verdict }) => [
    figure,
    ours === "none" ? ours : text(ours).slice(0, 10),
    verdict,
  ]);
  expect(rows).toEqual([
    ["maintenance margin", "0.00002099", "within"],
    ["liquidation price", "25119.9744", "within"],
  ]);
  expect(asked.filter((path) => path.startsWith("/fapi"))).toEqual([]);
});

test("another table than the venue charges by is told: its maintenance decides", async () => {
  const table = answers["/dapi/v2/leverageBracket"];
  answers["/dapi/v2/leverageBracket"] = [
    { symbol: "BTCUSD_PERP", brackets: [bracket(0, 5, 0.005, 0, 125), bracket(5, 1000, 0.006, 0.005, 1)] },
  ];
  const read = await coinmFeed(client, { holding: holdingId("mine") }).snapshot();
  answers["/dapi/v2/leverageBracket"] = table;
  const parity = read.ok && read.value.find((event) => event.type === "parity");
  expect(parity).toMatchObject({ rows: [{ verdict: "differs", decides: true }, {}] });
});
