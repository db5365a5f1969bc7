// The actor on our own branch in Solidity: the real contracts' names and formulas on an EVM, not Liquity's contracts.
import type { Action, Actor, Holding } from "@plimsoll/core/book";
import { type Exact, assetId, canonical, dec, exact, holdingId, ms, text } from "@plimsoll/core/units";
import { type Chain, type Contract, openDouble, startChain, testAccount, transact } from "@plimsoll/sim/chain";
import { mainUrl, rpcClient } from "@plimsoll/venues/chain";
import { type FaultyRpc, actThrough, faultyRpc, prepareBy, settledBy } from "@plimsoll/venues/chain/testing";
import type { Hex } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { liquityActor } from "./act.ts";
import { type LiquitySource, discover } from "./discover.ts";
import { eventsOf, sceneOf } from "./events.ts";
import { liquityV2Margin } from "./margin.ts";
import { readSnapshot } from "./snapshot.ts";
import { ETHEREUM, WEI } from "./testing.ts";

// A trove of 10 WETH at 2,500 against 5,000 BOLD, with what liquidations of others handed to it.
const wallet = 13;
const owner = testAccount(wallet).address.toLowerCase() as Hex;
const manager = `0x${"cd".repeat(20)}` as const;
const nobody = `0x${"00".repeat(20)}` as const;
const sums = { coll: 7n * 10n ** 15n + 3n, boldDebt: 9n * WEI + 1n };
const PERCENT = WEI / 100n;
const [mine, batched] = [11n, 14n];
const DEPOSIT = 375n * 10n ** 14n;
let chain: Chain;
let branch: Contract;
let stable: Contract;
let rpc: FaultyRpc;
let source: LiquitySource;
let actor: Actor;
let attempt = 0;
const nextKey = () => `intent-${(attempt += 1)}`;

const send = async (contract: Contract, method: string, ...args: readonly unknown[]) => {
  const receipt = await transact(chain.rpc, chain.accounts[0]!, contract, method, args);
  expect([method, receipt.status]).toEqual([method, "0x1"]);
};
const weth = () => chain.contract("FaucetToken", chain.addresses.tokens["WETH"]!);

beforeAll(async () => {
  const started = await startChain();
  if (!started.ok) throw new Error(JSON.stringify(started.failure));
  chain = started.value;
  rpc = await faultyRpc(chain.rpcUrl);
  const { chainId, addresses } = chain;
  const contracts = ["LiquityBranch", "LiquityStable"];
  const deploy = await openDouble(chain, { folder: "solidity-liquity", file: "LiquityBranch", contracts });
  if (!deploy.ok) throw new Error(JSON.stringify(deploy.failure));
  const bold = await deploy.value("LiquityStable");
  if (!bold.ok) throw new Error(JSON.stringify(bold.failure));
  const made = await deploy.value("LiquityBranch", addresses.tokens["WETH"], bold.value.address);
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  [branch, stable] = [made.value, bold.value];
  source = {
    ...{ rpcUrls: [rpc.url], singleOperator: true, chainId, multicall: addresses.multicall, market: "local" },
    ...{ registry: branch.address, trove: mine, user: owner, payer: owner },
  };
  actor = liquityActor(source, testAccount(wallet), ETHEREUM, { holdMs: 0 });
  await send(weth(), "mint", branch.address, 10_000n * WEI);
  await send(weth(), "mint", owner, 1_000n * WEI);
  await send(stable, "mint", owner, 1_000_000n * WEI);
});
afterAll(async () => {
  await rpc?.stop();
  await chain?.stop();
});
beforeEach(async () => {
  rpc.fault = () => "none";
  await send(branch, "setBranch", sums, 2_500n * WEI, false, 0n);
  const stored = (debt: bigint, of: Hex, shares: bigint) => [
    ...[debt, 10n * WEI, 2n * WEI + 7n, 1, 0n, 0n, 0n],
    ...[5n * PERCENT, of, shares],
  ];
  const taken = { coll: 10n ** 15n, boldDebt: WEI };
  await send(branch, "setTrove", mine, stored(5_000n * WEI, nobody, 0n), taken);
  await send(branch, "setTrove", batched, stored(0n, manager, 3_333n * WEI), taken);
  await send(branch, "setBatch", manager, [100_000n * WEI, 0n, 3n * PERCENT, PERCENT, 70_000n * WEI]);
  for (const id of [mine, batched]) await send(branch, "setOwner", id, owner, nobody);
  const { timestamp } = await rpcClient(chain.rpcUrl).getBlock();
  await chain.mine(Number(timestamp) + 5_000_000);
});

