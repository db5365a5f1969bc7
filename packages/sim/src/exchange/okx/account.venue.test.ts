import type { RunningExchange } from "@plimsoll/sim/exchange";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BTC, BTC_ID, type OkxClient, clientOf, codeOf, keyOf, openOkx } from "./testing/okx-venue.ts";

let running: RunningExchange;
let client: OkxClient;
beforeAll(async () => {
  running = await openOkx(["alice", "hedger", "apart"]);
  client = await clientOf(running, "alice");
});
afterAll(async () => {
  await client.close();
  await running.stop();
});

test("the client reads markets, tiers, prices and depth, in contracts", async () => {
  expect(Object.keys(client.markets ?? {}).toSorted()).toEqual([BTC, "ETH/USDT:USDT"]);
  // a lot of 0.001 coins is a tenth of a contract of 0.01
  expect(client.market(BTC)).toMatchObject({
    id: BTC_ID,
    linear: true,
    contractSize: 0.01,
    precision: { price: 0.1, amount: 0.1 },
  });
  // 300,000 at 100,000 is 3 coins
  const tiers = await client.fetchMarketLeverageTiers(BTC);
  expect(tiers.slice(0, 2).map(({ info }) => [info.minSz, info.maxSz, info.mmr, info.maxLever])).toEqual([
    ["0", "300.0", "0.004", "150"],
    ["300.1", "800.0", "0.005", "100"],
  ]);
  const funding = await client.fetchFundingRate(BTC);
  expect([funding.fundingTimestamp, funding.interval]).toEqual([Date.UTC(2026, 0, 1, 8), "8h"]);
  const { bids, asks } = await client.fetchOrderBook(BTC, 5);
  expect([bids.length, asks.length, bids[0]?.[0], asks[0]?.[0]]).toEqual([5, 5, 99_995, 100_005]);
  expect((await client.fetchTicker(BTC)).ask).toBe(100_005);
  expect(await client.fetchTime()).toBe(running.exchange.now());
});

test("balance and positions are the exchange's exact figures", async () => {
  await client.createOrder(BTC, "market", "buy", 100);
  const [position] = await client.fetchPositions();
  expect(position?.info).toMatchObject({
    instId: BTC_ID,
    mgnMode: "cross",
    posSide: "net",
    pos: "100.0",
    avgPx: "100005",
    markPx: "100000",
    upl: "-5",
    mmr: "400",
    imr: "5000",
    margin: "",
    lever: "20",
    // 99,949.9975 + (p - 100,005) = 0.004 p at 55.2234: on the tick above, against the owner
    liqPx: "55.3",
    // (99,949.9975 - 5) / 400
    mgnRatio: "249.86249375",
  });
  expect(position).toMatchObject({ symbol: BTC, side: "long", contracts: 100, contractSize: 0.01 });
  const { info } = await client.fetchBalance();
  const [account] = (info as { readonly data: readonly { readonly details: readonly object[] }[] }).data;
  // 100,000 less the commission of 0.05 %
  expect(account?.details[0]).toMatchObject({
    ccy: "USDT",
    cashBal: "99949.9975",
    eq: "99944.9975",
    upl: "-5",
    availEq: "94944.9975",
    imr: "5000",
    mmr: "400",
    mgnRatio: "249.86249375",
  });
  await client.createOrder(BTC, "market", "sell", 100);
  expect(await client.fetchPositions()).toEqual([]);
});

test("an isolated position: the order says so, margin moves, and its ratio is its own", async () => {
  const apart = await clientOf(running, "apart");
  await apart.setLeverage(10, BTC, { mgnMode: "isolated" });
  const buy = (tdMode: string) => apart.createOrder(BTC, "market", "buy", 10, undefined, { tdMode });
  await buy("isolated");
  // one symbol has one margin mode here
  expect(await codeOf(buy("cross"))).toBe(51_000);
  const row = async () => (await apart.fetchPositions())[0]?.info;
  expect(await row()).toMatchObject({ mgnMode: "isolated", margin: "1000.05", imr: "", mgnRatio: "24.98875" });
  const move = (type: string, amt: string) =>
    apart.privatePostAccountPositionMarginBalance({ instId: BTC_ID, posSide: "net", type, amt });
  await move("add", "500");
  await move("reduce", "100");
  expect((await row())?.margin).toBe("1400.05");
  expect(await codeOf(move("add", "1000000"))).toBe(59_200);
  const [account] = (await apart.privateGetAccountBalance())["data"];
  // 100,000 less 1,400.05 posted and 0.05 % of 10,000.5; the loss of 0.5 lies in the isolated equity
  expect(account.details[0]).toMatchObject({ cashBal: "98594.94975", isoEq: "1399.55", isoUpl: "-0.5", mgnRatio: "" });
  await apart.close();
});

