import type { BookEvent } from "@plimsoll/core/book";
import { bindEngine } from "@plimsoll/core/margin";
import { applyEvent, noFacts } from "@plimsoll/core/turn";
import { canonical, dec, exact, holdingId, rescale, text } from "@plimsoll/core/units";
import { transact } from "@plimsoll/sim/chain";
import {
  type Hex,
  decodeFunctionData,
  decodeFunctionResult,
  encodeFunctionData,
  encodeFunctionResult,
  parseAbi,
  zeroAddress,
} from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type FaultyRpc, type RpcCall, faultyRpc } from "@plimsoll/venues/chain/testing";
import { readAbi } from "./abi.ts";
import { morphoFeed } from "./feed.ts";
import { morphoBlueMargin } from "./margin.ts";
import { morphoAccount } from "./names.ts";
import { readMorphoEffect } from "./read-effect.ts";
import { readMorphoBody } from "./read-holding.ts";
import { readMorphoTerms } from "./read-terms.ts";
import { type World, openWorld } from "./testing/world.ts";

// The owner has 10 WETH at 2,400 against 18,000 USDC: a line at 2,093. Others of his stand in the wstETH market and in the one without interest.
const id = holdingId("morpho:local");
const engine = bindEngine(morphoBlueMargin, readMorphoBody, readMorphoTerms, readMorphoEffect);
let world: World;
let rpc: FaultyRpc;
let owner: Hex;
let fresh: Hex;

const price = (dollars: bigint) => dollars * 10n ** 24n;
const call = async (from: Hex, name: string, ...args: readonly unknown[]) => {
  const { status } = await transact(world.chain.rpc, from, world.local.morpho, name, args);
  expect(status).toBe("0x1");
};