const read = async (of: LiquitySource = source) => {
  const client = rpcClient(mainUrl(of));
  const known = await discover(client, of);
  const found = known.ok ? await readSnapshot(client, of, known.value, ETHEREUM) : known;
  if (!found.ok) throw new Error(JSON.stringify(found.failure));
  return found.value;
};
const holdingOf = async (of: LiquitySource = source): Promise<Holding> => {
  const event = eventsOf(await read(of), holdingId("mine"), of).at(-1);
  if (event?.type !== "holding") throw new Error("no holding");
  return event.holding;
};
const of = (asset: string, amount: string) => ({
  asset: assetId(asset),
  amount: amount === "all" ? (amount as "all") : (dec(amount) as Exact),
});

/** Acts, and compares trove, batch, branch and wallet with what the engine says of the block in which it was mined. */
async function act(action: Action, where: LiquitySource = source, by: Actor = actor) {
  const before = await read(where);
  const reply = await actThrough(by, nextKey(), await holdingOf(where), action);
  expect([action, reply]).toMatchObject([action, { is: "done" }]);
  const after = await read(where);
  const scene = sceneOf(before, where);
  const mined = ms(Number(after.body.timestamp) * 1_000);
  const predicted = liquityV2Margin.apply(liquityV2Margin.advance(before.body, mined, scene), action, scene);
  // The contract does not tell its sums per stake: they are read out of a trove's gains, which a touch takes into it.
  const plain = ({ troves, batches, branches, wallet: held }: typeof after.body) => ({
    troves: troves.map(({ snapshot: _snapshot, debtInFront: _front, ...trove }) => trove),
    branches: branches.map(({ perStake: _perStake, ...each }) => each),
    // A closed trove has no manager any more, so its batch is not read.
    batches: troves.length === 0 ? [] : batches,
    ...{ wallet: held === "unknown" ? held : held.toSorted((a, b) => (a.asset < b.asset ? -1 : 1)) },
  });
  expect(predicted.ok && plain(predicted.value)).toEqual(plain(after.body));
  return { after: after.body, reply };
}

test("supply, repay and withdraw do to the wei what the engine said, and allow no more than enters", async () => {
  const added = await act({ do: "supply", ...of("WETH", "1.5") });
  expect(added.reply).toMatchObject({ flows: [{ asset: "WETH", amount: exact((3n * WEI) / 2n, 18) }] });
  const paid = await act({ do: "repay", ...of("BOLD", "1234.000000000000000001") });
  expect(paid.reply).toMatchObject({ flows: [{ asset: "BOLD", amount: exact(1_234n * WEI + 1n, 18) }] });
  await act({ do: "withdraw", ...of("WETH", "0.500000000000000001") });
  const { data } = await rpcClient(chain.rpcUrl).call({
    to: weth().address,
    data: `0xdd62ed3e${owner.slice(2).padStart(64, "0")}${branch.address.slice(2).toLowerCase().padStart(64, "0")}`,
  });
  expect(BigInt(data!)).toBe(0n);
});

test("all closes the trove: collateral and gas deposit come back; so does an amount that was all when it was decided", async () => {
  const closed = await act({ do: "repay", ...of("BOLD", "all") });
  expect(closed.after.troves).toEqual([]);
  expect(closed.reply).toMatchObject({ flows: [{ asset: "BOLD" }, { asset: "WETH" }] });
});

test("what was the whole debt a quarter of an hour ago closes the trove; the deposit comes back with the collateral", async () => {
  const before = await read();
  const scene = sceneOf(before, source);
  const [account] = liquityV2Margin.accounts(before.body);
  const whole = liquityV2Margin.levers!(before.body, account!, scene)
    .filter(({ use }) => use === "repay")
    .at(-1)!;
  expect(text(whole.step)).toBe(text(whole.most));
  await chain.mine(Number(before.body.timestamp) + 900);
  const coll = (await read()).told.coll;
  const held = (body: typeof before.body) =>
    body.wallet === "unknown" ? 0n : body.wallet.find(({ asset }) => asset === "WETH")!.units;
  const reply = await actThrough(actor, nextKey(), await holdingOf(), whole.act(whole.most, dec("0")));
  expect(reply).toMatchObject({ is: "done" });
  const after = await read();
  expect([after.body.troves, held(after.body) - held(before.body)]).toEqual([[], coll + DEPOSIT]);
});

