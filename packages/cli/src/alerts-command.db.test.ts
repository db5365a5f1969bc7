// The troubles of a journal, the same on both engines, also while its keeper holds it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTurn } from "@plimsoll/core/turn";
import { ms, ok } from "@plimsoll/core/units";
import { createLog, openStore, sha256, startKeeper } from "@plimsoll/keeper";
import { engineOf } from "@plimsoll/venues";
import postgres from "postgres";
import { afterAll, expect, inject, test, vi } from "vitest";
import { readBookFile } from "./files/book-file.ts";
import { runInTest } from "./run-in-test.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-alerts-"));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A database of its own on the test server. */
async function newDatabase(name: string): Promise<string> {
  const url = new URL(inject("postgresUrl"));
  const sql = postgres({ host: url.searchParams.get("host")!, user: "postgres", max: 1, onnotice: () => undefined });
  await sql.unsafe(`create database ${name}`);
  await sql.end();
  url.pathname = `/${name}`;
  return url.href;
}

/** A loan at health 1.0125: danger. */
const loan = `plimsoll: book/1
accounts:
  - name: loan
    venue: aave-v3
    collateral: [10 WETH]
    debt: [24000 USDC]
    prices: { WETH: { price: 3000, unit: USD }, USDC: { price: 1, unit: USD } }
`;

async function keptBy(where: string) {
  const book = join(folder, "book.yaml");
  writeFileSync(book, loan);
  const read = readBookFile(book, ms(Date.now()));
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  const { events } = read.value;
  const store = await openStore(where);
  if (!store.ok) throw new Error(JSON.stringify(store.failure));
  const holding = events.find((event) => event.type === "holding")!.holding.id;
  const keeper = await startKeeper({
    ...{ store: store.value, turn: createTurn({ engineOf, sha256 }), engineOf },
    connections: [{ holding, feed: { snapshot: async () => ok(events), watch: async () => async () => {} } }],
    policy: { guards: [], reserves: [] },
    log: createLog("fatal", process.stderr, (text) => text),
  });
  if (!keeper.ok) throw new Error(JSON.stringify(keeper.failure));
  await vi.waitFor(() => expect(keeper.value.view().troubles).toHaveLength(1), { timeout: 10_000 });
  return async () => {
    await keeper.value.stop();
    await store.value.close();
  };
}

test.each(["sqlite", "postgres"])("alerts of a config on %s, while the keeper runs and after it", async (engine) => {
  const data = join(folder, engine);
  const where = engine === "sqlite" ? data : await newDatabase("alerts");
  vi.stubEnv("ALERTS_DATABASE", where);
  const config = join(folder, `${engine}.yaml`);
  const account = "{ name: desk, venue: binance, keys: { read: { key: { env: K }, secret: { env: S } } } }";
  const store = engine === "sqlite" ? "sqlite" : "{ postgres: { env: ALERTS_DATABASE } }";
  writeFileSync(config, `plimsoll: config/1\ndataDir: ${data}\nstore: ${store}\naccounts: [${account}]\n`);
  const before = await runInTest("alerts", "--config", config);
  expect([before.code, before.errors]).toEqual([1, expect.stringContaining("no journal")]);
  const stop = await keptBy(where);
  const during = await runInTest("alerts", "--config", config);
  expect([during.code, during.errors]).toEqual([12, ""]);
  expect(during.lines).toMatch(/danger +loan\/.*\/level/);
  await stop();
  expect((await runInTest("alerts", "--config", config, "--json")).code).toBe(12);
});

test("a server that is not there is an error without the password; a folder and a config are one too many", async () => {
  vi.stubEnv("ALERTS_DATABASE", "postgres://me:hush@127.0.0.1:1/none");
  const config = join(folder, "postgres.yaml");
  const { code, errors } = await runInTest("alerts", "--config", config);
  expect([code, errors]).toEqual([1, expect.stringContaining("127.0.0.1:1")]);
  expect(errors).not.toContain("hush");
  expect((await runInTest("alerts", "--config", config, "--data-dir", folder)).code).toBe(2);
});