beforeAll(async () => {
  world = await openWorld();
  rpc = await faultyRpc(world.chain.rpcUrl);
  owner = world.owners[0] ?? "0x";
  const [usdc, weth] = world.markets.map(({ params }) => params);
  await call(owner, "supplyCollateral", usdc, 10n ** 19n, owner, "0x");
  await call(owner, "borrow", usdc, 18_000_000000n, 0n, owner, owner);
  await call(owner, "supplyCollateral", weth, 10n ** 19n, owner, "0x");
  await call(owner, "borrow", weth, 5n * 10n ** 18n, 0n, owner, owner);
  const noRate = world.markets[3]!.params;
  await call(owner, "supplyCollateral", noRate, 33_333_333n, owner, "0x");
  await call(owner, "borrow", noRate, 7_777_777777n, 0n, owner, owner);
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

const openFeed = (change: object = {}) =>
  morphoFeed(id, { ...world.sourceOf(owner), rpcUrls: [rpc.url], ...change }, { everyMs: 5 });
async function events(feed = openFeed()): Promise<readonly BookEvent[]> {
  const read = await feed.snapshot();
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}
const of = <T extends BookEvent["type"]>(type: T, all: readonly BookEvent[]) =>
  all.filter((event): event is Extract<BookEvent, { type: T }> => event.type === type);
test("a snapshot is terms, prices, holding, parity, and survives the journal", async () => {
  const told = await events();
  expect(told.map(({ type }) => type)).toEqual(["terms", "price", "price", "price", "price", "holding", "parity"]);
  const journaled = JSON.parse(canonical(told)) as readonly BookEvent[];
  const [{ terms }, { holding }] = [of("terms", journaled)[0]!, of("holding", journaled)[0]!];
  expect(engine.readable(holding, terms)).toEqual({ ok: true, value: undefined });
  const accounts = engine.accounts(holding);
  expect(accounts).toHaveLength(world.markets.length);
  expect(accounts[0]).toBe(morphoAccount("local", owner, `WETH-USDC-86-${world.markets[0]!.id.slice(2, 10)}`));
});

test("the contract's own totals and verdict stand beside ours, equal to the last unit", async () => {
  const [parity] = of("parity", await events());
  expect(parity!.rows.filter(({ verdict }) => verdict !== "same")).toEqual([]);
  expect(parity!.rows.filter(({ figure }) => figure === "liquidatable").map(({ venue }) => venue)).toEqual([
    exact(0n),
    exact(0n),
    exact(0n),
  ]);
  // A year on, with the interest of a year: all that the contract would store is what we project.
  const block = await world.chain.rpc.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
  await world.chain.mine(Number(block.timestamp) + 31_536_000);
  const [later] = of("parity", await events());
  const debt = (rows: typeof parity) => rows!.rows.find(({ figure }) => figure === "total-debt")!.ours;
  expect(later!.rows.filter(({ verdict }) => verdict !== "same")).toEqual([]);
  expect(debt(later)).not.toEqual(debt(parity));
});

test("a market without interest: healthy at the price we name, liquidatable one unit of the oracle below", async () => {
  const market = world.markets[3]!;
  const { holding, scene } = sceneOf(await events());
  const { explain } = engine.assess(holding, engine.accounts(holding)[3]!, scene);
  const [line = ""] = explain.parts?.find(({ name }) => name === "lowest healthy oracle price")?.value.split(" ") ?? [];
  const digits = rescale(dec(line), 34, "down").digits;
  const verdictAt = async (answer: bigint) => {
    await world.local.setPrice(market, answer);
    const [parity] = of("parity", await events());
    const judged = parity!.rows.filter(({ figure }) => figure === "liquidatable").at(-1)!;
    return [judged.verdict, judged.venue];
  };
  expect(await verdictAt(digits)).toEqual(["same", exact(0n)]);
  expect(await verdictAt(digits - 1n)).toEqual(["same", exact(1n)]);
});

function sceneOf(all: readonly BookEvent[]) {
  const facts = noFacts();
  for (const event of all) applyEvent(facts, event);
  const { holding } = of("holding", all)[0]!;
  return { holding, scene: { now: holding.asOf, quotes: facts.quotes, terms: of("terms", all)[0]!.terms } };
}

test("a wallet with funds and no allowance can still rescue: the actor grants the allowance", async () => {
  const payer = "0x00000000000000000000000000000000000000a1";
  const weth = world.chain.contract("FaucetToken", world.chain.addresses.tokens["WETH"] ?? "0x");
  await transact(world.chain.rpc, owner, weth, "mint", [payer, 5n * 10n ** 18n]);
  const { holding, scene } = sceneOf(await events(openFeed({ payer })));
  const levers = engine.levers(holding, engine.accounts(holding)[0]!, scene);
  expect(levers.map(({ use, on, most }) => [use, on, text(most)])).toEqual([
    ["supply", "WETH", "5.000000000000000000"],
  ]);
});

test("after the first snapshot two eth_calls read the whole state", async () => {
  const feed = openFeed();
  await feed.snapshot();
  rpc.seen.length = 0;
  expect((await feed.snapshot()).ok).toBe(true);
  expect(rpc.seen.map(({ method }) => method)).toEqual(["eth_call", "eth_call"]);
});

// oxfmt-ignore
test.each([
  ["an address without a position",  () => ({ owner: "0x000000000000000000000000000000000000bEEF" }), "morpho-blue/no-position"],
  ["an id without a market",         () => ({ markets: [`0x${"12".repeat(32)}`] }),                   "morpho-blue/no-such-market"],
  ["another chain's endpoint",       () => ({ chainId: 1 }),                                          "chain/wrong-chain"],
  ["a contract that is not Morpho",  () => ({ morpho: world.chain.addresses.multicall }),             "chain/unexpected-contract"],
  ["no multicall at its address",    () => ({ multicall: zeroAddress.replace(/0$/, "9") }),           "chain/rpc-failed"],
])("%s is told so", async (_what, change, code) => {
  expect(await openFeed(change()).snapshot()).toMatchObject({ ok: false, failure: { code } });
});

test("an endpoint that is down is told so without its address", async () => {
  rpc.fault = () => "down";
  const read = await openFeed().snapshot();
  expect(read).toMatchObject({ ok: false, failure: { code: "chain/rpc-failed" } });
  expect(JSON.stringify(read)).not.toContain(rpc.secret);
});

test("an oracle that answers 0 is a lost price and an unknown account, not a worthless collateral", async () => {
  const feed = openFeed();
  const before = await events(feed);
  await world.local.setPrice(world.markets[0]!, 0n);
  const after = await events(feed);
  const [lost] = of("lost", after);
  expect(lost?.why).toMatchObject({
    code: "morpho-blue/oracle-does-not-answer",
    facts: { market: expect.stringMatching(/^WETH-USDC/) },
  });
  expect(of("price", after)).toHaveLength(of("price", before).length - 1);
  const { holding, scene } = sceneOf(after);
  expect(engine.assess(holding, engine.accounts(holding)[0]!, scene)).toMatchObject({
    lines: [],
    equity: { is: "unknown" },
  });
});

test("a rate model that does not answer makes its markets unknown", async () => {
  rpc.fault = answering("borrowRateView", { success: false, returnData: "0x" });
  const { holding, scene } = sceneOf(await events());
  const [usdc, , , noRate] = engine.accounts(holding);
  expect(engine.assess(holding, usdc!, scene)).toMatchObject({
    lines: [],
    equity: { is: "unknown", why: { code: "morpho-blue/rate-unknown" } },
  });
  expect(engine.assess(holding, noRate!, scene).equity.is).toBe("known");
});

test("a total that is not ours differs, and that decides", async () => {
  const results = encodeFunctionResult({ abi: readAbi, functionName: "market", result: [1n, 2n, 3n, 4n, 5n, 0n] });
  rpc.fault = answering("market", { success: true, returnData: results }, 1);
  const [parity] = of("parity", await events());
  const differing = parity!.rows.filter(({ verdict, decides }) => verdict === "differs" && decides);
  expect(differing.map(({ figure }) => figure)).toContain("total-debt");
});

test("liquidations are reported once, before the holding that shows them", async () => {
  const feed = openFeed();
  expect(of("effect", await events(feed))).toEqual([]);
  await world.local.setPrice(world.markets[0]!, price(1_700n));
  await call(world.liquidator, "liquidate", world.markets[0]!.params, owner, 10n ** 19n, 0n, "0x");
  const after = await events(feed);
  const [report] = of("effect", after);
  expect(after.indexOf(report!)).toBeLessThan(after.findIndex(({ type }) => type === "holding"));
  expect(report!.account).toMatch(/WETH-USDC-86/);
  expect(report!.taken.map(({ asset, amount }) => `${text(amount)} ${asset}`)).toEqual(["10.000000000000000000 WETH"]);
  expect(report!.text).toMatch(
    /^liquidation: 10\.0+ WETH taken for 16286\.\d+ USDC of debt, 17\d\d\.\d+ USDC of it written off$/,
  );
  expect(readMorphoEffect(report!.effect).ok).toBe(true);
  expect(of("effect", await events(feed))).toEqual([]);
});

test("watching: every new block once, an outage told once, a replaced block told before the state that is", async () => {
  const before = await world.chain.rpc.request<Hex>("evm_snapshot");
  const seen: BookEvent[] = [];
  const stop = await openFeed().watch((event) => seen.push(event));
  await until(() => of("holding", seen).length === 1);
  await world.chain.mine();
  await until(() => of("holding", seen).length === 2);
  rpc.fault = () => "down";
  await until(() => of("lost", seen).length === 1);
  rpc.fault = () => "none";
  await world.chain.mine();
  await until(() => of("holding", seen).length === 3);
  await world.chain.rpc.request("evm_revert", [before]);
  await world.local.setPrice(world.markets[0]!, price(2_300n));
  for (let block = 0; block < 4; block++) await world.chain.mine();
  await until(() => of("lost", seen).length > 1);
  await stop();
  // a block that is replaced while it is being read is told by that name
  const [outage, replaced] = of("lost", seen).map(({ why }) => why.code);
  expect(outage).toBe("chain/rpc-failed");
  expect(["chain/reorganised", "chain/block-replaced"]).toContain(replaced);
  expect(seen.findLastIndex(({ type }) => type === "holding")).toBeGreaterThan(
    seen.findLastIndex(({ type }) => type === "lost"),
  );
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("waited 5 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const multicallAbi = parseAbi([
  "struct Call3 { address target; bool allowFailure; bytes callData; }",
  "struct Result { bool success; bytes returnData; }",
  "function aggregate3(Call3[] calls) payable returns (Result[])",
]);

/** A fault that changes answers of one function inside aggregated calls that also ask for a rate; of each market the `nth`. */
function answering(functionName: "borrowRateView" | "market", answer: { success: boolean; returnData: Hex }, nth = 0) {
  const selector = (name: string) =>
    (encodeFunctionData as (call: object) => Hex)({ abi: readAbi, functionName: name, args: exampleArgs[name] }).slice(
      0,
      10,
    );
  return ({ method, params }: RpcCall) => {
    if (method !== "eth_call") return "none" as const;
    const [{ data }] = params as [{ data: Hex }];
    const [calls] = decodeFunctionData({ abi: multicallAbi, data }).args;
    const asks = (name: string) =>
      calls.flatMap(({ callData }, place) => (callData.startsWith(selector(name)) ? [place] : []));
    if (asks("borrowRateView").length === 0) return "none" as const;
    const ids = new Map<Hex, number>();
    const changed = asks(functionName).filter((place) => {
      const { callData } = calls[place]!;
      const before = ids.get(callData) ?? 0;
      ids.set(callData, before + 1);
      return before === nth;
    });
    return {
      result: (raw: unknown) => {
        const results = [...decodeFunctionResult({ abi: multicallAbi, functionName: "aggregate3", data: raw as Hex })];
        for (const place of changed) results[place] = answer;
        return encodeFunctionResult({ abi: multicallAbi, functionName: "aggregate3", result: results });
      },
    };
  };
}
const zeros = { loanToken: zeroAddress, collateralToken: zeroAddress, oracle: zeroAddress, irm: zeroAddress, lltv: 0n };
const totals = {
  totalSupplyAssets: 0n,
  totalSupplyShares: 0n,
  totalBorrowAssets: 0n,
  totalBorrowShares: 0n,
  lastUpdate: 0n,
  fee: 0n,
};
const exampleArgs: Record<string, readonly unknown[]> = {
  borrowRateView: [zeros, totals],
  market: [`0x${"00".repeat(32)}`],
};
