import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Policy,
  type Site,
  penaltyOf,
  policyId,
  proposeRescue,
  proposeReserveRepay,
  readGuardian,
} from "@plimsoll/contracts";
import {
  WAD,
  aTokenOf,
  accountOf,
  arm,
  ask,
  carryOut,
  configurator,
  faucet,
  guarded,
  health,
  healthNow,
  loopPolicy,
  mint,
  movePair,
  pass,
  pool,
  reasonOf,
  reserve,
  sendAs,
  siteAt,
  startGuardianChain,
  supplied,
  token,
  type GuardianChain,
  unwrap,
  usd,
  strangersKey,
} from "@plimsoll/contracts/testing";
import { openLiquidator } from "@plimsoll/sim/chain";
import { type Hex, encodeFunctionData, toHex } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { runInTest } from "./run-in-test.ts";

let world: GuardianChain;
let folder: string;
let snapshot: Hex;
beforeAll(async () => {
  world = await startGuardianChain();
  folder = await mkdtemp(join(tmpdir(), "plimsoll-drills-"));
});
afterAll(async () => {
  await world.chain.stop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  snapshot = await world.chain.rpc.request<Hex>("evm_snapshot", []);
});
afterEach(() => world.chain.rpc.request("evm_revert", [snapshot]));

/** What anybody runs, with a key that everybody knows, while gas costs so much. */
async function execute(journal: string, gwei: number): Promise<string> {
  const { chain, guardian, route } = world;
  await chain.rpc.request("anvil_setNextBlockBaseFeePerGas", [toHex(BigInt(gwei) * 10n ** 9n)]);
  await chain.mine();
  vi.stubEnv("PLIMSOLL_EXECUTOR_KEY", strangersKey);
  const places = ["--rpc", chain.rpcUrl, "--guardian", guardian.address, "--pair-route", route];
  const how = ["--once", "--every", "20ms", "--native", token(world, "WETH"), "--journal", join(folder, journal)];
  const { lines, errors } = await runInTest("execute", ...places, ...how);
  vi.unstubAllEnvs();
  return `${lines}\n${errors}`;
}

// ETH 2,527 at 01:00, a low of 2,111 at 01:20, 2,319 at 02:00, 2,160 at 06:30; gas 710 gwei from 01:05. Within bars the way is assumed.
const fall = [2_527, 2_471, 2_416, 2_362, 2_310, 2_258, 2_208, 2_159, 2_111, 2_319, 2_160];

test("5 August 2024 at 710 gwei: a large loan is rescued, a small one is told why not, and an unguarded one dies", async () => {
  const [, large = "0x", small = "0x", alone = "0x"] = world.chain.accounts as readonly Hex[];
  await world.setPrice("WETH", usd(2_689));
  const bounty = { atTrigger: 5n, atUrgent: 50n, perCall: usd(3_000), perPeriod: usd(9_000) };
  const caps = { perCall: usd(2_000_000), perPeriod: usd(4_000_000), period: 86_400n };
  const ids = new Map<Hex, Hex>();
  for (const [owner, supply, debt] of [
    [large, "1000", "1790000"],
    [small, "1.5", "2685"],
    [alone, "1000", "1790000"],
  ] as const) {
    await guarded(world, owner, ["WETH", supply], ["USDC", debt]);
    if (owner !== alone) ids.set(owner, policyId(await arm(world, owner, { bounty, caps })));
  }
  // Its whole penalty is less than the cheapest rescue's gas, 300,000 and more.
  expect(penaltyOf(await accountOf(world, small))).toBeLessThan((300_000n * 710n * usd(2_111)) / 10n ** 9n);
  const liquidator = await openLiquidator(world.chain, "WETH", "USDC");
  const [died, said]: [Set<Hex>, string[]] = [new Set(), []];
  const told = (owner: Hex, what: string) =>
    said.filter((line) => line.startsWith(ids.get(owner)!) && line.includes(what)).length;
  for (const price of fall) {
    await world.setPrice("WETH", usd(price));
    await movePair(world, usd(price));
    said.push(...(await execute("august", 710)).split("\n"));
    for (const owner of [large, small, alone]) if (await liquidator.look(owner)) died.add(owner);
    await pass(world, 150);
  }
  expect([...died]).toEqual([small, alone]);
  expect(await healthNow(world, large)).toBeGreaterThan(WAD);
  // As long as the bound is small no route brings the large one into its band; then it is carried out at once, for the bounty alone.
  expect(told(large, "no-route")).toBeGreaterThan(0);
  expect([told(large, "done"), told(small, "done")]).toEqual([1, 0]);
  expect(told(small, "chain/fee-cap-too-small")).toBeGreaterThan(5);
  expect(said.join()).not.toContain("rpc-failed");
});

