import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dec } from "@plimsoll/core/units";
import { type Hex, encodeFunctionData } from "viem";
import { expect, test } from "vitest";
import { type Chain, startChain } from "./chain.ts";
import { openDemoPosition } from "./demo-position.ts";
import { findDependencies } from "./dependencies.ts";

const repository = join(import.meta.dirname, "../../../..");
const cache = join(repository, ".cache/chain");

async function chain(options: Parameters<typeof startChain>[0] = {}): Promise<Chain> {
  const started = await startChain(options);
  if (!started.ok) throw new Error(JSON.stringify(started.failure));
  return started.value;
}
const call = async (on: Chain, name: string, address: Hex, functionName: string, args: unknown[] = []) =>
  on.rpc.request<Hex>("eth_call", [
    { to: address, data: encodeFunctionData({ abi: on.contract(name, address).abi, functionName, args }) },
    "latest",
  ]);
const timestampOf = async ({ rpc }: Chain) =>
  Number((await rpc.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false])).timestamp);
const answers = async (rpcUrl: string) => {
  try {
    await fetch(rpcUrl, { method: "POST", body: "{}" });
    return true;
  } catch {
    return false;
  }
};

test("a cached market starts in under a second, on loopback, with the real pool at revision 10", async () => {
  await (await chain()).stop();
  const started = performance.now();
  const one = await chain();
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(one.rpcUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(BigInt(await call(one, "PoolInstance", one.addresses.pool, "POOL_REVISION"))).toBe(10n);
  await one.stop();
  expect(await answers(one.rpcUrl)).toBe(false);
});

test("prices and time are what they are set to, and two chains do not disturb each other", async () => {
  const [one, other] = await Promise.all([chain(), chain()]);
  const weth = one.addresses.tokens["WETH"] ?? "0x";
  const priceOn = async (on: Chain) =>
    BigInt(await call(on, "AaveOracle", on.addresses.oracle, "getAssetPrice", [weth]));
  await one.setPrice("WETH", 199_912_345_678n);
  expect(await priceOn(one)).toBe(199_912_345_678n);
  expect(await priceOn(other)).toBe(240_000_000_000n);
  const now = await timestampOf(one);
  await one.mine(now + 12_345);
  expect(await timestampOf(one)).toBe(now + 12_345);
  await one.mine();
  expect(await timestampOf(one)).toBe(now + 12_357);
  await Promise.all([one.stop(), other.stop()]);
});

test("a demo position has the debt and the collateral it asked for; too much is refused with the contract's word", async () => {
  const one = await chain();
  const [, user = "0x", wallet = "0x"] = one.accounts;
  const supply = [{ symbol: "WETH", amount: dec("100") }];
  const reserve = { wallet, holds: [{ symbol: "USDC", amount: dec("25000") }] };
  const opened = await openDemoPosition(one, {
    user,
    supply,
    borrow: [{ symbol: "USDC", amount: dec("190000") }],
    reserve,
  });
  expect(opened).toEqual({ ok: true, value: undefined });
  const data = await call(one, "PoolInstance", one.addresses.pool, "getUserAccountData", [user]);
  const [collateral, debt] = [0, 1].map((word) => BigInt(`0x${data.slice(2 + 64 * word, 66 + 64 * word)}`));
  // A supply of a fresh reserve is worth its amount to the last unit, rounded down once.
  expect([collateral, debt]).toEqual([240_000n * 10n ** 8n, 190_000n * 10n ** 8n]);
  const usdc = one.addresses.tokens["USDC"] ?? "0x";
  expect(BigInt(await call(one, "FaucetToken", usdc, "balanceOf", [wallet]))).toBe(25_000n * 10n ** 6n);
  const greedy = await openDemoPosition(one, {
    user: wallet,
    supply,
    borrow: [{ symbol: "USDC", amount: dec("195000") }],
  });
  expect(greedy).toMatchObject({ ok: false, failure: { facts: { reason: "CollateralCannotCoverNewBorrow" } } });
  expect(
    await openDemoPosition(one, { user, supply: [{ symbol: "DOGE", amount: dec("1") }], borrow: [] }),
  ).toMatchObject({
    ok: false,
    failure: { code: "chain/unknown-asset", facts: { value: "DOGE" } },
  });
  await one.stop();
});

test.for([
  ["everything", "nowhere", /anvil/],
  ["the contracts", "only-anvil", /solc, @aave-dao/],
] as const)("where %s is not installed the start fails and says so", async ([, place, what]) => {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-bare-"));
  await mkdir(join(folder, "only-anvil/node_modules"), { recursive: true });
  await symlink(join(repository, "node_modules/@foundry-rs"), join(folder, "only-anvil/node_modules/@foundry-rs"));
  const found = findDependencies(join(folder, place, "file.ts"));
  expect(found).toMatchObject({ ok: false, failure: { code: "chain/missing-dependency" } });
  expect(!found.ok && found.failure.facts["what"]).toMatch(what);
  await rm(folder, { recursive: true });
});

test("two starters on an empty market cache: one deploys, the other waits, both chains stand", async () => {
  const cacheFolder = await mkdtemp(join(tmpdir(), "plimsoll-chain-"));
  for (const file of await readdir(cache))
    if (file.startsWith("artifacts-")) await cp(join(cache, file), join(cacheFolder, file));
  const lines: string[] = [];
  const both = await Promise.all([0, 1].map(() => chain({ cacheFolder, progress: (line) => lines.push(line) })));
  expect(lines).toEqual(["deploying the market, once"]);
  for (const each of both)
    expect(BigInt(await call(each, "PoolInstance", each.addresses.pool, "POOL_REVISION"))).toBe(10n);
  await Promise.all(both.map((each) => each.stop()));
  await rm(cacheFolder, { recursive: true });
});

test("the node goes when its starter is killed", async () => {
  const door = JSON.stringify(join(import.meta.dirname, "index.ts"));
  const script = `const { startChain } = await import(${door}); console.log((await startChain()).value.rpcUrl);`;
  const starter = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [chunk] = (await once(starter.stdout, "data")) as [Buffer];
  const rpcUrl = chunk.toString().trim();
  expect(await answers(rpcUrl)).toBe(true);
  starter.kill("SIGKILL");
  const deadline = performance.now() + 5_000;
  while ((await answers(rpcUrl)) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await answers(rpcUrl)).toBe(false);
});
