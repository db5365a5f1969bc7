// The feed and the arithmetic against our own ledger in Solidity: it asks by the real contract's names and computes on an EVM, but it is
// not Compound's contract, which no package has.
import type { Action, BookEvent } from "@plimsoll/core/book";
import { type AssetId, type Exact, assetId, exact, holdingId, minOf, ms, text } from "@plimsoll/core/units";
import { mainUrl, rpcClient } from "@plimsoll/venues/chain";
import { type Chain, type Contract, openComet, startChain, transact } from "@plimsoll/sim/chain";
import type { Hex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CometSource, type Discovered, discover } from "./discover.ts";
import { owedOf } from "./base-balance.ts";
import { sceneOf } from "./events.ts";
import { cometFeed } from "./feed.ts";
import type { CometBody } from "./holding.ts";
import { accrue } from "./indices.ts";
import { compoundV3Margin as margin } from "./margin.ts";
import { cometAccount } from "./names.ts";
import { parityOf } from "./parity.ts";
import { type CometSnapshot, readSnapshot } from "./snapshot.ts";
import { quoteCollateral } from "./storefront.ts";
import { readPrice } from "./prices.ts";
import { usdcMarket } from "./testing.ts";

let chain: Chain;
let comet: Contract;
let source: CometSource;
let [owner, lender, keeper]: Hex[] = [];
const USDC = 10n ** 6n;
const WETH = 10n ** 18n;
const steps = Number(process.env["PLIMSOLL_RUNS"] ?? 400);

beforeAll(async () => {
  const started = await startChain();
  if (!started.ok) throw new Error(JSON.stringify(started.failure));
  chain = started.value;
  const listed = ["WBTC", "WETH", "LINK"].map((symbol) => {
    const terms = usdcMarket.assets.find(({ asset }) => asset === symbol)!;
    return {
      symbol,
      scale: 10n ** BigInt(terms.decimals),
      borrowCollateralFactor: terms.borrowFactor,
      liquidateCollateralFactor: terms.liquidateFactor,
      liquidationFactor: terms.liquidationFactor,
      supplyCap: terms.supplyCap,
    };
  });
  const { supplyCurve, borrowCurve, storeFrontPriceFactor, targetReserves, baseBorrowMin } = usdcMarket;
  const constants = { supplyCurve, borrowCurve, storeFrontPriceFactor, targetReserves, baseBorrowMin };
  const opened = await openComet(chain, { base: "USDC", baseScale: USDC, assets: listed, ...constants });
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  comet = opened.value;
  [, , , owner, lender, keeper] = chain.accounts as [Hex, Hex, Hex, Hex, Hex, Hex];
  const { rpcUrl, chainId, addresses } = chain;
  const multicall = addresses.multicall;
  source = {
    rpcUrls: [rpcUrl],
    chainId,
    multicall,
    market: "local",
    comet: comet.address,
    user: owner!,
    manager: keeper!,
  };
  for (const who of [owner!, lender!])
    for (const symbol of ["USDC", "WBTC", "WETH", "LINK"]) {
      await send(who, token(symbol), "mint", who, 10n ** 26n);
      await send(who, token(symbol), "approve", comet.address, 2n ** 256n - 1n);
    }
  await send(lender!, comet, "supplyTo", lender, addresses.tokens["USDC"], 500_000n * USDC);
});
afterAll(async () => chain?.stop());

const token = (symbol: string): Contract => chain.contract("FaucetToken", chain.addresses.tokens[symbol]!);
async function send(from: Hex, contract: Contract, name: string, ...args: readonly unknown[]): Promise<boolean> {
  return (await transact(chain.rpc, from, contract, name, args)).status === "0x1";
}
async function snapshot(known: Discovered): Promise<CometSnapshot> {
  const read = await readSnapshot(rpcClient(mainUrl(source)), source, known);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}