test("a trove of a batch: its shares and the batch's are the engine's", async () => {
  const inBatch: LiquitySource = { ...source, trove: batched };
  const by = liquityActor(inBatch, testAccount(wallet), ETHEREUM, { holdMs: 0 });
  await act({ do: "supply", ...of("WETH", "1") }, inBatch, by);
  await act({ do: "repay", ...of("BOLD", "100.5") }, inBatch, by);
  await act({ do: "withdraw", ...of("WETH", "0.25") }, inBatch, by);
  const closed = await act({ do: "repay", ...of("BOLD", "all") }, inBatch, by);
  expect(closed.after.troves).toEqual([]);
});

test("another's wallet may repay and add where no manager is named for that, and takes nothing out", async () => {
  const other = testAccount(12);
  const address = other.address.toLowerCase() as Hex;
  await send(stable, "mint", address, 10_000n * WEI);
  const stranger = liquityActor(source, other, ETHEREUM, { holdMs: 0 });
  const repay: Action = { do: "repay", ...of("BOLD", "500") };
  expect(await actThrough(stranger, nextKey(), await holdingOf(), repay)).toMatchObject({ is: "done" });
  for (const action of [
    { do: "withdraw", ...of("WETH", "1") },
    { do: "repay", ...of("BOLD", "all") },
  ] as const)
    expect(await stranger.prepare(nextKey(), await holdingOf(), action)).toMatchObject({
      ok: false,
      failure: { code: "chain/not-the-owners-wallet" },
    });
  await send(branch, "setOwner", mine, owner, manager);
  expect(await stranger.prepare(nextKey(), await holdingOf(), repay)).toMatchObject({
    ok: false,
    failure: { code: "chain/would-revert", facts: { reason: "NotOwnerNorAddManager" } },
  });
});

test("lost replies are ambiguous, the query says what happened, and sending again changes nothing", async () => {
  const before = (await read()).told.coll;
  const prepared = await prepareBy(actor, nextKey(), await holdingOf(), { do: "supply", ...of("WETH", "1") });
  for (const raw of (JSON.parse(prepared.wire) as { signed: Hex[] }).signed) {
    rpc.fault = ({ params }) => (params?.[0] === raw ? "lose-reply" : "none");
    expect(await actor.send(prepared)).toMatchObject({ is: "ambiguous" });
  }
  rpc.fault = () => "none";
  expect(await settledBy(actor, prepared)).toMatchObject({ is: "done" });
  expect(await actor.send(prepared)).toMatchObject({ is: "done" });
  expect((await read()).told.coll).toBe(before + WEI);
});

test("a nonce that another transaction took: refused for good; what the branch refuses by then is told in its own word", async () => {
  const taken = await prepareBy(actor, nextKey(), await holdingOf(), { do: "repay", ...of("BOLD", "1") });
  await chain.rpc.send({ from: owner, to: owner, data: "0x", gas: 50_000n });
  for (const reply of [await actor.send(taken), await actor.query(taken)])
    expect(reply).toMatchObject({ is: "refused", why: { code: "chain/nonce-taken" } });
  const late = await prepareBy(actor, nextKey(), await holdingOf(), { do: "repay", ...of("BOLD", "1") });
  await send(branch, "setBranch", sums, 500n * WEI, false, 0n);
  await actor.send(late);
  expect(await settledBy(actor, late)).toMatchObject({ is: "refused", why: { facts: { reason: "ICRBelowMCR" } } });
});

test.for([
  ["another kind", { do: "cancel", order: "1" }, "liquity-v2/action-not-offered"],
  ["a wallet too small", { do: "supply", ...of("WETH", "100000") }, "liquity-v2/wallet-too-small"],
  ["a rest below the least debt", { do: "repay", ...of("BOLD", "4000") }, "liquity-v2/debt-below-min"],
  ["too much out of a loan", { do: "withdraw", ...of("WETH", "9") }, "liquity-v2/icr-below-mcr"],
  ["own supply", { do: "repay", ...of("BOLD", "1"), from: "own-supply" }, "liquity-v2/own-supply-cannot-repay"],
  ["a supply of all", { do: "supply", ...of("WETH", "all") }, "liquity-v2/supply-needs-an-amount"],
] as const)("refused before anything is signed: %s", async ([, action, code]) => {
  const prepared = await actor.prepare(nextKey(), await holdingOf(), action as Action);
  expect(prepared).toMatchObject({ ok: false, failure: { code } });
});

test("the private key is in nothing that is journaled or said", async () => {
  const key = Buffer.from(testAccount(wallet).getHdKey().privateKey ?? []).toString("hex");
  expect(key).toHaveLength(64);
  const prepared = await prepareBy(actor, nextKey(), await holdingOf(), { do: "supply", ...of("WETH", "1") });
  expect(canonical([prepared, rpc.seen])).not.toContain(key);
});
