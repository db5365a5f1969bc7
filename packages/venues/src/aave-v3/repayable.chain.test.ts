import type { Market, Repayable, RepayRoute } from "@plimsoll/core/margin";
import { dec, exact, known, ms, text, unknown, why } from "@plimsoll/core/units";
import { RpcError, revertName, transact } from "@plimsoll/sim/chain";
import { type Hex, encodeFunctionData } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { aaveV3Margin } from "./margin.ts";
import { aaveAccount } from "./names.ts";
import { sceneOf } from "./self-check.ts";
import { type World, openWorld } from "./testing/world.ts";

// 10 WETH, half a WBTC and 3,000 USDC stand against 12,000 USDC and 5,000 DAI. The wallet holds 5,000 USDC.
let world: World;
let user: Hex;
let aTokens: Record<string, Hex>;
let fresh: Hex;
const decimals: Record<string, number> = { WETH: 18, WBTC: 8, USDC: 6, DAI: 18, USDT: 6 };
const units = (symbol: string, amount: string) =>
  dec(amount).digits * 10n ** BigInt((decimals[symbol] ?? 0) - dec(amount).scale);
const token = (symbol: string) => world.chain.addresses.tokens[symbol] ?? "0x";
const admin = () => world.chain.accounts[0] ?? "0x";
const configurator = () => world.chain.contract("PoolConfiguratorInstance", world.chain.addresses.configurator);
const seller = () => world.chain.contract("FlashSeller", world.chain.addresses.flashSeller);

async function must(
  from: Hex,
  contract: { address: Hex; abi: World["pool"]["abi"] },
  name: string,
  args: readonly unknown[],
) {
  const { status } = await transact(world.chain.rpc, from, contract, name, args);
  if (status !== "0x1") throw new Error(`${name}(${args.join(", ")}) reverted while the test was set up`);
}
const govern = (name: string, ...args: readonly unknown[]) => must(admin(), configurator(), name, args);
const supply = (from: Hex, symbol: string, amount: string) =>
  must(from, world.pool, "supply", [token(symbol), units(symbol, amount), from, 0]);
const borrow = (from: Hex, symbol: string, amount: bigint) =>
  must(from, world.pool, "borrow", [token(symbol), amount, 2n, 0, from]);

beforeAll(async () => {
  world = await openWorld();
  [user = "0x"] = world.borrowers;
  for (const [symbol, amount] of [
    ["WETH", "10"],
    ["WBTC", "0.5"],
    ["USDC", "3000"],
  ] as const)
    await supply(user, symbol, amount);
  await borrow(user, "USDC", units("USDC", "12000"));
  await borrow(user, "DAI", units("DAI", "5000"));
  const usdc = world.chain.contract("FaucetToken", token("USDC"));
  const { body, terms } = await world.read(user);
  const held = body.reserves.find(({ id }) => terms.reserves.find((each) => each.id === id)?.asset === "USDC");
  if (held === undefined || held.wallet === "unknown") throw new Error("the wallet was not read");
  await must(user, usdc, "transfer", [world.lender, held.wallet - units("USDC", "5000")]);
  aTokens = Object.fromEntries(
    await Promise.all(["WETH", "WBTC"].map(async (symbol) => [symbol, await aTokenOf(symbol)])),
  );
  for (const aToken of Object.values(aTokens))
    await must(user, world.chain.contract("ATokenInstance", aToken), "approve", [seller().address, 10n ** 30n]);
});
beforeEach(async () => {
  fresh = await world.chain.rpc.request<Hex>("evm_snapshot");
});
afterEach(() => world.chain.rpc.request("evm_revert", [fresh]));
afterAll(() => world.stop());

async function aTokenOf(symbol: string): Promise<Hex> {
  const data = encodeFunctionData({ abi: world.pool.abi, functionName: "getReserveAToken", args: [token(symbol)] });
  const word = await world.chain.rpc.request<Hex>("eth_call", [{ to: world.pool.address, data }, "latest"]);
  return `0x${word.slice(-40)}`;
}

