import { ms } from "@plimsoll/core/units";
import { transact } from "@plimsoll/sim/chain";
import { type Hex, maxUint256 } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AaveBody } from "./holding.ts";
import { aaveV3Margin } from "./margin.ts";
import { sceneOf, selfCheck } from "./self-check.ts";
import type { AaveTerms } from "./terms.ts";
import { walk } from "./testing/index.ts";
import { type World, openWorld } from "./testing/world.ts";

/** What one run must have met of the contracts of release 3.0; `npm run soak:aave -- --rules v3.0` goes on to thousands. */
const states = 100;
const liquidations = 8;
const required = ["eMode", "ltvZero", "severalDebts"] as const;
const most = 3_000;

const seed = Number(process.env["PLIMSOLL_SEED"] ?? Date.now() % 1e9);

test("engine and contracts of release 3.0 agree to the last unit in every field, over random public calls", async () => {
  console.log(`aave-v3 release 3.0 parity: PLIMSOLL_SEED=${seed}`);
  const coverage = await walk({
    seed,
    rules: "v3.0",
    steps: most,
    enough: (seen) =>
      seen.states >= states && seen.liquidations >= liquidations && required.every((situation) => seen[situation] > 0),
  });
  console.log(JSON.stringify(coverage));
  expect(coverage.states).toBeGreaterThanOrEqual(states);
  expect(coverage.liquidations).toBeGreaterThanOrEqual(liquidations);
  expect(required.filter((situation) => coverage[situation] === 0)).toEqual([]);
});

describe("borders that a walk seldom meets", () => {
  let world: World;
  let user: Hex;
  let fresh: Hex;
  const token = (symbol: string) => world.chain.addresses.tokens[symbol] ?? "0x";
  const send = async (name: string, ...args: readonly unknown[]) => {
    const { status } = await transact(world.chain.rpc, user, world.pool, name, args);
    if (status !== "0x1") throw new Error(`${name} reverted while the test was set up`);
  };
  beforeAll(async () => {
    world = await openWorld({ rules: "v3.0" });
    [user = "0x"] = world.borrowers;
  });
  beforeEach(async () => {
    fresh = await world.chain.rpc.request<Hex>("evm_snapshot");
  });
  afterEach(() => world.chain.rpc.request("evm_revert", [fresh]));
  afterAll(() => world.stop());

  /** One call for all it may cover, a minute later; every field of the holding afterwards is what the engine says. */
  async function liquidated(collateral: string, debt: string, receiveAToken: boolean) {
    const state = await world.read(user);
    const timestamp = Number(state.body.timestamp) + 60;
    const scene = sceneOf(state, world.sourceOf(user));
    const before = aaveV3Margin.advance(state.body, ms(timestamp * 1000), scene);
    const call = { collateral, debt, debtToCover: maxUint256, receiveAToken };
    const predicted = aaveV3Margin.apply(before, { was: "liquidation", body: call }, scene);
    await world.chain.setNextTime(timestamp);
    const args = [token(collateral), token(debt), user, maxUint256, receiveAToken];
    const { status } = await transact(world.chain.rpc, world.liquidator, world.pool, "liquidationCall", args);
    const after = await world.read(user);
    expect([predicted.ok, status]).toEqual([true, "0x1"]);
    expect(predicted.ok && { ...predicted.value, block: 0n }).toEqual({ ...after.body, block: 0n });
    return { before, after: after.body, health: state.venue.health, terms: state.terms };
  }
  const debtIn = ({ body, terms, asset }: { body: AaveBody; terms: AaveTerms; asset: string }) => {
    const id = terms.reserves.find((reserve) => reserve.asset === asset)?.id;
    return body.reserves.find((held) => held.id === id)?.scaledDebt ?? 0n;
  };

  test.for([false, true])(
    "collateral and debt in one reserve: half of the reserve's debt; aTokens: %s",
    async (receiveAToken) => {
      await world.chain.setPrice("WETH", 400_000_000_000n);
      await send("supply", token("WETH"), 10n ** 19n, user, 0);
      await send("borrow", token("WETH"), 4n * 10n ** 18n, 2n, 0, user);
      await send("borrow", token("USDC"), 8_000n * 10n ** 6n, 2n, 0, user);
      await world.chain.setPrice("WETH", 180_000_000_000n);
      const { before, after, health, terms } = await liquidated("WETH", "WETH", receiveAToken);
      expect(health > 95n * 10n ** 16n && health < 10n ** 18n).toBe(true);
      const [owed, left] = [before, after].map((body) => Number(debtIn({ body, terms, asset: "WETH" })));
      expect(left! / owed!).toBeCloseTo(0.5, 9);
    },
  );

  test.for([false, true])(
    "an e-mode with a price of its own: it counts for collateral and debt; aTokens: %s",
    async (receiveAToken) => {
      await send("setUserEMode", 2);
      await send("supply", token("USDC"), 10_000n * 10n ** 6n, user, 0);
      await send("supply", token("WETH"), 10n ** 18n, user, 0);
      await send("borrow", token("DAI"), 10_500n * 10n ** 18n, 2n, 0, user);
      // The oracles of both dollars say nothing here; the category's says 2.5: 25,000 and a WETH stand against 26,250.
      await world.chain.setPrice("USDC", 50_000_000n);
      const { address, abi } = world.categoryFeed === "none" ? world.pool : world.categoryFeed;
      await transact(world.chain.rpc, world.chain.accounts[0] ?? "0x", { address, abi }, "set", [250_000_000n]);
      await world.chain.setPrice("WETH", 300_000_000_000n);
      const state = await world.read(user);
      expect(selfCheck(state, world.sourceOf(user))).toEqual({ ok: true, value: undefined });
      expect([state.venue.collateral, state.venue.health < 10n ** 18n]).toEqual([2_800_000_000_000n, true]);
      await liquidated("USDC", "DAI", receiveAToken);
    },
  );

  test("stable debt is refused: of the account, and of others in a reserve that it uses", async () => {
    await transact(
      world.chain.rpc,
      world.chain.accounts[0] ?? "0x",
      world.configurator,
      "setReserveStableRateBorrowing",
      [token("USDC"), true],
    );
    await send("supply", token("WETH"), 10n ** 19n, user, 0);
    await send("borrow", token("USDC"), 1_000n * 10n ** 6n, 1n, 0, user);
    for (const who of [user, world.lender]) await expect(world.read(who)).rejects.toThrow("aave-v3/stable-debt");
    await expect(world.read(world.borrowers[1] ?? "0x")).resolves.toBeDefined();
  });
});
