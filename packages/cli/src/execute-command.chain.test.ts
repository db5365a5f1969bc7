import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  type Policy,
  guardianAbi,
  healthOf,
  proposeRescue,
  readAccount,
  readPairRoute,
  rescueData,
} from "@plimsoll/contracts";
import {
  type GuardianChain,
  health,
  movePair,
  openPosition,
  startGuardianChain,
  unwrap,
  usd,
  strangersKey,
} from "@plimsoll/contracts/testing";
import { ok } from "@plimsoll/core/units";
import { testAccount, transact } from "@plimsoll/sim/chain";
import { messengerOf } from "@plimsoll/venues/chain";
import { toHex } from "viem";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openExecutorJournal } from "./executor-journal.ts";
import { runInTest } from "./run-in-test.ts";

let world: GuardianChain;
let folder: string;
beforeAll(async () => {
  world = await startGuardianChain();
  folder = await mkdtemp(join(tmpdir(), "plimsoll-executor-"));
});
afterAll(async () => {
  await world.chain.stop();
  await rm(folder, { recursive: true });
});

/** The command line of somebody who knows an endpoint, an address and a key of his own. */
const line = (journal: string, ...more: readonly string[]): readonly string[] => {
  const { chain, guardian, route } = world;
  const places = ["--rpc", chain.rpcUrl, "--guardian", guardian.address, "--pair-route", route];
  const native = ["--native", chain.addresses.tokens["WETH"]!];
  return ["execute", "--once", "--every", "50ms", ...places, ...native, "--journal", join(folder, journal), ...more];
};

/** The executor as anybody runs it: a process of its own. */
async function stranger(journal: string): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...line(journal)], {
    env: { ...process.env, PLIMSOLL_EXECUTOR_KEY: strangersKey },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number>((done) => child.once("exit", (code) => done(code ?? 1)));
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, said: said.join("") };
}

/** The same command in this process. */
async function here(journal: string, ...more: readonly string[]) {
  vi.stubEnv("PLIMSOLL_EXECUTOR_KEY", strangersKey);
  const ran = await runInTest(...line(journal, ...more));
  vi.unstubAllEnvs();
  return ran;
}
/** What the executor's wallet holds of the debt asset. */
async function earned(): Promise<bigint> {
  const { chain } = world;
  const data = `0x70a08231${testAccount(7).address.slice(2).padStart(64, "0")}`;
  return BigInt(await chain.rpc.request<string>("eth_call", [{ to: chain.addresses.tokens["USDC"], data }, "latest"]));
}
const healthNow = async (policy: Policy): Promise<bigint> =>
  healthOf(unwrap(await readAccount(world.reader(), policy.provider, policy.owner))) ?? 0n;

test("a stranger's process rescues a position whose owner runs nothing, once, and earns the bounty", async () => {
  const { chain, guardian } = world;
  const [, owner = "0x" as const] = chain.accounts;
  await openPosition(world, owner);
  const policy = world.policy(owner);
  await transact(chain.rpc, owner, guardian, "arm", [policy]);
  await world.setPrice("WETH", usd(2_050));
  await movePair(world, usd(2_050));
  expect(await healthNow(policy)).toBeLessThan(health("1.07"));
  const rescued = await stranger("first");
  expect(rescued).toMatchObject({ code: 0, said: expect.stringContaining("1 of 1 carried out") as string });
  expect(await healthNow(policy)).toBeGreaterThan(policy.health.targetLow);
  expect(await healthNow(policy)).toBeLessThan(policy.health.targetHigh);

  expect(await earned()).toBeGreaterThan(0n);

  const again = await stranger("first");
  expect(again).toMatchObject({ code: 0, said: expect.stringContaining("Nothing to do") as string });
});

/** Another owner whose position is below urgent at the price that the first test left. */
async function inDanger(account: number): Promise<Policy> {
  const { chain, guardian } = world;
  const owner = chain.accounts[account]!;
  await openPosition(world, owner);
  const policy = world.policy(owner);
  await transact(chain.rpc, owner, guardian, "arm", [policy]);
  expect(await healthNow(policy)).toBeLessThan(policy.health.urgent);
  return policy;
}

test("gas that costs more than the bounty is not paid; for the owner the penalty that is spared counts too", async () => {
  const policy = await inDanger(2);
  const { chain } = world;
  const dear = async () => {
    await chain.rpc.request("anvil_setNextBlockBaseFeePerGas", [toHex(400n * 10n ** 9n)]);
    await chain.mine();
  };
  await dear();
  const refused = await here("dear");
  expect(refused).toMatchObject({ code: 1, lines: expect.stringContaining("0 of 1 carried out") as string });
  expect(refused.lines).toContain("chain/fee-cap-too-small");
  expect(await healthNow(policy)).toBeLessThan(policy.health.urgent);
  await dear();
  const paid = await here("dear", "--for-owner");
  expect(paid).toMatchObject({ code: 0, lines: expect.stringContaining("1 of 1 carried out") as string });
  expect(await healthNow(policy)).toBeGreaterThan(policy.health.targetLow);
});

test("what was journaled and never left is sent by the next run, and only that", async () => {
  const policy = await inDanger(3);
  const { chain, guardian, route, reader } = world;
  const pending = reader("pending");
  const site = {
    ...{ reader: pending, guardian: guardian.address, executor: testAccount(7).address },
    routesBetween: async (sell: `0x${string}`, buy: `0x${string}`) => [
      unwrap(await readPairRoute(pending, { name: "pair", address: route }, sell, buy)),
    ],
  };
  const rescue = unwrap(await proposeRescue(site, policy, policy.debts[0]!.asset));
  const source = { rpcUrls: [chain.rpcUrl] as const, chainId: chain.chainId, singleOperator: true };
  const dead = messengerOf(source, testAccount(7), { errors: guardianAbi, flowsOf: async () => ok([]) });
  const draft = { to: guardian.address, data: rescueData(policy, rescue), gas: 3_000_000n, usualGas: 1_000_000n };
  const prepared = unwrap(await dead.prepare("dead", [draft]));
  const journal = unwrap(await openExecutorJournal(join(folder, "died"), "dead"));
  const said = {
    healthBefore: "",
    healthAfter: "",
    bounty: "",
    policy: "of the dead",
    owner: policy.owner,
    call: "execute",
  };
  unwrap(await journal.write({ kind: "intended", key: "dead", prepared, ...said }));
  await journal.close();

  const nonce = async () =>
    BigInt(await chain.rpc.request<string>("eth_getTransactionCount", [testAccount(7).address, "latest"]));
  const before = await nonce();
  const ran = await here("died");
  expect(ran).toMatchObject({ code: 0, lines: expect.stringContaining("an earlier run meant to execute") as string });
  expect(await healthNow(policy)).toBeGreaterThan(policy.health.targetLow);
  expect(await nonce()).toBe(before + 1n);
  expect((await here("died")).lines).not.toContain("an earlier run");
});
