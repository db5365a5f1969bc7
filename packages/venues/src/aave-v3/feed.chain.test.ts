import type { BookEvent } from "@plimsoll/core/book";
import { bindEngine } from "@plimsoll/core/margin";
import { canonical, exact, holdingId, text } from "@plimsoll/core/units";
import { transact } from "@plimsoll/sim/chain";
import {
  type Hex,
  decodeFunctionData,
  decodeFunctionResult,
  encodeFunctionResult,
  getAbiItem,
  slice,
  toFunctionSelector,
} from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { multicallAbi } from "@plimsoll/venues/chain";
import { readAbi } from "./abi.ts";
import { aaveFeed } from "./feed.ts";
import { readAaveEffect } from "./read-effect.ts";
import { readAaveBody } from "./read-holding.ts";
import { readAaveTerms } from "./read-terms.ts";
import { aaveV3Margin } from "./margin.ts";
import { aaveAccount, oracleQuote } from "./names.ts";
import { type FaultyRpc, type RpcCall, faultyRpc } from "@plimsoll/venues/chain/testing";
import { type World, openWorld } from "./testing/world.ts";

const id = holdingId("aave:local");
let world: World;
let rpc: FaultyRpc;
let user: Hex;
const sourceOf = (who: Hex) => ({ ...world.sourceOf(who), rpcUrls: [rpc.url] as const });

beforeAll(async () => {
  world = await openWorld();
  const [first = "0x"] = world.borrowers;
  user = first;
  rpc = await faultyRpc(world.chain.rpcUrl);
  const { tokens } = world.chain.addresses;
  await transact(world.chain.rpc, user, world.pool, "supply", [tokens["WETH"], 10n ** 19n, user, 0]);
  await transact(world.chain.rpc, user, world.pool, "borrow", [tokens["USDC"], 9_000n * 10n ** 6n, 2n, 0, user]);
});
afterAll(async () => {
  await rpc.stop();
  await world.stop();
});
beforeEach(() => {
  rpc.fault = () => "none";
});

const snapshot = (who: Hex = user, change: object = {}) => aaveFeed(id, { ...sourceOf(who), ...change }).snapshot();

/** The events of a snapshot by what they are; each of these is there once. */
function partsOf(events: readonly BookEvent[]) {
  const [terms, holding, parity] = [events.at(0), events.at(-2), events.at(-1)];
  if (terms?.type !== "terms" || holding?.type !== "holding" || parity?.type !== "parity")
    throw new Error("another order, or a degraded account");
  return { terms: terms.terms, holding: holding.holding, parity };
}

test("a snapshot is terms, prices, holding, figures of both sides in that order, and survives the journal", async () => {
  const read = await snapshot();
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  expect(read.value.map(({ type }) => type)).toEqual([
    "terms",
    ...world.symbols.map(() => "price"),
    "holding",
    "parity",
  ]);
  const journaled = JSON.parse(canonical(read.value)) as readonly BookEvent[];
  const { terms, holding } = partsOf(journaled);
  const engine = bindEngine(aaveV3Margin, readAaveBody, readAaveTerms, readAaveEffect);
  expect(engine.readable(holding, terms)).toEqual({ ok: true, value: undefined });
  expect(engine.accounts(holding)).toEqual([aaveAccount("local", user)]);
});

test("a wallet with funds and no allowance can still rescue: the actor grants the allowance", async () => {
  const payer = "0x00000000000000000000000000000000000000a1";
  const weth = world.chain.contract("FaucetToken", world.chain.addresses.tokens["WETH"] ?? "0x");
  await transact(world.chain.rpc, user, weth, "mint", [payer, 5n * 10n ** 18n]);
  const read = await snapshot(user, { payer });
  const { terms, holding } = partsOf(read.ok ? read.value : []);
  const engine = bindEngine(aaveV3Margin, readAaveBody, readAaveTerms, readAaveEffect);
  const scene = { now: holding.asOf, quotes: new Map(), terms };
  const levers = engine.levers(holding, aaveAccount("local", user), scene);
  expect(levers.map(({ use, on, most }) => [use, on, text(most)])).toContainEqual([
    "supply",
    "WETH",
    text(exact(5n * 10n ** 18n, 18)),
  ]);
});

