import { exact, text } from "@plimsoll/core/units";
import { transact } from "@plimsoll/sim/chain";
import type { Hex } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { aaveV3Margin } from "./margin.ts";
import { aaveAccount } from "./names.ts";
import { pointOfNoReturn } from "./point-of-no-return.ts";
import { readPositions } from "./position.ts";
import { sceneOf } from "./self-check.ts";
import { type World, openWorld } from "./testing/world.ts";

// 10 WETH (83 %, bonus 5 %: 0.8715) and 4,000 LINK (71 %, bonus 7 %: 0.7597) against 80,000 USDC.
let world: World;
let user: Hex;
let fresh: Hex;
const token = (symbol: string) => world.chain.addresses.tokens[symbol] ?? "0x";

beforeAll(async () => {
  world = await openWorld();
  [user = "0x"] = world.borrowers;
  const { rpc } = world.chain;
  await world.chain.setPrice("WETH", 1_000_000_000_000n);
  await transact(rpc, user, world.pool, "supply", [token("WETH"), 10n ** 19n, user, 0]);
  await transact(rpc, user, world.pool, "supply", [token("LINK"), 4_000n * 10n ** 18n, user, 0]);
  await transact(rpc, user, world.pool, "borrow", [token("USDC"), 80_000n * 10n ** 6n, 2n, 0, user]);
});
beforeEach(async () => {
  fresh = await world.chain.rpc.request<Hex>("evm_snapshot");
});
afterEach(() => world.chain.rpc.request("evm_revert", [fresh]));
afterAll(() => world.stop());

/** The contract's own health factor before and after a liquidation of 5,000 USDC in the very next second. */
async function liquidated(collateral: string) {
  const before = await world.read(user);
  await world.chain.setNextTime(Number(before.body.timestamp) + 1);
  const args = [token(collateral), token("USDC"), user, 5_000n * 10n ** 6n, false];
  const { status } = await transact(world.chain.rpc, world.liquidator, world.pool, "liquidationCall", args);
  if (status !== "0x1") throw new Error("the liquidation reverted");
  const after = await world.read(user);
  return { before: before.venue.health, after: after.venue.health };
}
/** WETH priced so that 10 of it and 4,000 LINK at 14 dollars give this health, in bps. */
const setHealth = (bps: bigint) => {
  const link = 4_000n * 14n * 7_100n;
  const weighted = 80_000n * bps - link;
  return world.chain.setPrice("WETH", (weighted * 10n ** 8n) / (10n * 8_300n));
};

test("the point is the smallest threshold times bonus, and explain shows it with each collateral's own", async () => {
  const state = await world.read(user);
  const positions = readPositions(state.body, state.terms);
  if (!positions.ok) throw new Error(positions.failure.code);
  const point = pointOfNoReturn(positions.value);
  expect(point).toEqual(exact(75_970_000n, 8));
  const assessed = aaveV3Margin.assess(state.body, aaveAccount("local", user), sceneOf(state, world.sourceOf(user)));
  const part = assessed.explain.parts?.find(({ name }) => name === "point of no return");
  expect(part?.value).toBe("0.7597");
  expect(part?.parts?.map(({ name, value }) => [name, value])).toEqual([
    ["WETH", "0.8715"],
    ["LINK", "0.7597"],
  ]);
  expect(point !== "no-collateral" && text(point)).toBe("0.75970000");
});

test.for([
  ["above both points", 8_800n, "WETH", "rises"],
  ["above both points", 8_800n, "LINK", "rises"],
  ["between them, the one with the higher point", 8_650n, "WETH", "falls"],
  ["between them, the one with the lower point", 8_650n, "LINK", "rises"],
  ["just above the lower point", 7_620n, "LINK", "rises"],
  ["below the point of no return", 7_570n, "WETH", "falls"],
  ["below the point of no return", 7_570n, "LINK", "falls"],
] as const)("%s: health %i bps, taking %s it %s", async ([, bps, collateral, expected]) => {
  await setHealth(bps);
  const { before, after } = await liquidated(collateral);
  expect(Number(before) / 1e14).toBeCloseTo(Number(bps), 0);
  expect(after > before ? "rises" : "falls").toBe(expected);
});