/** A venue that pays 2,390 USDC for a WETH and 59,000 for a WBTC, at any size. */
const prices: Record<string, string> = {
  "WETH/USDC": "2390",
  "WBTC/USDC": "59000",
  "WETH/DAI": "2390",
  "WBTC/DAI": "59000",
};
const deep: Market = { fill: (instrument) => known(dec(prices[instrument] ?? "0"), ms(0)) };
const blind: Market = { fill: () => unknown(why("no-book")) };

/** What the engine says of the next block, a minute ahead. */
async function ask(market: Market = deep) {
  const state = await world.read(user);
  const at = Number(state.body.timestamp) + 60;
  const scene = sceneOf(state, world.sourceOf(user));
  const body = aaveV3Margin.advance(state.body, ms(at * 1000), scene);
  const rows = aaveV3Margin.repayable?.(body, aaveAccount("local", user), scene, market) ?? [];
  return (debt: string, route: RepayRoute) => {
    const row = rows.find((each) => each.debt === debt && each.route === route);
    if (row === undefined) throw new Error(`no row for ${debt} by ${route}`);
    return { at, row };
  };
}
const amountOf = ({ most }: Repayable): bigint => {
  if (most.is !== "known") throw new Error(`not known: ${JSON.stringify(most.is)}`);
  return most.value.digits;
};
const reasonOf = ({ most }: Repayable) => (most.is === "none" ? (most.why.facts["revert"] ?? most.why.code) : most.is);

/** What the contracts say to a call in a block of a given second, which is undone afterwards. */
async function contractSays(
  at: number,
  from: Hex,
  contract: { address: Hex; abi: World["pool"]["abi"] },
  name: string,
  args: readonly unknown[],
) {
  const { rpc } = world.chain;
  const before = await rpc.request<Hex>("evm_snapshot");
  await world.chain.setNextTime(at);
  const { status, blockNumber } = await transact(rpc, from, contract, name, args, 6_000_000n);
  const data = encodeFunctionData({ abi: contract.abi, functionName: name, args });
  const error = status === "0x1" ? undefined : await refusal({ from, to: contract.address, data }, blockNumber);
  await rpc.request("evm_revert", [before]);
  return status === "0x1" ? "yes" : error;
}
async function refusal(call: object, block: Hex) {
  try {
    await world.chain.rpc.request("eth_call", [call, block]);
    return "no-reason";
  } catch (error) {
    if (error instanceof RpcError) return revertName(world.pool.abi, error.data);
    throw error;
  }
}

const repayFromWallet = (at: number, symbol: string, amount: bigint) =>
  contractSays(at, user, world.pool, "repay", [token(symbol), amount, 2n, user]);
const repayWithOwn = (at: number, symbol: string, amount: bigint) =>
  contractSays(at, user, world.pool, "repayWithATokens", [token(symbol), amount, 2n]);
/** One flash loan of `amount`, with these sales at the venue's price. */
const sell = (at: number, debt: string, amount: bigint, sales: Readonly<Record<string, bigint>>) =>
  contractSays(at, user, seller(), "run", [
    world.pool.address,
    token(debt),
    amount,
    user,
    Object.entries(sales).map(([symbol, sold]) => {
      const price = dec(prices[`${symbol}/${debt}`] ?? "0").digits;
      const brings = (sold * price * 10n ** BigInt(decimals[debt] ?? 0)) / 10n ** BigInt(decimals[symbol] ?? 0);
      return { aToken: aTokens[symbol], asset: token(symbol), amount: sold, brings };
    }),
  ]);

/** Another account borrows every WETH that the pool has, or all but some. */
async function drain(symbol: string, leave = 0n) {
  const other = world.borrowers[1] ?? "0x";
  await supply(other, "USDT", "90000000");
  const { body, terms } = await world.read(other);
  const id = terms.reserves.find(({ asset }) => asset === symbol)?.id;
  const pool = body.reserves.find((each) => each.id === id)?.pool;
  if (pool === undefined || pool === "not-read") throw new Error("the pool was not read");
  await borrow(other, symbol, pool.virtualBalance - leave);
}

