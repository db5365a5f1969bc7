import { dec } from "@plimsoll/core/units";
import type { Book } from "@plimsoll/server/contract";
import { type Chain, openDemoPosition, startChain, transact } from "@plimsoll/sim/chain";
import { encodeFunctionData, zeroHash } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";

let chain: Chain;
beforeAll(async () => {
  const started = await startChain();
  if (!started.ok) throw new Error(started.failure.code);
  chain = started.value;
});
afterAll(() => chain.stop());

test("what waits in a timelock is told with a borrower's address, and counts for the exit code when it is asked to", async () => {
  const { addresses, accounts, rpc, rpcUrl, chainId } = chain;
  const [admin = "0x", user = "0x"] = accounts;
  await chain.mine(Math.floor(Date.now() / 1000) - 3_600);
  const [supply, borrow] = [[{ symbol: "WETH", amount: dec("10") }], [{ symbol: "USDC", amount: dec("12000") }]];
  expect(await openDemoPosition(chain, { user, supply, borrow })).toMatchObject({ ok: true });
  const { abi } = chain.contract("PoolConfiguratorInstance", addresses.configurator);
  const args = [addresses.tokens["WETH"], 4_800n, 5_000n, 10_500n];
  const call = encodeFunctionData({ abi, functionName: "configureReserveAsCollateral", args });
  const batch = [[addresses.configurator], [0n], [call], zeroHash, zeroHash, 90_000n];
  await transact(rpc, admin, chain.contract("Timelock", addresses.timelock), "scheduleBatch", batch);
  await chain.mine(Math.floor(Date.now() / 1000));
  const market = ["--market", addresses.provider, "--chain-id", String(chainId), "--multicall", addresses.multicall];
  const check = (...more: string[]) => runInTest("check", user, "--rpc", rpcUrl, ...market, ...more);
  const queued = await check("--timelock", addresses.timelock);
  expect([queued.code, queued.errors]).toEqual([10, ""]);
  expect(queued.lines).toMatch(
    /watch becomes liquidatable.*liquidationThreshold 8300 becomes 5000 \(queued on its chain: operation 0x/,
  );
  expect((await check("--timelock", addresses.timelock, "--pending")).code).toBe(13);
  const [account] = (JSON.parse((await check("--json")).lines) as Book).accounts;
  expect(account?.coming).toBeUndefined();
});
