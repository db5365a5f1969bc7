import { RpcError, revertName, transact } from "@plimsoll/sim/chain";
import { type Hex, encodeFunctionData } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aaveV3Margin } from "./margin.ts";
import { sceneOf } from "./self-check.ts";
import { type World, openWorld } from "./testing/world.ts";

// 5 WETH against 9,600 USDC, in a market with a sequencer sentinel: borders that random walks seldom meet.
let world: World;
let user: Hex;

beforeAll(async () => {
  world = await openWorld({ sentinel: true });
  const [first = "0x"] = world.borrowers;
  user = first;
  const { WETH, USDC } = world.chain.addresses.tokens;
  await transact(world.chain.rpc, user, world.pool, "supply", [WETH, 5n * 10n ** 18n, user, 0]);
  await transact(world.chain.rpc, user, world.pool, "borrow", [USDC, 9_600n * 10n ** 6n, 2n, 0, user]);
});
afterAll(() => world.stop());

/** What the contract says to a call in the latest block, which it does not change. */
async function contractSays(debtToCover: bigint): Promise<string> {
  const { WETH, USDC } = world.chain.addresses.tokens;
  const args = [WETH, USDC, user, debtToCover, false];
  const data = encodeFunctionData({ abi: world.pool.abi, functionName: "liquidationCall", args });
  try {
    await world.chain.rpc.request("eth_call", [{ from: world.liquidator, to: world.pool.address, data }, "latest"]);
    return "yes";
  } catch (error) {
    if (error instanceof RpcError) return revertName(world.pool.abi, error.data);
    throw error;
  }
}

async function engineOf() {
  const state = await world.read(user);
  const scene = sceneOf(state, world.sourceOf(user));
  return (debtToCover: bigint): string => {
    const call = { collateral: "WETH", debt: "USDC", debtToCover, receiveAToken: false };
    const done = aaveV3Margin.apply(state.body, { was: "liquidation", body: call }, scene);
    return done.ok ? "yes" : (done.failure.facts["revert"] ?? done.failure.code);
  };
}

// The last clean amount is worked out from the price alone: owed - 1,000 dollars, and (collateral - 1,000 dollars) / 1.05.
test.for([
  ["debt", 212_800_000_000n, 8_600_000_000n],
  ["collateral", 200_000_000_000n, 8_571_428_571n],
] as const)("the dust rule flips at the same unit of the %s that is left", async ([, price, about]) => {
  await world.chain.setPrice("WETH", price);
  const engineSays = await engineOf();
  const near = about - 2_000_000n;
  let [clean, dusty] = [near, about + 2_000_000n];
  expect([engineSays(clean), engineSays(dusty)]).toEqual(["yes", "MustNotLeaveDust"]);
  while (dusty - clean > 1n) {
    const middle = (clean + dusty) / 2n;
    if ((await contractSays(middle)) === "yes") clean = middle;
    else dusty = middle;
  }
  for (const cover of [near, clean - 1n, clean, dusty, dusty + 1n, 10n ** 12n])
    expect([cover, engineSays(cover)]).toEqual([cover, await contractSays(cover)]);
  expect([engineSays(clean), engineSays(dusty)]).toEqual(["yes", "MustNotLeaveDust"]);
});

const half = 4_800_000_000n;
const admin = () => world.chain.accounts[0] ?? "0x";
const latest = async () => Number((await world.read(user)).body.timestamp);

test.for([
  ["just below 0.95", 219_700_000_000n, "yes"],
  ["just above 0.95", 220_000_000_000n, "PriceOracleSentinelCheckFailed"],
  ["above 1", 240_000_000_000n, "PriceOracleSentinelCheckFailed"],
] as const)("while the sequencer is down, health %s", async ([, price, answer]) => {
  const { rpc, addresses } = world.chain;
  const sequencer = world.chain.contract("SequencerOracle", addresses.sequencer);
  await world.chain.setPrice("WETH", price);
  await transact(rpc, admin(), sequencer, "setAnswer", [true, await latest()]);
  expect([(await engineOf())(half), await contractSays(half)]).toEqual([answer, answer]);
  await transact(rpc, admin(), sequencer, "setAnswer", [false, 0]);
});

test("a grace period ends one second after its last", async () => {
  const { rpc, addresses } = world.chain;
  const configurator = world.chain.contract("PoolConfiguratorInstance", addresses.configurator);
  const pause = (paused: boolean, grace: number) =>
    transact(rpc, admin(), configurator, "setReservePause", [addresses.tokens["WETH"], paused, grace]);
  await world.chain.setPrice("WETH", 219_700_000_000n);
  const says = async () => [(await engineOf())(half), await contractSays(half)];
  await pause(true, 0);
  expect(await says()).toEqual(["ReservePaused", "ReservePaused"]);
  await pause(false, 600);
  const until = (await latest()) + 600;
  await world.chain.mine(until);
  expect(await says()).toEqual(["LiquidationGraceSentinelCheckFailed", "LiquidationGraceSentinelCheckFailed"]);
  await world.chain.mine(until + 1);
  expect(await says()).toEqual(["yes", "yes"]);
});
