import { RpcError, revertName, transact } from "@plimsoll/sim/chain";
import { type Hex, encodeFunctionData } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aaveV3Margin } from "./margin.ts";
import { sceneOf } from "./self-check.ts";
import { type World, openWorld } from "./testing/world.ts";

// 5 WETH against 9,600 USDC. Random walks seldom meet an account in which one side alone decides the dust rule.
let world: World;
let user: Hex;

beforeAll(async () => {
  world = await openWorld();
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