test("the wallet: what it holds works, one unit more does not", async () => {
  const { at, row } = (await ask())("USDC", "wallet");
  expect([amountOf(row), row.limit]).toEqual([units("USDC", "5000"), "USDC in the wallet"]);
  expect(await repayFromWallet(at, "USDC", amountOf(row))).toBe("yes");
  expect(await repayFromWallet(at, "USDC", amountOf(row) + 1n)).toBe("Panic");
});

test("what is supplied of the debt: all of it works, one unit more does not", async () => {
  const { at, row } = (await ask())("USDC", "own-supply");
  expect(row.limit).toBe("USDC supplied by the account");
  expect(await repayWithOwn(at, "USDC", amountOf(row))).toBe("yes");
  expect(await repayWithOwn(at, "USDC", amountOf(row) + 1n)).not.toBe("yes");
  expect(reasonOf((await ask())("DAI", "own-supply").row)).toBe("aave-v3/nothing-supplied");
});

test("one collateral frozen, its LTV zero, and all of it lent out: no collateral moves, the other routes do", async () => {
  await drain("WETH");
  await govern("setReserveFreeze", token("WETH"), true);
  const says = await ask();
  const { at, row } = says("USDC", "sell-collateral");
  expect(reasonOf(row)).toBe("LtvValidationFailed");
  const some = units("USDC", "1000");
  expect(await sell(at, "USDC", some, { WBTC: units("WBTC", "0.02") })).toBe("LtvValidationFailed");
  expect(await sell(at, "USDC", some, { WETH: units("WETH", "0.5") })).toBe("Panic");
  expect(await repayFromWallet(at, "USDC", amountOf(says("USDC", "wallet").row))).toBe("yes");
  expect(await repayWithOwn(at, "USDC", amountOf(says("USDC", "own-supply").row))).toBe("yes");
  // The frozen asset takes no more; what the levers offer is what the contract takes.
  const state = await world.read(user);
  const levers =
    aaveV3Margin.levers?.(state.body, aaveAccount("local", user), sceneOf(state, world.sourceOf(user))) ?? [];
  expect(levers.filter(({ use }) => use === "supply").map(({ on }) => on)).toEqual(["WBTC", "USDC"]);
  expect(await contractSays(at, user, world.pool, "supply", [token("WETH"), 10n ** 18n, user, 0])).toBe(
    "ReserveFrozen",
  );
});

test("with one WETH left in the pool, that one is what can be sold: to the unit", async () => {
  await drain("WETH", units("WETH", "1"));
  await govern("setReserveFreeze", token("WETH"), true);
  const { at, row } = (await ask())("USDC", "sell-collateral");
  expect(row.limit).toBe("collateral that may be withdrawn and sold");
  // 2,390 less a premium of 5 bps, rounded up
  expect(amountOf(row)).toBe(2_388_805597n);
  const sales = { WETH: units("WETH", "1") };
  expect(await sell(at, "USDC", amountOf(row), sales)).toBe("yes");
  expect(await sell(at, "USDC", amountOf(row) + 1n, sales)).toBe("Panic");
  expect(await sell(at, "USDC", amountOf(row) + 1n, { WETH: units("WETH", "1") + 1n })).toBe("Panic");
});

test("a flash loan that pays the whole of the only debt unlocks every collateral", async () => {
  await must(user, world.pool, "repay", [token("DAI"), 10n ** 30n, 2n, user]);
  await drain("WETH");
  await govern("setReserveFreeze", token("WETH"), true);
  const { at, row } = (await ask())("USDC", "sell-collateral");
  expect(row.limit).toBe("the whole debt");
  const owed = amountOf(row);
  expect(await sell(at, "USDC", owed, { WBTC: units("WBTC", "0.25") })).toBe("yes");
  expect(await sell(at, "USDC", owed - 1n, { WBTC: units("WBTC", "0.25") })).toBe("LtvValidationFailed");
});