async function discovered(): Promise<Discovered> {
  const found = await discover(rpcClient(mainUrl(source)), source);
  if (!found.ok) throw new Error(JSON.stringify(found.failure));
  return found.value;
}
const feedEvents = async (change: Partial<CometSource> = {}) =>
  cometFeed(holdingId("mine"), { ...source, ...change }).snapshot();
const only = <T extends BookEvent["type"]>(events: readonly BookEvent[], type: T) =>
  events.filter((event): event is Extract<BookEvent, { type: T }> => event.type === type);

describe("the feed", () => {
  test("an address without a position is refused, a chain that is another one too", async () => {
    expect(await feedEvents()).toMatchObject({ failure: { code: "compound-v3/no-position" } });
    expect(await feedEvents({ chainId: 1 })).toMatchObject({ failure: { code: "chain/wrong-chain" } });
    expect(await feedEvents({ comet: source.user })).toMatchObject({ failure: { code: "chain/unexpected-contract" } });
  });

  test("terms, prices and holding of one block; the contract's answers beside ours, equal to the unit", async () => {
    const { tokens } = chain.addresses;
    await send(owner!, comet, "supplyTo", owner, tokens["WETH"], 10n * WETH);
    await send(owner!, comet, "withdrawFrom", owner, owner, tokens["USDC"], 15_000n * USDC);
    const events = await feedEvents();
    if (!events.ok) throw new Error(JSON.stringify(events.failure));
    const [terms] = only(events.value, "terms");
    const body = terms!.terms.body as typeof usdcMarket;
    expect({ ...body.borrowCurve, min: body.baseBorrowMin, paused: body.paused }).toEqual({
      ...usdcMarket.borrowCurve,
      min: usdcMarket.baseBorrowMin,
      paused: usdcMarket.paused,
    });
    expect(body.assets.map(({ asset, decimals, liquidateFactor }) => [asset, decimals, liquidateFactor])).toEqual([
      ["WBTC", 8, 770_000_000_000_000_000n],
      ["WETH", 18, 895_000_000_000_000_000n],
      ["LINK", 18, 850_000_000_000_000_000n],
    ]);
    const prices = only(events.value, "price").map(({ key, price }) => `${key} ${text(price)}`);
    expect(prices[0]).toBe("compound-v3:local:USDC:oracle 1.00000000");
    expect(prices[2]).toBe("compound-v3:local:WETH:oracle 2400.00000000");
    const [holding] = only(events.value, "holding");
    const held = holding!.holding.body as CometBody;
    expect(held).toMatchObject({ user: owner, manager: false });
    const [parity] = only(events.value, "parity");
    const owed = parity!.rows[0]!.venue;
    expect(typeof owed === "string" ? owed : text(owed)).toMatch(/^15000\.00/);
    expect(parity!.rows.map(({ figure, verdict }) => [figure, verdict])).toEqual([
      ["debt", "same"],
      ["reserves", "same"],
      ["liquidatable-as-stored", "same"],
      ["supply-index", "same"],
      ["borrow-index", "same"],
      ["liquidatable", "same"],
    ]);
  });

  test("a feed without an answer is told as lost, and nobody is called safe", async () => {
    const weth = chain.contract("PriceFeed", chain.addresses.feeds["WETH"]!);
    await send(owner!, weth, "set", 0n);
    const events = await feedEvents();
    if (!events.ok) throw new Error(JSON.stringify(events.failure));
    expect(only(events.value, "lost").map(({ what }) => what)).toEqual(["compound-v3:local:WETH:oracle"]);
    expect(only(events.value, "parity")[0]!.rows.map(({ verdict }) => verdict)).toEqual(Array(4).fill("same"));
    await send(owner!, weth, "set", 240_000_000_000n);
  });

  test("a market whose tokens or feeds are no longer those that were discovered is not read as if they were", async () => {
    const known = await discovered();
    const changed: readonly Discovered[] = [
      { ...known, base: { ...known.base, priceFeed: known.assets[0]!.priceFeed } },
      { ...known, assets: known.assets.slice(1) },
      { ...known, assets: known.assets.slice(0, 2) },
      { ...known, assets: known.assets.map((each) => ({ ...each, decimals: each.decimals + 1 })) },
    ];
    for (const each of changed) {
      const read = await readSnapshot(rpcClient(mainUrl(source)), source, each);
      expect(read).toMatchObject({ failure: { code: "compound-v3/market-changed" } });
    }
  });

  test("whether the manager is allowed, and what is paused, are read", async () => {
    await send(owner!, comet, "allow", keeper, true);
    await send(owner!, comet, "pause", 0b01010);
    const { body, terms } = await snapshot(await discovered());
    expect([body.manager, terms.paused.transfer, terms.paused.absorb, terms.paused.supply]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    await send(owner!, comet, "pause", 0);
  });
});

/** mulberry32: the same seed gives the same walk. */
function chanceOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** What a step does to the owner's account: an action of ours, or an absorb. */
type Step = Action | { readonly was: "liquidation"; readonly body: object };

test(
  "random actions: what the engine says beforehand is what the EVM does, in every field and every refusal",
  async () => {
    const seed = Number(process.env["PLIMSOLL_SEED"] ?? Date.now() % 1e9);
    console.log(`compound-v3 walk: PLIMSOLL_SEED=${seed}`);
    const chance = chanceOf(seed);
    const known = await discovered();
    const seen = new Map<string, number>();
    let before = await snapshot(known);
    for (let step = 0; step < steps; step++) {
      await unsettle(chance, before);
      before = await snapshot(known);
      const taken = choose(chance, before);
      const at = Number(before.body.timestamp) + 1 + chance(chance(3) === 0 ? 3_000_000 : 600);
      const scene = sceneOf(before, source);
      const then = margin.advance(before.body, ms(at * 1_000), scene);
      const ours = margin.apply(then, taken as never, scene);
      await chain.setNextTime(at);
      const done = await perform(taken, owedOf(accrue(then, before.terms)));
      const name = "do" in taken ? taken.do : taken.was;
      const outcome = ours.ok ? "done" : ours.failure.code;
      seen.set(`${name} ${outcome}`, (seen.get(`${name} ${outcome}`) ?? 0) + 1);
      expect([step, taken, outcome, done]).toEqual([step, taken, outcome, ours.ok]);
      const after = await snapshot(known);
      if (ours.ok)
        expect(after.body).toEqual({ ...ours.value, block: after.body.block, timestamp: after.body.timestamp });
      compareAnswers(after);
      before = after;
    }
    console.log(JSON.stringify(Object.fromEntries(seen)));
    for (const needed of [
      "supply done",
      "repay done",
      "withdraw done",
      "liquidation done",
      "liquidation compound-v3/not-liquidatable",
      "withdraw compound-v3/not-collateralized",
    ])
      expect([needed, seen.has(needed)]).toEqual([needed, true]);
  },
  Math.max(240_000, steps * 500),
);

/** Others' moves and prices; now and then the price at which my collateral is worth about what I owe. */
async function unsettle(chance: (below: number) => number, { body, prices }: CometSnapshot): Promise<void> {
  const usdc = chain.addresses.tokens["USDC"];
  const what = chance(5);
  if (what === 0) await send(lender!, comet, "supplyTo", lender, usdc, BigInt(1 + chance(100_000)) * 777_777n);
  if (what === 1)
    await send(lender!, comet, "withdrawFrom", lender, lender, usdc, BigInt(1 + chance(100_000)) * 777_777n);
  if (what === 2) await chain.setPrice("USDC", BigInt(98_000_000 + chance(4_000_000)));
  if (what < 3) return;
  const weth = body.collateral.find(({ id }) => id === 1)!.balance;
  const brink =
    weth === 0n ? 0n : (-body.principal * prices.get("USDC")! * 10n ** 15n) / (weth * BigInt(850 + chance(200)));
  await chain.setPrice(
    "WETH",
    brink > 10n ** 10n ? minOf(brink, 10n ** 13n) : BigInt(150_000_000_000 + chance(100_000_000_000)),
  );
}

function choose(chance: (below: number) => number, snapshot: CometSnapshot): Step {
  const { body } = snapshot;
  if (chance(3) === 0) return { do: "withdraw", asset: assetId("USDC"), amount: nearlyAll(chance, snapshot) };
  if (chance(3) === 0) return { was: "liquidation", body: {} };
  const what = (["supply", "repay", "withdraw", "withdraw"] as const)[chance(4)]!;
  const place = chance(3);
  const [asset, decimals] =
    what === "repay" || place === 0
      ? (["USDC", 6] as const)
      : place === 1
        ? (["WETH", 18] as const)
        : (["WBTC", 8] as const);
  const whole = { USDC: 30_000n * USDC, WETH: 15n * WETH, WBTC: 4_000_000n }[asset];
  const sized = chance(3) === 0 ? BigInt(1 + chance(1_000)) : (whole * BigInt(1 + chance(1_000_000))) / 1_000_000n;
  const all = what === "repay" && chance(3) === 0 && body.principal < 0n;
  return { do: what, asset: assetId(asset), amount: all ? "all" : exact(sized, decimals) };
}

/** About as much as can be borrowed, now and then a little too much. */
function nearlyAll(chance: (below: number) => number, snapshot: CometSnapshot): Exact {
  const { body, prices } = snapshot;
  const { free } = margin.assess(body, cometAccount("local", body.user), sceneOf(snapshot, source));
  const room = free.is === "known" ? free.value.digits : 0n;
  const units = (room * USDC * BigInt(600 + chance(420))) / (prices.get("USDC")! * 1_000n);
  return exact(units + 1n, 6);
}

async function perform(step: Step, owed: bigint): Promise<boolean> {
  if ("was" in step) return send(keeper!, comet, "absorb", keeper, [owner]);
  if (step.do !== "supply" && step.do !== "repay" && step.do !== "withdraw") throw new Error("no such step");
  const address = chain.addresses.tokens[step.asset as AssetId];
  const max = 2n ** 256n - 1n;
  if (step.do === "withdraw")
    return send(owner!, comet, "withdrawFrom", owner, owner, address, step.amount === "all" ? max : step.amount.digits);
  if (step.do === "supply")
    return send(owner!, comet, "supplyTo", owner, address, step.amount === "all" ? max : step.amount.digits);
  // The engine repays at most what is owed and refuses where nothing is; whoever sends asks for the maximum then.
  if (owed === 0n) {
    await chain.mine();
    return false;
  }
  const beyond = step.amount === "all" || step.amount.digits > owed;
  return send(owner!, comet, "supplyTo", owner, address, beyond ? max : step.amount.digits);
}

/** Every figure that the ledger answers itself stands beside ours and is the same. */
function compareAnswers(after: CometSnapshot): void {
  const parity = parityOf(after, holdingId("mine"), source);
  if (parity.type !== "parity") throw new Error("no parity");
  expect(parity.rows.filter(({ verdict }) => verdict !== "same")).toEqual([]);
  expect(parity.rows).toHaveLength(6);
}

test("the storefront's quote is the ledger's own", async () => {
  const found = await snapshot(await discovered());
  const scene = sceneOf(found, source);
  const weth = found.terms.assets[1]!;
  const [price, base] = [readPrice(scene, weth), readPrice(scene, found.terms.base)];
  if (!price.ok || !base.ok) throw new Error("no price");
  for (const paid of [1n, 999_999n, 123_456_789_012n]) {
    const asked = await rpcClient(mainUrl(source)).readContract({
      address: comet.address,
      abi: comet.abi,
      functionName: "quoteCollateral",
      args: [chain.addresses.tokens["WETH"], paid],
    });
    expect(quoteCollateral(weth, found.terms, price.value, base.value, paid)).toBe(asked);
  }
});
