import { accountKey, holdingId } from "@plimsoll/core/units";
import { fixed, listings } from "@plimsoll/sim/exchange";
import { startOkx } from "@plimsoll/sim/exchange/okx";
import { Desk, describeActor } from "@plimsoll/venues/exchange/testing";
import { okxActor } from "./act.ts";
import { okxClient } from "./client.ts";
import { okxFeed } from "./feed.ts";
import { okx } from "./index.ts";

const login = { key: "key", secret: "secret", passphrase: "phrase" };
const open = async () => {
  const running = await startOkx({
    instruments: [listings.BTCUSDT],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 0, 1, 0, 1),
    keys: [{ account: "me", ...login }],
  });
  running.exchange.deposit("me", "USDT", "100000");
  const client = await okxClient({ ...login, localPort: running.port, clock: () => running.exchange.now() });
  await client.loadMarkets();
  client.options["defaultMarginMode"] = "cross";
  const desk = new Desk(okxFeed(client, { holding: holdingId("mine") }), okxActor(client), okx.engine);
  return { running, client, desk };
};

describeActor("okx", {
  open,
  market: "BTC/USDT:USDT",
  instrument: "BTC-USDT-SWAP",
  symbol: "BTCUSDT",
  asset: "USDT",
  account: accountKey("cross:USDT"),
  unit: "100",
  calls: {
    order: "POST /api/v5/trade/order",
    stop: "POST /api/v5/trade/order-algo",
    cancel: "POST /api/v5/trade/cancel-order",
    shows: "GET /api/v5/trade/order-algo",
  },
  absent: { kind: "error", status: 200, code: 51_603, msg: "Order does not exist", effect: false },
  band: { low: "90000" },
  ids: "used-once",
  doubled: "ambiguous",
  isolated: {
    isolate: async (client) => (client.options["defaultMarginMode"] = "isolated"),
    pool: accountKey("cross:USDT"),
    position: accountKey("BTC-USDT-SWAP:net"),
    call: "POST /api/v5/account/position/margin-balance",
  },
  hedged: {
    enter: (client) => client.setPositionMode(true),
    params: { long: { posSide: "long" }, short: { posSide: "short" } },
  },
  timer: /cancel-all-after/i,
});