test("what the pool lends for a call bounds it, to the unit; an empty pool lends nothing", async () => {
  await drain("USDC", units("USDC", "7000"));
  const bound = (await ask())("USDC", "sell-collateral");
  expect([amountOf(bound.row), bound.row.limit]).toEqual([
    units("USDC", "7000"),
    "USDC that the pool lends by flash loan",
  ]);
  expect(await sell(bound.at, "USDC", amountOf(bound.row), { WETH: units("WETH", "4") })).toBe("yes");
  expect(await sell(bound.at, "USDC", amountOf(bound.row) + 1n, { WETH: units("WETH", "4") })).toBe("Panic");
  await borrow(world.borrowers[1] ?? "0x", "USDC", units("USDC", "7000"));
  const empty = await ask();
  expect(reasonOf(empty("USDC", "sell-collateral").row)).toBe("aave-v3/not-enough-liquidity");
  expect(await sell(empty("USDC", "wallet").at, "USDC", 1n, {})).toBe("Panic");
  expect(await repayWithOwn(empty("USDC", "own-supply").at, "USDC", amountOf(empty("USDC", "own-supply").row))).toBe(
    "yes",
  );
});

test("flash loans switched off, and a pause, shut what the contract shuts", async () => {
  await govern("setReserveFlashLoaning", token("USDC"), false);
  const off = (await ask())("USDC", "sell-collateral");
  expect(reasonOf(off.row)).toBe("FlashloanDisabled");
  expect(await sell(off.at, "USDC", units("USDC", "100"), { WETH: units("WETH", "1") })).toBe("FlashloanDisabled");
  await govern("setReserveFlashLoaning", token("USDC"), true);
  await govern("setReservePause", token("USDC"), true, 0);
  const paused = await ask();
  for (const route of ["wallet", "own-supply", "sell-collateral"] as const)
    expect(reasonOf(paused("USDC", route).row)).toBe("ReservePaused");
  const { at } = paused("USDC", "wallet");
  expect(await repayFromWallet(at, "USDC", 1_000_000n)).toBe("ReservePaused");
  expect(await repayWithOwn(at, "USDC", 1_000_000n)).toBe("ReservePaused");
  expect(await sell(at, "USDC", 1_000_000n, { WETH: units("WETH", "1") })).toBe("ReservePaused");
});

test("below health 1: what is supplied cannot pay while it leaves health below 1; money can", async () => {
  await world.chain.setPrice("WETH", 30_000_000_000n);
  await world.chain.setPrice("WBTC", 2_200_000_000_000n);
  const says = await ask();
  const own = says("USDC", "own-supply");
  expect(reasonOf(own.row)).toBe("HealthFactorLowerThanLiquidationThreshold");
  for (const amount of [units("USDC", "1000"), units("USDC", "3000")])
    expect(await repayWithOwn(own.at, "USDC", amount)).toBe("HealthFactorLowerThanLiquidationThreshold");
  expect(await repayFromWallet(own.at, "USDC", amountOf(says("USDC", "wallet").row))).toBe("yes");
});

test("a market whose depth is not known makes the figure unknown, not zero", async () => {
  const { row } = (await ask(blind))("USDC", "sell-collateral");
  expect([row.most.is, row.limit]).toEqual(["unknown", "depth of the market for the collateral"]);
});

test("the supply cap: what the lever offers works, one unit more does not", async () => {
  await govern("setSupplyCap", token("WBTC"), 34n);
  const state = await world.read(user);
  const at = Number(state.body.timestamp) + 60;
  const scene = sceneOf(state, world.sourceOf(user));
  const body = aaveV3Margin.advance(state.body, ms(at * 1000), scene);
  const lever = (aaveV3Margin.levers?.(body, aaveAccount("local", user), scene) ?? []).find(
    ({ use, on }) => use === "supply" && on === "WBTC",
  );
  const { digits } = lever?.most ?? exact(0n, 0);
  expect(text(exact(digits, 8))).toMatch(/^0\./);
  const supplyWbtc = (amount: bigint) => contractSays(at, user, world.pool, "supply", [token("WBTC"), amount, user, 0]);
  expect([await supplyWbtc(digits), await supplyWbtc(digits + 1n)]).toEqual(["yes", "SupplyCapExceeded"]);
});
