import type { BookEvent } from "@plimsoll/core/book";
import { applyEvent, noFacts } from "@plimsoll/core/turn";
import { canonical, holdingId, text } from "@plimsoll/core/units";
import { openLiquidator, transact } from "@plimsoll/sim/chain";
import type { Hex } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { aaveFeed } from "./feed.ts";
import { aaveAccount } from "./names.ts";
import { readAaveBody } from "./read-holding.ts";
import { readAaveEffect } from "./read-effect.ts";
import { type FaultyRpc, faultyRpc } from "@plimsoll/venues/chain/testing";
import { type World, openWorld } from "./testing/world.ts";

// A borrower with 10 WETH at 4,000 and a debt of 20,000 USDC: a partial liquidation at 2,300, nothing left for him at 1,500.
const id = holdingId("aave:local");
const [calm, low, ruin] = [400_000_000_000n, 230_000_000_000n, 150_000_000_000n];
let world: World;
let rpc: FaultyRpc;
let user: Hex;
let fresh: Hex;
let liquidate: () => Promise<boolean>;

beforeAll(async () => {
  world = await openWorld();
  user = world.borrowers[0] ?? "0x";
  rpc = await faultyRpc(world.chain.rpcUrl);
  await world.chain.setPrice("WETH", calm);
  const { WETH, USDC } = world.chain.addresses.tokens;
  await transact(world.chain.rpc, user, world.pool, "supply", [WETH, 10n ** 19n, user, 0]);
  await transact(world.chain.rpc, user, world.pool, "borrow", [USDC, 20_000n * 10n ** 6n, 2n, 0, user]);
  const { look } = await openLiquidator(world.chain, "WETH", "USDC");
  liquidate = () => look(user);
});
afterAll(async () => {
  await rpc.stop();
  await world.stop();
});
beforeEach(async () => {
  rpc.fault = () => "none";
  if (fresh !== undefined) await world.chain.rpc.request("evm_revert", [fresh]);
  fresh = await world.chain.rpc.request<Hex>("evm_snapshot");
});

function openFeed() {
  const feed = aaveFeed(id, { ...world.sourceOf(user), rpcUrls: [rpc.url] });
  return async (): Promise<readonly BookEvent[]> => {
    const read = await feed.snapshot();
    if (!read.ok) throw new Error(JSON.stringify(read.failure));
    return read.value;
  };
}
const effects = (events: readonly BookEvent[]) => events.flatMap((event) => (event.type === "effect" ? [event] : []));
const lost = (events: readonly BookEvent[]) => events.flatMap((event) => (event.type === "lost" ? [event] : []));
function wethOf(events: readonly BookEvent[]): bigint {
  const holding = events.find((event) => event.type === "holding")!.holding;
  const body = readAaveBody(holding.body);
  if (!body.ok) throw new Error(body.failure.code);
  return body.value.reserves.reduce((sum, { scaledSupply }) => sum + scaledSupply, 0n);
}

test("a liquidation between two snapshots is reported once, before the holding that shows it", async () => {
  const snapshot = openFeed();
  const before = await snapshot();
  expect(effects(before)).toEqual([]);
  await world.chain.setPrice("WETH", low);
  expect(await liquidate()).toBe(true);
  const after = await snapshot();
  const [report] = effects(after);
  expect(effects(after)).toHaveLength(1);
  expect(after[0]).toBe(report);
  expect(report).toMatchObject({ holding: id, account: aaveAccount("local", user), fee: [] });
  expect(text(report!.taken[0]!.amount)).toMatch(/^\d\.\d{18}$/);
  expect(report!.text).toBe(
    `liquidation: ${text(report!.taken[0]!.amount)} WETH taken for ${covered(report!)} USDC of debt`,
  );
  expect(readAaveEffect(JSON.parse(canonical(report!.effect)))).toEqual({ ok: true, value: report!.effect });
  expect(wethOf(after)).toBeLessThan(wethOf(before));
  await world.chain.mine();
  expect(effects(await snapshot())).toEqual([]);
});
const covered = ({ effect }: { readonly effect: { readonly body: unknown } }): string => {
  const { debtToCover } = effect.body as { debtToCover: bigint };
  return `${debtToCover / 1_000_000n}.${`${debtToCover % 1_000_000n}`.padStart(6, "0")}`;
};

test("the first snapshot reports no history", async () => {
  await world.chain.setPrice("WETH", low);
  expect(await liquidate()).toBe(true);
  rpc.seen.length = 0;
  expect(effects(await openFeed()())).toEqual([]);
  expect(rpc.seen.map(({ method }) => method)).not.toContain("eth_getLogs");
});

test("blocks that could not be asked about are asked about again; that is told once and takes no account with it", async () => {
  const snapshot = openFeed();
  const facts = noFacts();
  for (const event of await snapshot()) applyEvent(facts, event);
  await world.chain.setPrice("WETH", low);
  expect(await liquidate()).toBe(true);
  rpc.fault = ({ method }) => (method === "eth_getLogs" ? "down" : "none");
  const blind = await snapshot();
  expect(effects(blind)).toEqual([]);
  expect(lost(blind)).toMatchObject([{ what: "aave-v3:local:liquidation-reports", why: { code: "chain/rpc-failed" } }]);
  for (const event of lost(blind)) applyEvent(facts, event);
  expect(facts.lost.size).toBe(0);
  await world.chain.mine();
  expect(lost(await snapshot())).toEqual([]);
  rpc.fault = () => "none";
  await world.chain.mine();
  expect(effects(await snapshot())).toHaveLength(1);
  expect(effects(await snapshot())).toEqual([]);
});

test("blocks too far back are said to be unasked, not passed over", async () => {
  const snapshot = openFeed();
  await snapshot();
  await world.chain.setPrice("WETH", low);
  expect(await liquidate()).toBe(true);
  for (let block = 0; block < 70; block++) await world.chain.mine();
  const after = await snapshot();
  expect(effects(after)).toEqual([]);
  expect(lost(after)).toMatchObject([{ why: { code: "chain/blocks-not-asked" } }]);
});

test("a position taken whole reads as an empty holding, not as an address without a position", async () => {
  const snapshot = openFeed();
  await snapshot();
  await world.chain.setPrice("WETH", ruin);
  expect(await liquidate()).toBe(true);
  const after = await snapshot();
  expect(effects(after).map(({ taken }) => taken.map(({ asset }) => asset))).toEqual([["WETH"]]);
  expect(wethOf(after)).toBe(0n);
  const others = await aaveFeed(id, { ...world.sourceOf(user), rpcUrls: [rpc.url] }).snapshot();
  expect(others).toMatchObject({ ok: false, failure: { code: "aave-v3/no-position" } });
});
