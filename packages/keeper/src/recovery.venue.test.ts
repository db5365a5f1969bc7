import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Guard } from "@plimsoll/core/policy";
import { createTurn } from "@plimsoll/core/turn";
import { dec, holdingId, ms, text } from "@plimsoll/core/units";
import { fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { binance, binanceActor, binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { pino } from "pino";
import { expect, test } from "vitest";
import { startKeeper } from "./keeper.ts";
import type { Written } from "./ledger.ts";
import { sha256 } from "./store/crypto.ts";
import { openStore } from "./store/open-store.ts";

const ME = holdingId("binance:me");
const guard: Guard = {
  ...{ id: "floor", name: "floor", scope: { holding: ME }, ladder: [], target: { want: "notice" }, mode: "armed" },
  trigger: { when: "health", line: "maintenance", below: dec("1.2"), release: dec("1.3"), urgent: dec("1.1") },
  stops: [{ instrument: "BTCUSDT", kind: "mark", place: { before: dec("0.1") } }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(60_000), maxAgeMs: ms(30_000), perDay: 10 },
};

test("a keeper that was away adopts what it finds: the position cut by hand, its stop gone; it says so and lets a new one lie there", async () => {
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
  exchange.deposit("me", "USDT", "20000");
  const client = await binanceClient({ key: "key", secret: "secret", localPort: running.port, clock });
  await client.loadMarkets();
  await client.createOrder("BTC/USDT:USDT", "market", "buy", 1);
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-recovery-"));
  const lying = () => [...exchange.state.conditionals.values()].filter(({ status }) => status === "NEW");

  /** A life of the keeper until its position is covered; what it wrote. */
  const live = async (): Promise<readonly Written[]> => {
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
    const written: Written[] = [];
    const isCovered = () => {
      const covers = keeper.value.coverage({ deadMan: () => "off" });
      return covers.length > 0 && covers.every(({ unprotectedMs }) => unprotectedMs === 0);
    };
    await new Promise<void>((resolve) =>
      keeper.value.onChange((news) => {
        written.push(...news);
        if (isCovered()) resolve();
      }),
    );
    await keeper.value.stop();
    await store.value.close();
    return written;
  };
  const alerts = (written: readonly Written[]) =>
    written.flatMap(({ record }) =>
      record.kind === "decided"
        ? record.decisions.flatMap((each) =>
            each.type === "alert" && /^(change|recovery)/.test(each.why.code) ? [each.why] : [],
          )
        : [],
    );

  expect(alerts(await live())).toEqual([]);
  expect(lying()).toMatchObject([{ side: "sell", clientId: expect.stringMatching(/^ps\./) }]);
  await client.createOrder("BTC/USDT:USDT", "market", "sell", 0.4, undefined, { reduceOnly: true });
  exchange.run({ type: "cancel-all-conditionals", account: "me", symbol: "BTCUSDT" });
  ahead += 120_000;
  exchange.run({ type: "clock" });

  const found = alerts(await live());
  expect(found.map(({ code }) => code)).toEqual(["change/unexplained", "recovery/back"]);
  expect(found[1]!.facts).toMatchObject({ stopsFound: "0", stopsMissing: "1" });
  expect(found[1]!.facts["changed"]).toContain("BTCUSDT from 1 to 0.6");
  const [stop] = lying();
  expect(text({ digits: stop!.size, scale: 8 })).toBe("0.60000000");
  await client.close();
  await running.stop();
  await rm(folder, { recursive: true });
});
