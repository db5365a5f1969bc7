import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Policy, healthOf, readAccount } from "@plimsoll/contracts";
import {
  type GuardianChain,
  health,
  movePair,
  openPosition,
  startGuardianChain,
  unwrap,
  usd,
} from "@plimsoll/contracts/testing";
import { transact } from "@plimsoll/sim/chain";
import { afterAll, beforeAll, expect, test } from "vitest";

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

/** The key of the chain's account 7, known to everybody: its wallet holds gas and was allowed nothing. */
const strangersKey = "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356";

/** The executor as anybody runs it: a process of its own that knows an endpoint, an address and its own key. */
async function stranger(...more: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const { chain, guardian, route } = world;
  const args = ["execute", "--once", "--rpc", chain.rpcUrl, "--guardian", guardian.address, "--pair-route", route];
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, "main.ts"),
      ...args,
      "--native",
      chain.addresses.tokens["WETH"]!,
      "--every",
      "50ms",
      ...more,
    ],
    { env: { ...process.env, PLIMSOLL_EXECUTOR_KEY: strangersKey }, cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = new Promise<number>((done) => child.once("exit", (code) => done(code ?? 1)));
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, said: said.join("") };
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
  const rescued = await stranger();
  expect(rescued).toMatchObject({ code: 0, said: expect.stringContaining("1 of 1 carried out") as string });
  expect(await healthNow(policy)).toBeGreaterThan(policy.health.targetLow);
  expect(await healthNow(policy)).toBeLessThan(policy.health.targetHigh);

  const again = await stranger();
  expect(again).toMatchObject({ code: 0, said: expect.stringContaining("Nothing to do") as string });
});
