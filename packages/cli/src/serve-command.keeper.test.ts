// The program as a person starts it: a real process of `plimsoll serve` against the simulated exchange, over its own protocol.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ActivityPage, Book } from "@plimsoll/server/contract";
import { type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Child, until } from "./testing/child.ts";
import { openDeskExchange } from "./testing/desk-exchange.ts";

const key = { account: "desk", key: "desk-key", secret: "desk-secret" } as const;
let exchange: RunningExchange;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-serve-"));
  exchange = await openDeskExchange([key]);
});
afterAll(async () => {
  await Child.endAll();
  await exchange.stop();
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

/** A config whose guard fires at once, in shadow. */
function configIn(dataDir: string): string {
  const file = join(folder, `${dataDir.replaceAll("/", "-")}.yaml`);
  writeFileSync(
    file,
    `plimsoll: config/1
dataDir: ${join(folder, dataDir)}
pollEvery: 1s
accounts:
  - { name: desk, venue: binance, keys: { read: { key: { env: DESK_KEY }, secret: { env: DESK_SECRET } } }, localPort: ${exchange.port} }
guards:
  - name: reduce early
    protects: desk
    when: { healthBelow: 100, urgentBelow: 99 }
    target: { health: 150 }
    do: [{ reduce: BTCUSDT, slippage: 0.5% }]
    confirm: 0s
`,
  );
  return file;
}

const serve = (args: readonly string[], identity: { readonly uid?: number; readonly gid?: number } = {}) =>
  new Child(["serve", ...args], { env: { DESK_KEY: key.key, DESK_SECRET: key.secret }, ...identity });

async function asked<T>(child: Child, path: string): Promise<T> {
  const { base, token } = await child.door();
  const reply = await fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(reply.status).toBe(200);
  return (await reply.json()) as T;
}

const positionSize = () => [...exchange.exchange.state.accounts.get("desk")!.positions.values()][0]!.size;

test("serve shows the account, a guard in shadow decides and sends nothing, SIGTERM ends it and leaves nothing behind", async () => {
  const config = configIn("data");
  const child = serve(["--config", config, "--port", "0"]);
  const account = await until(async () => {
    const { accounts } = await asked<Book>(child, "/api/v1/book");
    return accounts.find(({ health }) => health.is === "value");
  }, child);
  expect(account).toMatchObject({ holding: "desk", venue: "binance", coverage: "shadow" });
  expect(account.liquidation).toMatchObject({ is: "price", nearest: { quote: "binance:BTCUSDT:mark" } });

  const plan = await until(async () => {
    const { items } = await asked<ActivityPage>(child, "/api/v1/activity");
    expect(items.filter(({ kind }) => kind === "intent" || kind === "outcome")).toEqual([]);
    return items.find(({ kind }) => kind === "plan");
  }, child);
  expect(plan.title).toMatch(/^Shadow: would sell .*BTCUSDT, reduce only/);
  expect(plan.because.join(" ")).toMatch(/\d/);
  await sleep(1_500);
  expect(positionSize()).toBe(fixed("1.6"));
  expect(child.out).toContain("Shadow protects nobody");
  expect(child.out).toMatch(/First start\. Evidence will be signed by this key; write it down: [0-9a-f]{64}/);
  expect(child.out + child.errors).not.toContain(key.secret);

  // a second process on the same folder, while the first one runs
  const second = serve(["--config", config, "--port", "0"]);
  expect(await second.exit()).toBe(1);
  expect(second.errors).toContain(`the data folder ${join(folder, "data")} is in use by process ${child.pid}`);
  expect(second.errors).toMatch(/Next: .*stop that process/);

  // the port of the first one
  const { base } = await child.door();
  const taken = serve(["--config", configIn("other"), "--port", new URL(base).port]);
  expect(await taken.exit()).toBe(1);
  expect(taken.errors).toMatch(/port \d+ on 127\.0\.0\.1 is taken by another program[\s\S]*Next: stop that program/);

  expect(await child.end("SIGTERM")).toBe(0);
  await expect(fetch(`${base}/health`)).rejects.toThrow("fetch failed");
  // the same folder can be kept at once by another process: neither lock nor key stands in the way, and the key is the same
  const again = serve(["--config", config, "--port", "0"]);
  await again.door();
  await until(async () => (await asked<Book>(again, "/api/v1/book")).accounts[0], again);
  await sleep(1_500);
  expect(again.out).not.toContain("First start");
  expect(await again.end("SIGINT")).toBe(0);
});

test("a data folder that cannot be one is said plainly", async () => {
  writeFileSync(join(folder, "file"), "");
  const child = serve(["--config", configIn("file/data"), "--port", "0"]);
  expect(await child.exit()).toBe(1);
  expect(child.errors).toMatch(
    /the data folder .*file\/data cannot be written: [\s\S]*Next: the journal must be on a disk/,
  );
});

test("a data folder that may only be read is said plainly", async (context) => {
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
  mkdirSync(join(folder, "sealed"));
  chmodSync(join(folder, "sealed"), 0o555);
  const config = configIn("sealed");
  chmodSync(folder, 0o755);
  if (nobody !== undefined && !(await readableBy(nobody)))
    context.skip("this test runs as root and the checkout cannot be read by another user: permissions would not apply");
  const child = serve(["--config", config, "--port", "0"], nobody);
  expect(await child.exit()).toBe(1);
  expect(child.errors).toMatch(
    /the data folder .*sealed cannot be written: [\s\S]*Next: the journal must be on a disk/,
  );
  expect(readFileSync(config, "utf8")).toContain("sealed");
});

/** Whether another user may run this checkout at all. */
async function readableBy(identity: { readonly uid: number; readonly gid: number }): Promise<boolean> {
  try {
    const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "--version"], identity);
    return (await new Promise((settle) => child.once("close", settle).once("error", () => settle(-1)))) === 0;
  } catch {
    return false;
  }
}

test("a missing variable of a secret is named, and nothing is opened", async () => {
  const config = configIn("untouched");
  writeFileSync(config, readFileSync(config, "utf8").replace("DESK_KEY", "NOT_SET_ANYWHERE"));
  const child = serve(["--config", config, "--port", "0"]);
  expect(await child.exit()).toBe(1);
  expect(child.errors).toContain("the variable NOT_SET_ANYWHERE is not set");
});