test("one eth_call reads the whole state", async () => {
  const feed = aaveFeed(id, sourceOf(user));
  await feed.snapshot();
  rpc.seen.length = 0;
  expect((await feed.snapshot()).ok).toBe(true);
  expect(rpc.seen.map(({ method }) => method)).toEqual(["eth_call"]);
});

const stranger = "0x000000000000000000000000000000000000bEEF";
test("an address without a position is told so", async () => {
  expect(await snapshot(stranger)).toMatchObject({ ok: false, failure: { code: "aave-v3/no-position" } });
});

test("an endpoint of another chain is refused with both ids", async () => {
  expect(await snapshot(user, { chainId: 1 })).toMatchObject({
    ok: false,
    failure: { code: "chain/wrong-chain", facts: { configured: "1", answered: "31337 (eth_chainId)" } },
  });
});

test("an endpoint that lies about its chain is found out by the chain itself", async () => {
  rpc.fault = ({ method }) => (method === "eth_chainId" ? { result: () => "0x1" } : "none");
  expect(await snapshot(user, { chainId: 1 })).toMatchObject({
    ok: false,
    failure: { code: "chain/wrong-chain", facts: { answered: "31337 (the chain's own answer)" } },
  });
});

test("an endpoint that is down is told so without its address", async () => {
  rpc.fault = () => "down";
  const read = await snapshot();
  expect(read).toMatchObject({ ok: false, failure: { code: "chain/rpc-failed" } });
  expect(JSON.stringify(read)).not.toContain(rpc.secret);
});

test("a provider address that is no provider is told so", async () => {
  const provider = world.chain.addresses.tokens["WETH"];
  expect(await snapshot(user, { provider })).toMatchObject({
    ok: false,
    failure: { code: "chain/unexpected-contract" },
  });
});

test("no multicall at the configured address is told so", async () => {
  expect(await snapshot(user, { multicall: stranger })).toMatchObject({
    ok: false,
    failure: { code: "chain/rpc-failed", facts: { call: "aggregate3" } },
  });
});

test("another pool revision is seen, not modelled", async () => {
  rpc.fault = answering({ POOL_REVISION: 12n });
  expect(await snapshot()).toMatchObject({
    ok: false,
    failure: { code: "aave-v3/not-modelled", facts: { value: "pool revision 12" } },
  });
});

test("pool revision 11 is detected: its rules name the holding, isolated categories are read, isolation mode is not", async () => {
  rpc.fault = answering({ POOL_REVISION: 11n, getIsEModeCategoryIsolated: true });
  const read = await snapshot();
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  const { terms, holding } = partsOf(read.value);
  expect([terms.rules, holding.rules]).toEqual(["r11", "r11"]);
  const body = readAaveTerms(terms.body);
  if (!body.ok) throw new Error(body.failure.code);
  expect(body.value.rules).toBe("r11");
  expect(body.value.eModes.map(({ isolated }) => isolated)).toEqual([true, true]);
  expect(body.value.reserves.find(({ asset }) => asset === "CRV")?.debtCeiling).toBe(0n);
});

test("the contract's six figures of the account stand beside ours, equal to the last unit", async () => {
  const read = await snapshot();
  const { parity } = partsOf(read.ok ? read.value : []);
  const asked = (await world.client.readContract({
    ...{ address: world.pool.address, abi: readAbi, functionName: "getUserAccountData", args: [user] },
  })) as readonly bigint[];
  const shown = parity.rows.map(({ figure, venue, verdict }) => [
    figure,
    venue === "none" ? venue : venue.digits,
    verdict,
  ]);
  const figures = ["collateral", "debt", "available-borrows", "liquidation-threshold", "ltv", "health-factor"];
  expect(shown).toEqual(figures.map((figure, place) => [figure, asked[place], "same"]));
});

test("a venue figure that is not ours degrades the account, and is shown beside ours", async () => {
  rpc.fault = answering({ getUserAccountData: [1n, 2n, 3n, 4n, 5n, 6n] });
  const read = await snapshot();
  const degraded = read.ok ? read.value : [];
  expect(degraded.at(-1)).toMatchObject({
    type: "lost",
    what: id,
    why: { code: "aave-v3/self-check-failed", facts: { field: "collateral", venue: "1" } },
  });
  const rows = degraded.flatMap((event) => (event.type === "parity" ? event.rows : []));
  expect(rows.map(({ verdict, decides }) => [verdict, decides])).toEqual(Array(6).fill(["differs", true]));
});

