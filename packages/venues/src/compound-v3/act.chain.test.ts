// The actor on our own market in Solidity: the real contract's names and formulas on an EVM, not Compound's contract.
import type { Action, Actor, Holding } from "@plimsoll/core/book";
import { type AssetId, type Exact, assetId, canonical, dec, exact, holdingId, ms, text } from "@plimsoll/core/units";
import { mainUrl, rpcClient } from "@plimsoll/venues/chain";
import { type FaultyRpc, actThrough, faultyRpc, prepareBy, settledBy } from "@plimsoll/venues/chain/testing";
import { type Chain, type Contract, openComet, startChain, testAccount, transact } from "@plimsoll/sim/chain";
import type { Hex } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { cometActor } from "./act.ts";
import { type CometSource, discover } from "./discover.ts";
import { eventsOf, sceneOf } from "./events.ts";
import type { CometBody } from "./holding.ts";
import { compoundV3Margin as margin } from "./margin.ts";
import { readSnapshot } from "./snapshot.ts";
import { usdcMarket } from "./testing.ts";

const wallet = 13;
const owner = testAccount(wallet).address.toLowerCase() as Hex;
const USDC = 10n ** 6n;
const WETH = 10n ** 18n;
let chain: Chain;
let comet: Contract;
let rpc: FaultyRpc;
let source: CometSource;
let actor: Actor;
let attempt = 0;
const nextKey = () => `intent-${(attempt += 1)}`;

const token = (symbol: string): Contract => chain.contract("FaucetToken", chain.addresses.tokens[symbol]!);
const send = async (from: Hex, contract: Contract, name: string, ...args: readonly unknown[]) =>
  expect([name, (await transact(chain.rpc, from, contract, name, args)).status]).toEqual([name, "0x1"]);
const read = async () => {
  const client = rpcClient(mainUrl(source));
  const known = await discover(client, source);
  const found = known.ok ? await readSnapshot(client, source, known.value) : known;
  if (!found.ok) throw new Error(JSON.stringify(found.failure));
  return found.value;
};
const holdingOf = async (): Promise<Holding> => {
  const event = eventsOf(await read(), holdingId("mine"), source).at(-1);
  if (event?.type !== "holding") throw new Error("no holding");
  return event.holding;
};

beforeAll(async () => {
  const started = await startChain();
  if (!started.ok) throw new Error(JSON.stringify(started.failure));
  chain = started.value;
  const listed = ["WBTC", "WETH"].map((symbol) => {
    const terms = usdcMarket.assets.find(({ asset }) => asset === symbol)!;
    const { borrowFactor: borrowCollateralFactor, liquidateFactor: liquidateCollateralFactor } = terms;
    const { liquidationFactor, supplyCap, decimals } = terms;
    const factors = { borrowCollateralFactor, liquidateCollateralFactor, liquidationFactor, supplyCap };
    return { symbol, scale: 10n ** BigInt(decimals), ...factors };
  });
  const { supplyCurve, borrowCurve, storeFrontPriceFactor, targetReserves, baseBorrowMin } = usdcMarket;
  const constants = { supplyCurve, borrowCurve, storeFrontPriceFactor, targetReserves, baseBorrowMin };
  const opened = await openComet(chain, { base: "USDC", baseScale: USDC, assets: listed, ...constants });
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  comet = opened.value;
  rpc = await faultyRpc(chain.rpcUrl);
  const { chainId, addresses, accounts } = chain;
  source = {
    ...{ rpcUrls: [rpc.url], singleOperator: true, chainId, multicall: addresses.multicall },
    ...{ market: "local", comet: comet.address, user: owner, payer: owner },
  };
  const lender = accounts[4]!;
  await send(lender, token("USDC"), "mint", lender, 500_000n * USDC);
  await send(lender, token("USDC"), "approve", comet.address, 500_000n * USDC);
  await send(lender, comet, "supplyTo", lender, addresses.tokens["USDC"], 500_000n * USDC);
  for (const [symbol, amount] of [
    ["WETH", 20n * WETH],
    ["USDC", 9_000n * USDC],
  ] as const)
    await send(lender, token(symbol), "mint", owner, amount);
  actor = cometActor(source, testAccount(wallet), { holdMs: 0 });
});
afterAll(async () => {
  await rpc?.stop();
  await chain?.stop();
});
beforeEach(() => {
  rpc.fault = () => "none";
});