test("long/short mode: each side by its own name, and none closes more than it is", async () => {
  const hedger = await clientOf(running, "hedger");
  await hedger.setPositionMode(true);
  expect((await hedger.privateGetAccountConfig())["data"][0].posMode).toBe("long_short_mode");
  const trade = (side: "buy" | "sell", size: number, posSide: string) =>
    hedger.createOrder(BTC, "market", side, size, undefined, { posSide });
  expect(await codeOf(trade("sell", 10, "long"))).toBe(51_169);
  await trade("buy", 100, "long");
  await trade("sell", 100, "short");
  const rows = async () => (await hedger.fetchPositions()).map(({ info }) => [info.posSide, info.pos]);
  expect(await rows()).toEqual([
    ["long", "100.0"],
    ["short", "100.0"],
  ]);
  expect(await codeOf(trade("buy", 10, "net"))).toBe(51_000);
  expect(await codeOf(trade("sell", 110, "long"))).toBe(51_112);
  await trade("sell", 40, "long");
  expect((await rows())[0]).toEqual(["long", "60.0"]);
  expect(await codeOf(hedger.setPositionMode(false))).toBe(59_000);
  await hedger.close();
});

test("who calls is checked: key, passphrase, time and signature, also of what is posted", async () => {
  const wrong = async (
    change: (one: OkxClient) => void,
    call: (one: OkxClient) => Promise<unknown> = (one) => one.fetchBalance(),
  ) => {
    const other = await clientOf(running, "alice");
    change(other);
    const code = await codeOf(call(other));
    await other.close();
    return code;
  };
  const order = (one: OkxClient) => one.createOrder(BTC, "market", "buy", 10);
  const at = (skewMs: number) => wrong((one) => void (one.nonce = () => running.exchange.now() + skewMs));
  expect(await wrong((one) => void (one.apiKey = "nobody"))).toBe(50_111);
  expect(await wrong((one) => void (one.password = "other"))).toBe(50_105);
  expect(await wrong((one) => void (one.secret = "other"))).toBe(50_113);
  expect(await wrong((one) => void (one.secret = "other"), order)).toBe(50_113);
  expect([await at(30_001), await at(-30_001)]).toEqual([50_102, 50_102]);
  expect([await at(30_000), await at(-30_000)]).toEqual([Number.NaN, Number.NaN]);
  expect(await client.fetchPositions()).toEqual([]);
  // what was signed is the body that came
  const { url, headers } = client.sign("trade/order", "private", "POST", { instId: BTC_ID, sz: "1", clOrdId: "a" });
  const changed = await fetch(url, { method: "POST", headers: headers as HeadersInit, body: '{"sz":"2"}' });
  expect([changed.status, ((await changed.json()) as { readonly code: string }).code]).toEqual([401, "50113"]);
});

test("a key says what it may do, and one that may not trade does not", async () => {
  const keys = [
    { ...keyOf("reader"), trade: false },
    { ...keyOf("thief"), withdraw: true },
  ];
  const other = await openOkx([], { keys });
  const [reader, thief] = [await clientOf(other, "reader"), await clientOf(other, "thief")];
  const said = async (one: OkxClient) => (await one.privateGetAccountConfig())["data"][0].perm;
  expect([await said(reader), await said(thief)]).toEqual(["read_only", "read_only,trade,withdraw"]);
  expect(await codeOf(reader.createOrder(BTC, "market", "buy", 10))).toBe(50_120);
  expect(await reader.fetchPositions()).toEqual([]);
  await Promise.all([reader.close(), thief.close()]);
  await other.stop();
});

test("what is not understood is refused: parameters, instruments, paths", async () => {
  expect(await codeOf(client.publicGetPublicInstruments({ instType: "SWAP", colour: "blue" }))).toBe(51_000);
  expect(await codeOf(client.publicGetPublicFundingRate({ instId: "XRP-USDT-SWAP" }))).toBe(51_001);
  expect(await codeOf(client.privateGetTradeOrdersAlgoPending({}))).toBe(51_000);
  expect(await codeOf(client.publicGetPublicOpenInterest({ instType: "SWAP" }))).toBe(404);
});