test("a price source that does not answer is a missing price and a degraded account, not a zero", async () => {
  const weth = world.chain.addresses.feeds["WETH"] ?? "0x";
  const [admin = "0x"] = world.chain.accounts;
  const feed = world.chain.contract("PriceFeed", weth);
  const before = await world.chain.rpc.request<Hex>("evm_snapshot");
  await transact(world.chain.rpc, admin, feed, "set", [0n]);
  const read = await snapshot();
  await world.chain.rpc.request("evm_revert", [before]);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  const prices = read.value.flatMap((event) => (event.type === "price" ? [event.key] : []));
  expect(prices).toHaveLength(world.symbols.length - 1);
  expect(prices).not.toContain(oracleQuote("local", "WETH"));
  expect(read.value.at(-1)).toMatchObject({ type: "lost", why: { code: "price-missing" } });
});

test("watching: a snapshot for every new block, none for the same one, and an outage told once", async () => {
  const { events, stop } = await watching();
  await until(() => holdings(events).length === 1);
  await world.chain.mine();
  await until(() => holdings(events).length === 2);
  const [first, second] = holdings(events);
  expect(second!.asOf > first!.asOf).toBe(true);
  rpc.fault = () => "down";
  await until(() => lost(events).length === 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  rpc.fault = () => "none";
  await world.chain.mine();
  await until(() => holdings(events).length === 3);
  await stop();
  expect(lost(events).map(({ code }) => code)).toEqual(["chain/rpc-failed"]);
  await world.chain.mine();
  expect(holdings(events)).toHaveLength(3);
});

test("watching: blocks that were skipped are followed back, and a replaced block is told", async () => {
  const before = await world.chain.rpc.request<Hex>("evm_snapshot");
  await world.chain.mine();
  const { events, stop } = await watching();
  await until(() => holdings(events).length === 1);
  await world.chain.mine();
  await world.chain.mine();
  await until(() => holdings(events).length >= 2);
  expect(lost(events)).toEqual([]);
  await world.chain.rpc.request("evm_revert", [before]);
  await world.chain.setPrice("WETH", 230_000_000_000n);
  for (let block = 0; block < 4; block++) await world.chain.mine();
  await until(() => lost(events).length > 0);
  await stop();
  expect(lost(events)[0]).toMatchObject({ code: "chain/reorganised" });
  expect(events.findLastIndex(({ type }) => type === "holding")).toBeGreaterThan(
    events.findIndex(({ type }) => type === "lost"),
  );
});

async function watching() {
  const events: BookEvent[] = [];
  const stop = await aaveFeed(id, sourceOf(user), { everyMs: 5 }).watch((event) => events.push(event));
  return { events, stop };
}
const holdings = (events: readonly BookEvent[]) =>
  events.flatMap((event) => (event.type === "holding" ? [event.holding] : []));
const lost = (events: readonly BookEvent[]) => events.flatMap((event) => (event.type === "lost" ? [event.why] : []));

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("waited 5 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

type Answered = "POOL_REVISION" | "getUserAccountData" | "getIsEModeCategoryIsolated";

/** A fault that changes the answers of some functions inside aggregated calls, whatever their arguments. */
function answering(answers: Partial<Record<Answered, unknown>>) {
  const encodeResult = encodeFunctionResult as (call: object) => Hex;
  const changed = new Map(
    Object.entries(answers).map(([functionName, result]) => {
      const item = getAbiItem({ abi: readAbi, name: functionName as Answered });
      return [toFunctionSelector(item), encodeResult({ abi: readAbi, functionName, result })];
    }),
  );
  return ({ method, params }: RpcCall) => {
    if (method !== "eth_call") return "none";
    const [{ data }] = params as [{ data: Hex }];
    const [calls] = decodeFunctionData({ abi: multicallAbi, data }).args;
    return {
      result: (raw: unknown) => {
        const functionCall = { abi: multicallAbi, functionName: "aggregate3" } as const;
        const results = decodeFunctionResult({ ...functionCall, data: raw as Hex }).map((result, place) => {
          const returnData = changed.get(slice(calls[place]?.callData ?? "0x", 0, 4));
          return returnData === undefined ? result : { success: true, returnData };
        });
        return encodeFunctionResult({ ...functionCall, result: results });
      },
    };
  };
}
