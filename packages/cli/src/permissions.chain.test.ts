// What a wallet holds and allowed, read from a real chain with the real contracts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dec } from "@plimsoll/core/units";
import { type Chain, openDemoPosition, startChain, testAccount, transact } from "@plimsoll/sim/chain";
import { toHex } from "viem";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { BlastRadius } from "./blast-radius.ts";
import { runInTest } from "./run-in-test.ts";

const PAYER = 12;
const folder = mkdtempSync(join(tmpdir(), "plimsoll-permissions-"));
const config = join(folder, "plimsoll.yaml");
let chain: Chain;
beforeAll(async () => {
  const started = await startChain();
  if (!started.ok) throw new Error(started.failure.code);
  chain = started.value;
  const [user = "0x", payer = "0x"] = [chain.accounts[1], chain.accounts[PAYER]];
  const opened = await openDemoPosition(chain, {
    user,
    supply: [{ symbol: "WETH", amount: dec("10") }],
    borrow: [{ symbol: "USDC", amount: dec("12000") }],
    reserve: { wallet: payer, holds: [{ symbol: "USDC", amount: dec("5000") }] },
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  const usdc = chain.contract("FaucetToken", chain.addresses.tokens["USDC"]!);
  await transact(chain.rpc, payer, usdc, "approve", [chain.addresses.pool, 1_234_500000n]);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  return chain.stop();
});

async function radii(rpc: string): Promise<{ code: number; loan: BlastRadius; watched: BlastRadius; text: string }> {
  const key = toHex(testAccount(PAYER).getHdKey().privateKey!);
  vi.stubEnv("LOAN_KEY", key);
  const { provider, multicall } = chain.addresses;
  const where = `venue: aave-v3, rpc: "${rpc}", chainId: ${chain.chainId}, addressesProvider: "${provider}", multicall: "${multicall}", user: "${chain.accounts[1]}"`;
  writeFileSync(
    config,
    `plimsoll: config/1
dataDir: ${folder}
accounts:
  - { name: loan, ${where}, keys: { trade: { secret: { env: LOAN_KEY } } } }
  - { name: watched, ${where} }
`,
  );
  const { code, lines } = await runInTest("doctor", "--permissions", "--config", config, "--json");
  expect(lines).not.toContain(key.slice(2));
  const [loan, watched] = JSON.parse(lines) as BlastRadius[];
  const { lines: text } = await runInTest("doctor", "--permissions", "--config", config);
  return { code, loan: loan!, watched: watched!, text };
}

test("a wallet's key moves all that it holds; its coin, its tokens and what the pool may take are read, other contracts are not", async () => {
  const { code, loan, watched, text } = await radii(chain.rpcUrl);
  expect(code).toBe(0);
  const pool = chain.addresses.pool.toLowerCase();
  expect(loan).toMatchObject({
    secret: "trade key of loan",
    on: expect.stringContaining(testAccount(PAYER).address),
    place: "variable LOAN_KEY",
    can: { read: "yes", trade: "yes", transfer: "yes", withdraw: "yes" },
    worst: expect.stringContaining("takes everything that this wallet holds"),
  });
  // the node's accounts begin with 1,000,000 of its coin, of which calls used a little
  expect(loan.facts[0]).toMatch(/^native balance (999999\.\d+|1000000)/);
  expect(loan.facts).toContain(`USDC: holds 5000, allows ${pool} to take 1234.5`);
  expect(loan.facts.at(-1)).toBe("allowances to other contracts: not read, unknown");
  expect(watched).toMatchObject({ secret: "wallet of watched", place: "nowhere here: it is watched only" });
  expect(watched.can).toEqual({ read: "no", trade: "no", transfer: "no", withdraw: "no" });
  expect(text).toContain(pool);
});

test("a node that does not answer leaves balances and allowances unknown, never none", async () => {
  const { code, loan } = await radii("http://127.0.0.1:1");
  expect([code, loan.facts]).toEqual([20, ["balances and allowances: not read, unknown"]]);
  expect(loan.warnings).toMatchObject([{ code: "chain/rpc-failed" }]);
});
