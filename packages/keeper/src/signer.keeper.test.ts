// The signer as a process of its own, killed at the worst moments: what it may send is known again, what it counted is kept, and
// nothing is done twice.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Action, Holding } from "@plimsoll/core/book";
import { assetId, dec } from "@plimsoll/core/units";
import { binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { expect, test } from "vitest";
import { SignerLine, signerActor, signerSocketIn } from "./signer/index.ts";
import { HOLDING } from "./testing/life.ts";
import { type Trial, openTrial } from "./testing/trial.ts";
import { oursWithEffect } from "./testing/trial-checks.ts";

const child = fileURLToPath(new URL("testing/signer-child.ts", import.meta.url));
const KEYS = { key: "me-key", secret: "me-secret" };
const order: Action = {
  ...{ do: "order", instrument: "BTCUSDT", side: "sell", size: dec("0.100"), limit: dec("90000.0"), reduceOnly: true },
};
const supply: Action = { do: "supply", asset: assetId("USDT"), amount: dec("60") };

async function startSigner({ folder, venue, clockAheadMs }: Trial, diesOnSend = false): Promise<ChildProcess> {
  const life = { folder: join(folder, "signer"), port: venue.port, ...KEYS, clockAheadMs: clockAheadMs(), diesOnSend };
  const running = spawn(process.execPath, [child, JSON.stringify(life)], { stdio: ["ignore", "pipe", "inherit"] });
  await once(running.stdout!, "data");
  return running;
}
async function kill(running: ChildProcess): Promise<void> {
  const ended = once(running, "exit");
  running.kill("SIGKILL");
  await ended;
}
async function holdingAt({ venue, clockAheadMs }: Trial): Promise<Holding> {
  const clock = () => Date.now() + clockAheadMs();
  const client = await binanceClient({ ...KEYS, localPort: venue.port, clock });
  const read = await binanceFeed(client, { holding: HOLDING, symbols: ["BTCUSDT"] }).snapshot();
  await client.close();
  const found = read.ok ? read.value.find((event) => event.type === "holding") : undefined;
  if (found?.type !== "holding") throw new Error(JSON.stringify(read));
  return found.holding;
}

test("killed between prepare and send, and just after the venue took it: one effect, and the counters stay", async () => {
  const trial = await openTrial({});
  let running = await startSigner(trial);
  const line = new SignerLine(signerSocketIn(join(trial.folder, "signer")), 0);
  const actor = signerActor(line, HOLDING);
  try {
    const holding = await holdingAt(trial);
    const before = trial.held();
    await actor.prepare("s1", holding, supply); // counted, though this venue has no such action
    const made = await actor.prepare("k1", holding, order);
    if (!made.ok) throw new Error(JSON.stringify(made.failure));
    await kill(running);
    await wait(20);
    expect(await actor.send(made.value)).toMatchObject({ is: "refused", remedy: "wait" });
    expect(line.away?.code).toBe("signer/away");
    expect(trial.held()).toBe(before);

    running = await startSigner(trial);
    expect(await actor.send(made.value)).toMatchObject({ is: "done" });
    expect(line.away).toBeUndefined();
    const again = await actor.prepare("s1", holding, supply);
    expect(again).toMatchObject({ failure: { code: "binance/no-such-action" } });
    expect(await actor.prepare("s2", holding, supply)).toMatchObject({
      failure: { code: "signer/over-limit", facts: { spent: "60", perDay: "100" } },
    });
    await kill(running);

    running = await startSigner(trial, true);
    const second = await actor.prepare("k2", await holdingAt(trial), order);
    if (!second.ok) throw new Error(JSON.stringify(second.failure));
    expect(await actor.send(second.value)).toMatchObject({ is: "ambiguous", why: { code: "signer/away" } });
    running = await startSigner(trial);
    expect(await actor.query(second.value)).toMatchObject({ is: "done" });
    expect(before - trial.held()).toBe(20_000_000n);
  } finally {
    await line.close();
    running.kill("SIGKILL");
    await trial.end();
  }
});

test("a keeper without keys acts through a signer that comes up after it; killed on sending, the rescue is done once", async () => {
  const trial = await openTrial({});
  const socket = signerSocketIn(join(trial.folder, "signer"));
  let running: ChildProcess | undefined;
  try {
    const first = trial.live({ killAt: "sent>ambiguous:after", signer: socket });
    await wait(500);
    running = await startSigner(trial, true);
    expect(await first).toContain("killed at sent>ambiguous:after");
    running = await startSigner(trial);
    expect(await trial.live({ signer: socket })).toContain("safe");
    expect(oursWithEffect(trial)).toHaveLength(1);
  } finally {
    running?.kill("SIGKILL");
    await trial.end();
  }
});
