import { accountKey, dec, holdingId } from "@plimsoll/core/units";
import { fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { Desk, describeActor, stopOf } from "@plimsoll/venues/exchange/testing";
import { expect, test } from "vitest";
import { binanceActor } from "./act.ts";
import { binanceClient } from "./client.ts";
import { binanceFeed } from "./feed.ts";
import { binance } from "./index.ts";

const CROSS = accountKey("cross:USDT");
const open = async () => {
  const running = await startBinance({
    instruments: [listings.BTCUSDT],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 10, 22),
    keys: [{ account: "me", key: "key", secret: "secret" }],
  });
  running.exchange.deposit("me", "USDT", "100000");
  const clock = () => running.exchange.now();
  const client = await binanceClient({ key: "key", secret: "secret", localPort: running.port, clock });
  await client.loadMarkets();
  const desk = new Desk(binanceFeed(client, { holding: holdingId("mine") }), binanceActor(client), binance.engine);
  return { running, client, desk };
};

describeActor("binance", {
  open,
  market: "BTC/USDT:USDT",
  instrument: "BTCUSDT",
  symbol: "BTCUSDT",
  asset: "USDT",
  account: CROSS,
  unit: "1",
  calls: {
    order: "POST /fapi/v1/order",
    stop: "POST /fapi/v1/algoOrder",
    cancel: "DELETE /fapi/v1/order",
    shows: "GET /fapi/v1/algoOrder",
  },
  absent: { kind: "error", status: 400, code: -2013, msg: "Order does not exist.", effect: false },
  band: { low: "90000", edge: "95000" },
  ids: "while-open",
  doubled: "ambiguous",
  isolated: {
    isolate: (client) => client.setMarginMode("isolated", "BTC/USDT:USDT"),
    pool: CROSS,
    position: accountKey("BTCUSDT:BOTH"),
    call: "POST /fapi/v1/positionMargin",
  },
  hedged: {
    enter: (client) => client.setPositionMode(true),
    params: { long: { positionSide: "LONG" }, short: { positionSide: "SHORT" } },
  },
  timer: /countdown/i,
});

test("a stop of everything has no limit, and in hedge mode says its side", async () => {
  const { running, client, desk } = await open();
  const stop = stopOf("BTCUSDT");
  await client.setPositionMode(true);
  await client.createOrder("BTC/USDT:USDT", "market", "buy", 1, undefined, { positionSide: "LONG" });
  expect((await desk.actor.send(await desk.prepare(stop("all", "95000")))).is).toBe("accepted");
  expect(await desk.lying(CROSS)).toEqual(["BTCUSDT sell all reduce-only at-or-below 95000 mark"]);
  expect(await desk.apply(stop("all", "95000", { limit: dec("94000") }))).toMatchObject({
    ok: false,
    failure: { code: "binance/no-limit-of-all" },
  });
  await client.close();
  await running.stop();
});
