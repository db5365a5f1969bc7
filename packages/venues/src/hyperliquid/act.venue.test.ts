import { accountKey, holdingId } from "@plimsoll/core/units";
import { fixed } from "@plimsoll/sim/exchange";
import { coins, startHyperliquid } from "@plimsoll/sim/exchange/hyperliquid";
import { Desk, describeActor } from "@plimsoll/venues/exchange/testing";
import { keccak256, toHex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { hyperliquidActor } from "./act.ts";
import { hyperliquidClient } from "./client.ts";
import { hyperliquidFeed } from "./feed.ts";
import { hyperliquid } from "./index.ts";

const secret = keccak256(toHex("agent"));
const user = privateKeyToAddress(keccak256(toHex("me"))).toLowerCase();
const open = async () => {
  const running = await startHyperliquid({
    instruments: [coins.BTC],
    prices: new Map([["BTC", fixed("100000")]]),
    fund: new Map([["USDC", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 0, 1, 0, 1),
    keys: [{ account: user, key: privateKeyToAddress(secret).toLowerCase(), secret }],
  });
  running.exchange.deposit(user, "USDC", "100000");
  const client = await hyperliquidClient({
    user,
    secret,
    localPort: running.port,
    clock: () => running.exchange.now(),
  });
  await client.loadMarkets(true);
  const desk = new Desk(
    hyperliquidFeed(client, { holding: holdingId("mine") }),
    hyperliquidActor(client),
    hyperliquid.engine,
  );
  return { running, client, desk };
};

describeActor("hyperliquid", {
  open,
  market: "BTC/USDC:USDC",
  instrument: "BTC",
  symbol: "BTC",
  asset: "USDC",
  account: accountKey("cross"),
  unit: "1",
  calls: {
    order: "POST /exchange/order",
    stop: "POST /exchange/order",
    cancel: "POST /exchange/cancel",
    shows: "POST /info/orderStatus",
  },
  absent: { kind: "error", status: 500, code: 0, msg: "Internal server error", effect: false },
  band: { low: "10000" },
  ids: "used-once",
  doubled: "ambiguous",
  isolated: {
    isolate: (client) => client.setLeverage(20, "BTC/USDC:USDC", { marginMode: "isolated" }),
    pool: accountKey("cross"),
    position: accountKey("isolated:BTC"),
    call: "POST /exchange/updateIsolatedMargin",
  },
  timer: /scheduleCancel/,
});
