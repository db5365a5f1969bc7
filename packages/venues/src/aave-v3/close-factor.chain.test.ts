import { transact } from "@plimsoll/sim/chain";
import { dec, ms, rescale } from "@plimsoll/core/units";
import { type Hex, maxUint256 } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { AaveBody } from "./holding.ts";
import { aaveV3Margin } from "./margin.ts";
import { sceneOf } from "./self-check.ts";
import { type Seen, type World, openWorld } from "./testing/world.ts";

let world: World;
let user: Hex;
let fresh: Hex;
beforeAll(async () => {
  world = await openWorld();
  user = world.borrowers[0] ?? "0x";
});
beforeEach(async () => {
  fresh = await world.chain.rpc.request<Hex>("evm_snapshot");
});
afterEach(() => world.chain.rpc.request("evm_revert", [fresh]));
afterAll(() => world.stop());

const units = (symbol: string, amount: string) =>
  rescale(dec(amount), symbol === "USDC" || symbol === "USDT" ? 6 : 18, "down").digits;

// USDC owed; WETH at the price is the pair's collateral; health between 0.95 and 1, so that half is the rule where both sides are large.
test.for([
  ["both sides large: half of the debt", { WETH: "3" }, "5700", 224_000_000_000n, "half"],
  ["a small debt: all of it", { WETH: "1" }, "1900", 222_000_000_000n, "all"],
  ["just above 2,000 on both sides: half", { WETH: "1.2" }, "2300", 226_300_000_000n, "half"],
  [
    "a small collateral: more than half, until it is used up",
    { WETH: "0.6", USDT: "1340" },
    "2100",
    200_000_000_000n,
    "capped",
  ],
] as const)("close factor: %s", async ([, supplies, owed, price, expected]) => {
  const { rpc, addresses } = world.chain;
  for (const [symbol, amount] of Object.entries(supplies))
    await transact(rpc, user, world.pool, "supply", [addresses.tokens[symbol], units(symbol, amount), user, 0]);
  await transact(rpc, user, world.pool, "borrow", [addresses.tokens["USDC"], units("USDC", owed), 2n, 0, user]);
  await world.chain.setPrice("WETH", price);
  const state = await world.read(user);
  expect(state.venue.health > 95n * 10n ** 16n && state.venue.health < 10n ** 18n).toBe(true);

  const { before, after } = await liquidated(state, "WETH", "USDC");
  const debt = ({ reserves }: AaveBody) => reserves.reduce((sum, { scaledDebt }) => sum + scaledDebt, 0n);
  const left = Number(debt(after)) / Number(debt(before));
  if (expected === "half") expect(left).toBeCloseTo(0.5, 6);
  if (expected === "all") expect(left).toBe(0);
  if (expected === "capped") expect(left).toBeLessThan(0.499);
});

// The contract works on two copies of the one reserve and writes both back: the treasury's share accrues twice.
test("collateral and debt in one reserve", async () => {
  const { rpc, addresses } = world.chain;
  const { WETH, USDC } = addresses.tokens;
  await world.chain.setPrice("WETH", 400_000_000_000n);
  await transact(rpc, user, world.pool, "supply", [WETH, units("WETH", "10"), user, 0]);
  await transact(rpc, user, world.pool, "borrow", [WETH, units("WETH", "4"), 2n, 0, user]);
  await transact(rpc, user, world.pool, "borrow", [USDC, units("USDC", "8000"), 2n, 0, user]);
  await world.chain.setPrice("WETH", 180_000_000_000n);
  const { before, after } = await liquidated(await world.read(user), "WETH", "WETH");
  const [was] = before.reserves.filter(({ scaledSupply, scaledDebt }) => scaledSupply > 0n && scaledDebt > 0n);
  const is = after.reserves.find(({ id }) => id === was!.id)!;
  // 7,200 dollars are less than half of all that is owed: the whole debt of the reserve goes
  expect([is.scaledDebt, is.scaledSupply < was!.scaledSupply]).toEqual([0n, true]);
});

/** One call for all it may cover, a minute later; every field of the holding afterwards is what the engine says. */
async function liquidated(state: Seen, collateral: string, debt: string) {
  const { rpc, addresses } = world.chain;
  const timestamp = Number(state.body.timestamp) + 60;
  const scene = sceneOf(state, world.sourceOf(user));
  const before = aaveV3Margin.advance(state.body, ms(timestamp * 1000), scene);
  const call = { collateral, debt, debtToCover: maxUint256, receiveAToken: false };
  const predicted = aaveV3Margin.apply(before, { was: "liquidation", body: call }, scene);
  await world.chain.setNextTime(timestamp);
  const pair = [addresses.tokens[collateral], addresses.tokens[debt]];
  const args = [...pair, user, maxUint256, false];
  const receipt = await transact(rpc, world.liquidator, world.pool, "liquidationCall", args);
  expect([predicted.ok, receipt.status]).toEqual([true, "0x1"]);
  const after = (await world.read(user)).body;
  expect(predicted.ok && { ...predicted.value, block: 0n }).toEqual({ ...after, block: 0n });
  return { before, after };
}