const asAllowed = (body: CometBody): CometBody => ({
  ...body,
  funds: { ...body.funds, allowance: 2n ** 256n - 1n },
  collateral: body.collateral.map((each) => ({ ...each, funds: { ...each.funds, allowance: 2n ** 256n - 1n } })),
});
const plain = (body: CometBody) => ({
  ...body,
  ...{ block: 0n, timestamp: 0n, funds: body.funds.wallet },
  collateral: body.collateral.map(({ funds, ...each }) => ({ ...each, wallet: funds.wallet })),
});
/** Acts, and compares every figure of the account and the market with what the engine says of the block in which it was mined. */
async function act(action: Action) {
  const before = await read();
  const reply = await actThrough(actor, nextKey(), await holdingOf(), action);
  expect([action, reply]).toMatchObject([action, { is: "done" }]);
  const after = await read();
  const scene = sceneOf(before, source);
  const then = margin.advance(asAllowed(before.body), ms(Number(after.body.timestamp) * 1_000), scene);
  const predicted = margin.apply(then, action, scene);
  expect(predicted.ok && plain(predicted.value)).toEqual(plain(after.body));
  return after.body;
}
const of = (asset: string, amount: string): { readonly asset: AssetId; readonly amount: Exact | "all" } => ({
  asset: assetId(asset),
  amount: amount === "all" ? amount : dec(amount),
});

test("supply, repay and withdraw do to the wei what the engine said; all leaves no dust, allowances are used up", async () => {
  await act({ do: "supply", ...of("WETH", "10") });
  await send(owner, comet, "withdrawTo", owner, chain.addresses.tokens["USDC"], 12_000n * USDC);
  const part = await act({ do: "repay", ...of("USDC", "1234.567891") });
  expect(part.funds.allowance).toBe(0n);
  const less = await act({ do: "withdraw", ...of("WETH", "1.000000000000000001") });
  expect(less.collateral[1]!.funds.allowance).toBe(0n);
  await chain.mine(Number(less.timestamp) + 40 * 86_400);
  const repaid = await act({ do: "repay", ...of("USDC", "all") });
  expect([repaid.principal, repaid.totals !== "not-read" && repaid.totals.borrowed]).toEqual([0n, 0n]);
  // what was allowed for an hour of interest and not needed is a part in ten thousand at the most
  expect(repaid.funds.allowance !== "unknown" && repaid.funds.allowance < 2n * USDC).toBe(true);
  const out = await act({ do: "withdraw", ...of("WETH", "all") });
  expect([out.collateral[1]!.balance, out.collateral[1]!.funds.wallet]).toEqual([0n, 20n * WETH]);
});

test("an account as its feed tells it offers all that the wallet holds, whatever is allowed now", async () => {
  const snapshot = await read();
  const { body } = await holdingOf();
  const levers = margin.levers!(body as CometBody, margin.accounts(body as CometBody)[0]!, sceneOf(snapshot, source));
  expect(snapshot.body.collateral[1]!.funds.allowance).toBe(0n);
  expect(levers.map(({ use, on, most }) => `${use} ${on} ${text(most)}`)).toEqual([
    "supply WETH 20.000000000000000000",
  ]);
});

test("own supply of the base asset leaves whole, and a withdrawal never becomes a loan", async () => {
  await act({ do: "supply", ...of("WETH", "10") });
  const { funds } = (await read()).body;
  await send(owner, token("USDC"), "approve", comet.address, funds.wallet);
  await send(owner, comet, "supplyTo", owner, chain.addresses.tokens["USDC"], 1_000n * USDC);
  const beyond = await actor.prepare(nextKey(), await holdingOf(), { do: "withdraw", ...of("USDC", "1500") });
  expect(beyond).toMatchObject({ ok: false, failure: { code: "compound-v3/would-borrow" } });
  const out = await act({ do: "withdraw", ...of("USDC", "all") });
  expect(out.principal).toBe(0n);
});

test("a repayment of more than is owed pays what is owed and lends nothing", async () => {
  await send(owner, comet, "withdrawTo", owner, chain.addresses.tokens["USDC"], 5_000n * USDC);
  const after = await act({ do: "repay", ...of("USDC", "6000") });
  expect(after.principal).toBe(0n);
});