test("10 March 2026, the oracle steps down and the market does not: nothing is sold, the wallet repays, a loop at 1.02 dies", async () => {
  const [, thin = "0x", safe = "0x", fooled = "0x"] = world.chain.accounts as readonly Hex[];
  await world.setPrice("WETH", usd(2_000));
  await world.setPrice("wstETH", usd(2_456));
  // The twin that has to fail: its second reference, a feed that nothing else here uses, repeats the first.
  const echo = world.second["DAI"]!;
  await sendAs(world, world.chain.accounts[0]!, echo, "set", [usd(2_456)]);
  const policies = new Map<Hex, Policy>();
  for (const [owner, debt] of [
    [thin, "1142"],
    [safe, "1116.36"],
    [fooled, "1116.36"],
  ] as const) {
    await guarded(world, owner, ["wstETH", "1000"], ["WETH", debt], 1);
    const change = loopPolicy(world, "1.03", "1.01", ["1.04", "1.06"]);
    const collaterals = change.collaterals!.map((pinned) => ({ ...pinned, second: echo.address }));
    policies.set(owner, await arm(world, owner, owner === fooled ? { ...change, collaterals } : change));
  }
  await reserve(world, safe, 100n * WAD);
  const liquidator = await openLiquidator(world.chain, "wstETH", "WETH");
  const debt = token(world, "WETH");
  const before = await supplied(world, safe);

  await world.chain.setPrice("wstETH", usd(2_387.8));
  await sendAs(world, world.chain.accounts[0]!, echo, "set", [usd(2_387.8)]);
  const site = siteAt(world, 2_387.8, 2_000, 0n);
  for (const owner of [thin, safe])
    expect(reasonOf(await proposeRescue(site, policies.get(owner)!, debt))).toBe("PricesDisagree");
  const sale = [{ amount: 10n * WAD, route: world.venue.address, data: "0x" as const }];
  const at = { to: world.guardian.address };
  const forced = await readGuardian(world.reader(), at, "execute", [policies.get(safe)!, debt, 10n * WAD, sale]);
  expect(reasonOf(forced)).toBe("PricesDisagree");
  expect([await liquidator.look(thin), await liquidator.look(safe)]).toEqual([true, false]);

  await carryOut(world, policies.get(safe)!, unwrap(await proposeReserveRepay(site, policies.get(safe)!, debt)));
  expect(await healthNow(world, safe)).toBeGreaterThan(health("1.04"));
  expect(await supplied(world, safe)).toBe(before);
  await carryOut(world, policies.get(fooled)!, unwrap(await proposeRescue(site, policies.get(fooled)!, debt)));
  expect(await supplied(world, fooled)).toBeLessThan(before);

  await pass(world, 1_800);
  await world.chain.setPrice("wstETH", usd(2_456));
  expect(reasonOf(await proposeRescue(site, policies.get(safe)!, debt))).toBe("NotTriggered");
});

