// Whether a venue's own timer would take away the stops on which positions rely, as doctor tells it and the coverage counts it.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Actor, Holding } from "@plimsoll/core/book";
import { dec, holdingId } from "@plimsoll/core/units";
import { type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { perpetuals, startDeribit } from "@plimsoll/sim/exchange/deribit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { connectAll } from "./connect.ts";
import { readConfig } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { runInTest } from "./run-in-test.ts";
import { watchStandings } from "./standing.ts";

const NAME = perpetuals.BTC.symbol;
const folder = mkdtempSync(join(tmpdir(), "plimsoll-timer-"));
const config = join(folder, "plimsoll.yaml");
let running: RunningExchange;

beforeAll(async () => {
  running = await startDeribit({
    instruments: [perpetuals.BTC],
    prices: new Map([[NAME, fixed("100000")]]),
    fund: new Map([["USDC", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.now(),
    clock: Date.now,
    keys: [{ account: "desk", key: "key", secret: "hush" }],
  });
  running.exchange.deposit("desk", "USDC", "20000");
  const order = { symbol: NAME, side: "buy", positionSide: "BOTH", type: "MARKET", timeInForce: "GTC" } as const;
  const rest = { price: 0n, size: fixed("1"), reduceOnly: false, clientId: "" };
  const bought = running.exchange.run({ type: "order", account: "desk", order: { ...order, ...rest } });
  if (!bought.ok) throw new Error(bought.failure.msg);
  vi.stubEnv("K", "key").stubEnv("S", "hush");
  const key = "{ key: { env: K }, secret: { env: S } }";
  writeFileSync(
    config,
    `plimsoll: config/1
dataDir: ${folder}
accounts: [{ name: desk, venue: deribit, localPort: ${running.port}, keys: { read: ${key}, trade: ${key} } }]
`,
  );
});
afterAll(async () => {
  await running.stop();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function connected() {
  const layers = readConfig(config, process.env, {});
  if (!layers.ok) throw new Error(layers.failure.code);
  const never = () => Promise.reject(new Error("nothing is asked"));
  const all = await connectAll(layers.value.config, keyRing(layers.value.config, process.env, never), process.env);
  if (!all.ok) throw new Error(JSON.stringify(all.failure));
  return all.value[0]!;
}

/** Switches the account's own setting over a connection of its owner, as its page does. */
async function setTimer(method: "enable" | "disable"): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${running.port}/ws/api/v2`);
  await once(socket, "open");
  const ask = async (id: number, name: string, params: object) => {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: name, params }));
    const [answer] = (await once(socket, "message")) as [Buffer];
    expect(JSON.parse(String(answer))).toMatchObject({ id, result: expect.anything() });
  };
  await ask(1, "public/auth", { grant_type: "client_credentials", client_id: "key", client_secret: "hush" });
  await ask(2, `private/${method}_cancel_on_disconnect`, { scope: "account" });
  socket.terminate();
}

async function placeStop(actor: Actor, holding: Holding): Promise<void> {
  const trigger = { kind: "mark", when: "at-or-below", at: dec("95000") } as const;
  const stop = { do: "stop", instrument: NAME, side: "sell", size: dec("1"), trigger } as const;
  const made = await actor.prepare("stop1", holding, stop);
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  expect(await actor.send(made.value)).toMatchObject({ is: "accepted" });
}
const examined = async () => {
  const { code, lines } = await runInTest("doctor", "--config", config, "--permissions");
  expect(lines).not.toContain("hush");
  return { code, lines };
};
const heard = async () => {
  const account = await connected();
  const standings = watchStandings([account], () => {});
  await standings.stop();
  await account.close();
  return standings.around().deadMan!(holdingId("desk"));
};

test("a timer is told; where a position relies on a stop that it would cancel, that is an error with both", async () => {
  const off = await examined();
  expect([off.code, off.lines]).toEqual([0, expect.stringContaining("no timer cancels the account's orders")]);
  expect(await heard()).toBe("off");

  await setTimer("enable");
  const idle = await examined();
  expect([idle.code, idle.lines]).toEqual([0, expect.stringContaining("resting stops would count as nothing")]);
  expect(await heard()).toBe("armed");

  const { connection, close } = await connected();
  const read = await connection.feed.snapshot();
  const holding = read.ok ? read.value.find((event) => event.type === "holding") : undefined;
  if (holding?.type !== "holding") throw new Error(JSON.stringify(read));
  await placeStop(connection.actor!, holding.holding);
  await close();
  const relied = await examined();
  expect(relied.code).toBe(1);
  expect(relied.lines).toMatch(
    /BUT +BTC\S+ relies on the stop \S+: sell 1 at 95000; a timer cancels the orders of each connection/,
  );

  await setTimer("disable");
  expect((await examined()).code).toBe(0);
});
