// One bitcoin long at the simulated Binance, and lives of the real keeper over it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Guard } from "@plimsoll/core/policy";
import { createTurn } from "@plimsoll/core/turn";
import { holdingId, ms } from "@plimsoll/core/units";
import { fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { type Keeper, openStore, sha256, startKeeper } from "@plimsoll/keeper";
import { binance, binanceActor, binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { pino } from "pino";

export const ME = holdingId("binance:me");

/** Bought at 100,000 with this many dollars behind it. */
export async function longAtBinance(dollars: string) {
  let ahead = 0;
  const clock = () => ms(Date.now() + ahead);
  const running = await startBinance({
    instruments: [listings.BTCUSDT],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    ...{ seed: 7n, startAt: clock(), clock },
    keys: [{ account: "me", key: "key", secret: "secret" }],
  });
  const { exchange } = running;
  exchange.deposit("me", "USDT", dollars);
  const client = await binanceClient({ key: "key", secret: "secret", localPort: running.port, clock });
  await client.loadMarkets();
  await client.createOrder("BTC/USDT:USDT", "market", "buy", 1);
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-long-"));

  /** A life of the keeper on the journal of the lives before. */
  const live = async (guard: Guard): Promise<Keeper> => {
    const store = await openStore(folder);
    if (!store.ok) throw new Error(store.failure.code);
    const engineOf = () => binance.engine;
    const keeper = await startKeeper({
      ...{ store: store.value, turn: createTurn({ engineOf, sha256 }), engineOf, clock },
      connections: [{ holding: ME, feed: binanceFeed(client, { holding: ME }), actor: binanceActor(client) }],
      policy: { guards: [guard], reserves: [] },
      log: pino({ level: "silent" }),
      timing: { tickMs: 20, refreshMs: 100, pollMs: 5, settleMs: 50 },
    });
    if (!keeper.ok) throw new Error(keeper.failure.code);
    const stop = async () => {
      await keeper.value.stop();
      await store.value.close();
    };
    return { ...keeper.value, stop };
  };
  return {
    ...{ exchange, client, clock, live },
    pass: (forMs: number) => {
      ahead += forMs;
      exchange.run({ type: "clock" });
    },
    lying: () => [...exchange.state.conditionals.values()].filter(({ status }) => status === "NEW"),
    end: async () => {
      await client.close();
      await running.stop();
      await rm(folder, { recursive: true });
    },
  };
}
