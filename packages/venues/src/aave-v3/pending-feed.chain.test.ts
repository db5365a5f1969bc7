import { type Decision, createTurn } from "@plimsoll/core/turn";
import { holdingId, ms } from "@plimsoll/core/units";
import { createHash } from "node:crypto";
import { encodeFunctionData, zeroHash } from "viem";
import { transact } from "@plimsoll/sim/chain";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aaveFeed } from "./feed.ts";
import { aaveV3 } from "./index.ts";
import { withPendingChanges } from "./pending-feed.ts";
import { type World, openWorld } from "./testing/world.ts";

const DAY = 86_400;
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

/** A queue of one call of the configurator; its batch as the timelock names it. */
const batch = (functionName: string, ...args: readonly unknown[]) => {
  const { configurator } = world.chain.addresses;
  const { abi } = world.chain.contract("PoolConfiguratorInstance", configurator);
  return [[configurator], [0n], [encodeFunctionData({ abi, functionName, args })], zeroHash, zeroHash] as const;
};
async function timelock(call: string, args: readonly unknown[]) {
  const { rpc, accounts, addresses } = world.chain;
  const { status } = await transact(
    rpc,
    accounts[0]!,
    world.chain.contract("Timelock", addresses.timelock),
    call,
    args,
    9_000_000n,
  );
  expect([call, status]).toEqual([call, "0x1"]);
}
const headMs = async () => ms(Number((await world.client.getBlock()).timestamp) * 1_000);

test("a queued payload becomes an alert with its date, and is over once it ran", async () => {
  const [user = "0x"] = world.borrowers;
  const { tokens, addresses } = { tokens: world.chain.addresses.tokens, addresses: world.chain.addresses };
  for (const [call, ...args] of [
    ["supply", tokens["WETH"], 100n * 10n ** 18n, user, 0],
    ["borrow", tokens["USDC"], 150_000n * 10n ** 6n, 2n, 0, user],
  ] as const)
    await transact(world.chain.rpc, user, world.pool, call, args);
  const id = holdingId("loan");
  const source = world.sourceOf(user);
  const queues = [{ timelock: addresses.timelock }];
  let clock = await headMs();
  const feed = withPendingChanges(aaveFeed(id, source), source, queues, { everyMs: 1_000, now: () => clock });
  const turn = createTurn({
    engineOf: () => aaveV3.engine,
    sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  });
  let seq = 0n;
  const look = async () => {
    clock = await headMs();
    const read = await feed.snapshot();
    if (!read.ok) throw new Error(JSON.stringify(read.failure));
    const decisions = [...read.value, { type: "tick" as const }].flatMap((event) =>
      turn.turn({ seq: ++seq, at: clock, event }),
    );
    return { told: read.value.map(({ type }) => type), changes: decisions.flatMap(changeOf) };
  };
  expect((await look()).changes).toEqual([]);

  const lower = batch("configureReserveAsCollateral", tokens["WETH"], 7_500n, 7_800n, 10_600n);
  await timelock("scheduleBatch", [...lower, BigInt(2 * DAY)]);
  const ready = (await headMs()) + 2 * DAY * 1_000;
  const first = await look();
  expect(first.told).toContain("pending");
  expect(first.changes).toEqual([{ on: `${ready}`, now: "watch", then: "act", how: "queued" }]);
  expect(turn.view().accounts[0]?.foreseen).toMatchObject([{ danger: "act", touches: true, unread: [], refused: [] }]);
  // within its hour the queue is not asked again
  expect((await feed.snapshot()) as object).toMatchObject({
    value: expect.not.arrayContaining([expect.objectContaining({ type: "pending" })]),
  });
  expect((await look()).changes).toEqual([]);
  await world.chain.mine(ready / 1_000 - DAY);
  expect((await look()).changes).toHaveLength(1);

  await world.chain.setNextTime(ready / 1_000);
  await timelock("executeBatch", lower);
  await look();
  expect(turn.view().accounts[0]).toMatchObject({ danger: "act" });
  expect(turn.view().accounts[0]?.foreseen).toBeUndefined();
});

const changeOf = (decision: Decision) => {
  if (decision.type !== "alert" || decision.why.code !== "rules-change") return [];
  const { on, now, then, how } = decision.why.facts;
  return [{ on, now, then, how }];
};

test("a queue that cannot be read is told once, and takes neither the account nor what was known with it", async () => {
  const [, user = "0x"] = world.borrowers;
  const source = world.sourceOf(user);
  const { weth, usdc } = { weth: world.chain.addresses.tokens["WETH"], usdc: world.chain.addresses.tokens["USDC"] };
  await transact(world.chain.rpc, user, world.pool, "supply", [weth, 10n ** 18n, user, 0]);
  await transact(world.chain.rpc, user, world.pool, "borrow", [usdc, 10n ** 6n, 2n, 0, user]);
  // the node refuses a range of blocks that begins beyond its head
  const queue = { timelock: world.chain.addresses.timelock, fromBlock: 2n ** 60n };
  let now = 0;
  const feed = withPendingChanges(aaveFeed(holdingId("loan"), source), source, [queue], {
    everyMs: 1,
    now: () => ms((now += 10)),
  });
  const lost = async () => {
    const read = await feed.snapshot();
    return read.ok ? read.value.flatMap((event) => (event.type === "lost" ? [event.what] : [])) : "failed";
  };
  expect(await lost()).toEqual([`aave-v3:local:timelock ${queue.timelock.toLowerCase()}`]);
  expect(await lost()).toEqual([]);
});