test("18 April 2026, collateral frozen and WETH lent to the last coin: no flash exit, thin routes are refused, the wallet repays", async () => {
  const { chain, guardian, venue } = world;
  const [admin = "0x", loop = "0x", edge = "0x", stranger = "0x"] = chain.accounts as readonly Hex[];
  await world.setPrice("wstETH", usd(2_544)); // stands for rsETH: 1.06 ETH
  const policies = new Map<Hex, Policy>();
  for (const [owner, debt] of [
    [loop, "934.9"],
    [edge, "980"],
  ] as const) {
    await guarded(world, owner, ["wstETH", "1000"], ["WETH", debt], 1);
    policies.set(owner, await arm(world, owner, loopPolicy(world, "1.08", "1.04", ["1.09", "1.11"])));
  }
  const back = (2_537n * WAD) / 100n;
  await sendAs(world, edge, pool({ world }), "withdraw", [token(world, "wstETH"), back, edge]);
  const [debt, calm, thin] = [token(world, "WETH"), siteAt(world, 2_544, 2_400, 5n), siteAt(world, 2_544, 2_400, 500n)];
  const sourceOf = async (owner: Hex) =>
    unwrap(await readGuardian(world.reader(), { to: guardian.address }, "quote", [policies.get(owner)!, debt, WAD]))
      .source;

  // Before the event both could sell: the same call would succeed.
  const played = async (owner: Hex, site: Site) => {
    const proposed = await proposeRescue(site, policies.get(owner)!, debt);
    if (!proposed.ok) return reasonOf(proposed);
    const call = [policies.get(owner)!, debt, proposed.value.repay, proposed.value.sales] as const;
    return reasonOf(await readGuardian(world.reader(), { to: guardian.address }, "execute", call));
  };
  await sendAs(world, admin, venue, "setSlippage", [5n]);
  expect([await sourceOf(loop), await sourceOf(edge)]).toEqual([0, 0]);
  expect([await played(loop, calm), await played(edge, calm)]).toEqual(["done", "done"]);

  // What the owner took out goes back in as long as the collateral is not frozen; 18:52 and 19:00.
  await sendAs(world, edge, faucet(world, token(world, "wstETH")), "approve", [chain.addresses.pool, back]);
  const toppedUp = async () => {
    const args = [token(world, "wstETH"), back, edge, 0];
    const data = encodeFunctionData({ abi: pool({ world }).abi, functionName: "supply", args });
    return (await ask({ world }, pool({ world }), data, edge)).refusal ?? "done";
  };
  expect(await toppedUp()).toBe("done");
  await sendAs(world, admin, configurator({ world }), "setReserveFreeze", [token(world, "wstETH"), true]);
  expect(await toppedUp()).toBe("ReserveFrozen");
  await mint(chain, "USDC", stranger, 10n ** 14n);
  await sendAs(world, stranger, faucet(world, token(world, "USDC")), "approve", [chain.addresses.pool, 10n ** 14n]);
  await sendAs(world, stranger, pool({ world }), "supply", [token(world, "USDC"), 10n ** 14n, stranger, 0]);
  const free = BigInt(
    await chain.rpc.request<Hex>("eth_call", [
      { to: debt, data: `0x70a08231${(await aTokenOf(chain, "WETH")).slice(2).padStart(64, "0")}` },
      "latest",
    ]),
  );
  await sendAs(world, stranger, pool({ world }), "borrow", [debt, free, 2n, 0, stranger]);
  await sendAs(world, admin, venue, "setSlippage", [500n]);
  expect(await sourceOf(loop)).toBe(2);
  expect(await played(loop, thin)).toBe("guardian/no-route");
  const sale = [{ amount: 10n * WAD, route: venue.address, data: "0x" as const }];
  const forced = (owner: Hex) =>
    readGuardian(world.reader(), { to: guardian.address }, "execute", [policies.get(owner)!, debt, 12n * WAD, sale]);
  expect(reasonOf(await forced(loop))).toBe("CostAboveBound");

  // A day at the end of the slope brings the thinner one below 1, where nothing can leave before something is repaid.
  await pass(world, 86_400);
  expect(await healthNow(world, edge)).toBeLessThan(WAD);
  expect(await played(edge, calm)).toBe("NoFlashSource");
  expect(reasonOf(await forced(edge))).toBe("NoFlashSource");

  // A reserve that lies in the pool is none.
  expect(reasonOf(await proposeReserveRepay(calm, policies.get(edge)!, debt))).toBe("ReserveEmpty");
  await reserve(world, edge, 200n * WAD);
  await carryOut(world, policies.get(edge)!, unwrap(await proposeReserveRepay(calm, policies.get(edge)!, debt)));
  expect(await healthNow(world, edge)).toBeGreaterThan(health("1.09"));
});