test("lost replies are ambiguous, the query says what happened, and sending again changes nothing", async () => {
  const before = (await read()).body.collateral[1]!.balance;
  const prepared = await prepareBy(actor, nextKey(), await holdingOf(), { do: "supply", ...of("WETH", "1") });
  for (const raw of (JSON.parse(prepared.wire) as { signed: Hex[] }).signed) {
    rpc.fault = ({ params }) => (params?.[0] === raw ? "lose-reply" : "none");
    expect(await actor.send(prepared)).toMatchObject({ is: "ambiguous" });
  }
  rpc.fault = () => "none";
  const flows = [{ asset: "WETH", amount: exact(WETH, 18) }];
  expect(await settledBy(actor, prepared)).toEqual({ is: "done", flows });
  expect(await actor.send(prepared)).toMatchObject({ is: "done" });
  expect((await read()).body.collateral[1]!.balance).toBe(before + WETH);
});

test("a nonce that another transaction took: refused for good, nothing done", async () => {
  const before = (await read()).body.collateral;
  const prepared = await prepareBy(actor, nextKey(), await holdingOf(), { do: "withdraw", ...of("WETH", "1") });
  await chain.rpc.send({ from: owner, to: owner, data: "0x", gas: 50_000n });
  for (const reply of [await actor.send(prepared), await actor.query(prepared)])
    expect(reply).toMatchObject({ is: "refused", why: { code: "chain/nonce-taken" } });
  expect((await read()).body.collateral).toEqual(before);
});

test("what the market refuses by then is told in its own word", async () => {
  const [, , , , admin] = chain.accounts;
  const open = await prepareBy(actor, nextKey(), await holdingOf(), { do: "supply", ...of("WETH", "1") });
  await send(admin!, comet, "pause", 1);
  await actor.send(open);
  expect(await settledBy(actor, open)).toMatchObject({ is: "refused", why: { facts: { reason: "Paused" } } });
  const early = await actor.prepare(nextKey(), await holdingOf(), { do: "supply", ...of("WETH", "1") });
  expect(early).toMatchObject({ ok: false, failure: { code: "compound-v3/paused" } });
  await send(admin!, comet, "pause", 0);
});

test.for([
  ["lending", { do: "supply", ...of("USDC", "1") }, "compound-v3/action-not-offered"],
  ["another kind", { do: "cancel", order: "1" }, "compound-v3/action-not-offered"],
  ["a wallet too small", { do: "supply", ...of("WETH", "1000") }, "compound-v3/wallet-too-small"],
  ["nothing owed", { do: "repay", ...of("USDC", "1") }, "compound-v3/no-debt"],
  ["own supply", { do: "repay", ...of("USDC", "1"), from: "own-supply" }, "compound-v3/own-supply-cannot-repay"],
  ["an asset of another market", { do: "supply", ...of("DOGE", "1") }, "compound-v3/bad-asset"],
  ["more than there is", { do: "withdraw", ...of("WETH", "1000") }, "compound-v3/invalid-amount"],
] as const)("refused before anything is signed: %s", async ([, action, code]) => {
  expect(await actor.prepare(nextKey(), await holdingOf(), action as Action)).toMatchObject({
    ok: false,
    failure: { code },
  });
});

test("too much collateral out of a loan is refused with both numbers; another's wallet takes nothing out", async () => {
  await send(owner, comet, "withdrawTo", owner, chain.addresses.tokens["USDC"], 9_000n * USDC);
  const all: Action = { do: "withdraw", ...of("WETH", "all") };
  expect(await actor.prepare(nextKey(), await holdingOf(), all)).toMatchObject({
    ok: false,
    failure: { code: "compound-v3/not-collateralized", facts: { debt: expect.any(String) } },
  });
  const other = cometActor(source, testAccount(12), { holdMs: 0 });
  expect(await other.prepare(nextKey(), await holdingOf(), all)).toMatchObject({
    ok: false,
    failure: { code: "chain/not-the-owners-wallet" },
  });
});

test("the private key is in nothing that is journaled or said", async () => {
  const key = Buffer.from(testAccount(wallet).getHdKey().privateKey ?? []).toString("hex");
  expect(key).toHaveLength(64);
  const prepared = await prepareBy(actor, nextKey(), await holdingOf(), { do: "supply", ...of("WETH", "1") });
  expect(canonical([prepared, rpc.seen])).not.toContain(key);
});
