// Two programs as a person starts them: one holds the key that sends, the other decides and has none.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Action, Holding } from "@plimsoll/core/book";
import { dec, holdingId } from "@plimsoll/core/units";
import { SignerLine, signerActor, signerSocketIn } from "@plimsoll/keeper";
import type { Cover } from "@plimsoll/server/contract";
import type { RunningExchange } from "@plimsoll/sim/exchange";
import { binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { runInTest } from "./run-in-test.ts";
import { Child, until } from "./testing/child.ts";
import { openDeskExchange } from "./testing/desk-exchange.ts";

const read = { account: "desk", key: "read-key", secret: "read-secret", trade: false } as const;
const trade = { account: "desk", key: "trade-key", secret: "trade-secret" } as const;
const thief = { account: "desk", key: "thief-key", secret: "thief-secret", withdraw: true } as const;
const desk = holdingId("desk");
let exchange: RunningExchange;
let folder = "";
let config = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-signer-"));
  exchange = await openDeskExchange([read, trade, thief]);
  config = join(folder, "plimsoll.yaml");
  writeFileSync(
    config,
    `plimsoll: config/1
dataDir: ${folder}
pollEvery: 1s
signer: true
accounts:
  - name: desk
    venue: binance
    localPort: ${exchange.port}
    keys:
      read: { key: { env: READ_KEY }, secret: { env: READ_SECRET } }
      trade: { key: { env: TRADE_KEY }, secret: { env: TRADE_SECRET } }
    limits: { instruments: [BTCUSDT], perDay: [2 BTCUSDT, 15000 USDC] }
guards:
  - name: reduce early
    protects: desk
    when: { healthBelow: 100, urgentBelow: 99 }
    target: { health: 150 }
    do: [{ reduce: BTCUSDT, slippage: 0.5% }]
    confirm: 0s
    mode: armed
`,
  );
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => {
  await Child.endAll();
  await exchange.stop();
  rmSync(folder, { recursive: true, force: true });
});

const serve = () =>
  new Child(["serve", "--config", config, "--port", "0"], {
    env: { READ_KEY: read.key, READ_SECRET: read.secret },
  });
const tradeEnvironment = { TRADE_KEY: trade.key, TRADE_SECRET: trade.secret };

const position = () => [...exchange.exchange.state.accounts.get("desk")!.positions.values()][0]!.size;

/** What counts as no protection of the desk's position, as the API of `serve` says it. */
async function notBy(child: Child): Promise<readonly string[]> {
  const { base, token } = await child.door();
  const reply = await fetch(`${base}/api/v1/coverage`, { headers: { authorization: `Bearer ${token}` } });
  const { items } = (await reply.json()) as { readonly items: readonly Cover[] };
  return items.flatMap((cover) => cover.notBy.map(({ code, facts }) => `${code}: ${facts["detail"] ?? ""}`));
}
const isAway = async (child: Child) => (await notBy(child)).some((reason) => reason.includes("signer away"));

async function holdingNow(): Promise<Holding> {
  const client = await binanceClient({ ...read, localPort: exchange.port });
  const seen = await binanceFeed(client, { holding: desk, symbols: ["BTCUSDT"] }).snapshot();
  await client.close();
  const found = seen.ok ? seen.value.find((event) => event.type === "holding") : undefined;
  if (found?.type !== "holding") throw new Error(JSON.stringify(seen));
  return found.holding;
}
const hedge = (size: string): Action => ({
  ...{ do: "order", instrument: "BTCUSDT", side: "sell", size: dec(size), limit: dec("99900.0"), reduceOnly: false },
  hedges: "desk/cross",
});

test("a guard acts through the signer, with a key that serve does not have; killed, the signer is told to be away", async () => {
  const before = position();
  const watching = serve();
  await until(() => (watching.errors.includes("signer away") ? true : undefined), watching);
  expect(watching.errors).toContain("until then no guard protects anybody");
  await until(async () => ((await isAway(watching)) ? true : undefined), watching);
  expect(position()).toBe(before);

  const signing = new Child(["signer", "--config", config], { env: tradeEnvironment });
  await until(() => (signing.out.includes("Signs at") ? true : undefined), signing);
  expect(signing.out).toContain("reduces positions and places stops in BTCUSDT");
  expect(signing.out).toContain("opens hedges in BTCUSDT, 2 in any 24 hours at most");
  expect(signing.out).toContain("supplies, repays or moves as margin 15000 USDC in any 24 hours at most");
  await until(() => (position() < before ? true : undefined), watching);
  await until(async () => ((await isAway(watching)) ? undefined : true), watching);
  const environment = readFileSync(`/proc/${watching.pid}/environ`, "utf8");
  expect(environment).toContain(read.secret);
  expect(environment).not.toContain(trade.secret);

  const line = new SignerLine(signerSocketIn(folder), 0);
  const actor = signerActor(line, desk);
  const holding = await holdingNow();
  expect(await actor.prepare("h1", holding, hedge("1.5"))).toMatchObject({ ok: true });
  expect(await actor.prepare("h2", holding, hedge("0.6"))).toMatchObject({
    failure: { code: "signer/over-limit", facts: { asked: "0.6", spent: "1.5", perDay: "2" } },
  });
  for (const [name, value] of Object.entries(tradeEnvironment)) vi.stubEnv(name, value);
  expect(await runInTest("signer", "--config", config)).toMatchObject({
    ...{ code: 1, lines: "", errors: expect.stringContaining("another signer runs there") },
  });
  await signing.end("SIGKILL");
  await line.close();
  await until(async () => ((await isAway(watching)) ? true : undefined), watching);
  expect(await watching.end("SIGTERM")).toBe(0);
  for (const child of [watching, signing]) expect(child.out + child.errors).not.toMatch(/(read|trade)-secret/);
});

test("a key that can withdraw is refused, and nothing is served", async () => {
  vi.stubEnv("TRADE_KEY", thief.key).stubEnv("TRADE_SECRET", thief.secret);
  const refused = await runInTest("signer", "--config", config);
  expect(refused).toMatchObject({ code: 1, lines: "" });
  expect(refused.errors).toMatch(/withdraw/);
});
