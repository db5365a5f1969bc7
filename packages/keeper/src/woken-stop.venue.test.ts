import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Guard } from "@plimsoll/core/policy";
import { createTurn } from "@plimsoll/core/turn";
import { dec, holdingId, ms } from "@plimsoll/core/units";
import { fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { binance, binanceActor, binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { pino } from "pino";
import { expect, test } from "vitest";
import { startKeeper } from "./keeper.ts";
import { sha256 } from "./store/crypto.ts";
import { openStore } from "./store/open-store.ts";

const ME = holdingId("binance:me");
/** A stop-limit at 95,000 that takes no less than 94,905. */
const guard: Guard = {
  ...{ id: "floor", name: "floor", scope: { holding: ME }, ladder: [], target: { want: "notice" }, mode: "armed" },
  trigger: { when: "health", line: "maintenance", below: dec("1.2"), release: dec("1.3"), urgent: dec("1.1") },
  stops: [{ instrument: "BTCUSDT", kind: "mark", place: { at: dec("95000") }, through: dec("0.001") }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(60_000), maxAgeMs: ms(30_000), perDay: 10 },
};

test("a stop-limit that the market jumped over, long after it was placed, is cancelled and its position closed within bounds, once", async () => {
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
  exchange.deposit("me", "USDT", "30000");
  const client = await binanceClient({ key: "key", secret: "secret", localPort: running.port, clock });
  await client.loadMarkets();
  await client.createOrder("BTC/USDT:USDT", "market", "buy", 1);
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-woken-"));
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
  const { view, onChange, stop } = keeper.value;
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const off = onChange(() => {
        if (!isSo()) return;
        off();
        resolve();
      });
    });
  const ours = () => [...exchange.state.orders.values()].filter(({ clientId }) => /^p[ls]\./.test(clientId));
  const held = () => exchange.state.accounts.get("me")?.positions.values().next().value?.size ?? 0n;

  await until(() => [...exchange.state.conditionals.values()].some(({ status }) => status === "NEW"));
  await until(() => view().open.length === 0); // the intent that placed it has ended
  exchange.setReference("BTCUSDT", "94000");
  expect(ours()).toMatchObject([{ clientId: expect.stringMatching(/^ps\./), status: "NEW", price: fixed("94905") }]);
  await until(() => view().holdings[0]!.asOf > clock() - 50); // read once as it lies there
  await until(() => view().holdings[0]!.asOf > clock() - 50);
  ahead += 6_000;
  exchange.run({ type: "clock" });
  await until(() => held() === 0n && view().open.length === 0);

  const [woken, ...closing] = ours();
  expect([woken!.status, closing.length]).toEqual(["CANCELED", 1]);
  expect(closing[0]).toMatchObject({ status: "FILLED", reduceOnly: true, size: fixed("1") });
  expect(closing[0]!.price).toBeGreaterThanOrEqual(fixed("89000")); // 5 % from a mark of about 94,000
  expect(view().troubles?.map(({ identity }) => identity)).toContain(`${ME}/cross:USDT/guard:floor/stop/woke-unfilled`);
  await stop();
  await store.value.close();
  await client.close();
  await running.stop();
  await rm(folder, { recursive: true });
});
