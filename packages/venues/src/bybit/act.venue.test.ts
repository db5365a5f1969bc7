import { accountKey, holdingId } from "@plimsoll/core/units";
import { fixed, listings } from "@plimsoll/sim/exchange";
import { startBybit } from "@plimsoll/sim/exchange/bybit";
import { Desk, describeActor } from "@plimsoll/venues/exchange/testing";
import { bybitActor } from "./act.ts";
import { bybitClient } from "./client.ts";
import { bybitFeed } from "./feed.ts";
import { bybit } from "./index.ts";

const open = async () => {
  const running = await startBybit({
    instruments: [listings.BTCUSDT],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 0, 1, 0, 1),
    keys: [{ account: "me", key: "key", secret: "secret" }],
  });
  running.exchange.deposit("me", "USDT", "100000");
  const clock = () => running.exchange.now();
  const client = await bybitClient({ key: "key", secret: "secret", localPort: running.port, clock });
  await client.loadMarkets();
  const desk = new Desk(bybitFeed(client, { holding: holdingId("mine") }), bybitActor(client), bybit.engine);
  return { running, client, desk };
};

describeActor("bybit", {
  open,
  market: "BTC/USDT:USDT",
  instrument: "BTCUSDT",
  symbol: "BTCUSDT",
  asset: "USDT",
  account: accountKey("wallet"),
  unit: "1",
  calls: {
    order: "POST /v5/order/create",
    stop: "POST /v5/order/create",
    cancel: "POST /v5/order/cancel",
    shows: "GET /v5/order/realtime",
  },
  absent: { kind: "error", status: 200, code: 10_016, msg: "Internal server error", effect: false },
  band: { low: "90000" },
  ids: "used-once",
  doubled: "ambiguous",
  isolated: {
    isolate: (client) => client.setMarginMode("isolated"),
    pool: accountKey("wallet"),
    position: accountKey("BTCUSDT:one-way"),
    call: "POST /v5/position/add-margin",
  },
  hedged: {
    enter: (client) => client.setPositionMode(true, "BTC/USDT:USDT"),
    params: { long: { positionIdx: 1 }, short: { positionIdx: 2 } },
  },
  timer: /disconnected-cancel-all|dcp/i,
});
