import { type Action, type Actor, type Holding, type Prepared } from "@plimsoll/core/book";
import { assetId, canonical, dec, exact, holdingId, ms } from "@plimsoll/core/units";
import { testAccount, transact } from "@plimsoll/sim/chain";
import { type Hex, toHex } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type FaultyRpc, faultyRpc } from "@plimsoll/venues/chain/testing";
import { morphoActor } from "./act.ts";
import type { MorphoSource } from "./discover.ts";
import { eventsOf, sceneOf } from "./events.ts";
import { morphoBlueMargin } from "./margin.ts";
import { morphoAccount } from "./names.ts";
import { type World, openWorld } from "./testing/world.ts";

// An owner with 10 WETH against 12,000 USDC; wallet 12 pays and starts without allowances.
const wallet = 12;
const payer = testAccount(wallet).address.toLowerCase() as Hex;
let world: World;
let rpc: FaultyRpc;
let owner: Hex;
let source: MorphoSource;
let actor: Actor;
let attempt = 0;

const token = (symbol: string) => world.chain.contract("FaucetToken", world.chain.addresses.tokens[symbol] ?? "0x");
const read = () => world.read(owner);
const held = async () => (await read()).body.markets[0]!;
const account = async () => morphoAccount("local", owner, (await held()).market);
const repay = async (amount: string): Promise<Action> => ({
  do: "repay",
  asset: assetId("USDC"),
  amount: amount === "all" ? amount : dec(amount),
  account: await account(),
});
const addOne = async (): Promise<Action> => ({
  do: "supply",
  asset: assetId("WETH"),
  amount: dec("1"),
  account: await account(),
});
const holdingOf = async (): Promise<Holding> => {
  const found = eventsOf(await read(), holdingId("morpho"), source).find((event) => event.type === "holding");
  if (found?.type !== "holding") throw new Error("no holding");
  return found.holding;
};
const tryPrepare = async (action: Action) => actor.prepare(`intent-${(attempt += 1)}`, await holdingOf(), action);
const prepare = async (action: Action): Promise<Prepared> => {
  const prepared = await tryPrepare(action);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.failure));
  return prepared.value;
};
/** Polls like a keeper does, until the answer is final. */
const settled = async (prepared: Prepared) => {
  for (let tries = 0; tries < 200; tries++) {
    const reply = await actor.query(prepared);
    if (reply.is !== "accepted") return reply;
  }
  throw new Error("still only accepted");
};

beforeAll(async () => {
  world = await openWorld();
  owner = world.owners[0] ?? "0x";
  rpc = await faultyRpc(world.chain.rpcUrl);
  source = { ...world.sourceOf(owner), rpcUrls: [rpc.url], singleOperator: true, payer };
  const [usdc] = world.markets.map(({ params }) => params);
  await transact(world.chain.rpc, owner, world.local.morpho, "supplyCollateral", [usdc, 10n ** 19n, owner, "0x"]);
  await transact(world.chain.rpc, owner, world.local.morpho, "borrow", [usdc, 12_000_000000n, 0n, owner, owner]);
  await transact(world.chain.rpc, owner, token("USDC"), "mint", [payer, 50_000_000000n]);
  await transact(world.chain.rpc, owner, token("WETH"), "mint", [payer, 10n ** 20n]);
  actor = morphoActor(source, testAccount(wallet), { holdMs: 0 });
});
afterAll(async () => {
  await rpc.stop();
  await world.stop();
});
beforeEach(() => {
  rpc.fault = () => "none";
});

test("a part repaid: allowance and call in one message, and the market is as the engine predicted", async () => {
  const action = await repay("2000");
  const before = await read();
  const prepared = await prepare(action);
  expect(JSON.parse(prepared.wire).signed).toHaveLength(2);
  expect(await actor.query(prepared)).toEqual({ is: "not-found" });
  expect(await actor.send(prepared)).toEqual({ is: "accepted" });
  expect(await settled(prepared)).toEqual({
    is: "done",
    flows: [{ asset: "USDC", amount: exact(2_000_000000n, 6) }],
  });
  const after = await read();
  const scene = sceneOf(before, source);
  // Allowance and call were mined in the two blocks after; the call's block added the interest.
  const mined = ms(Number(after.body.markets[0]!.totals.lastUpdate) * 1000);
  const predicted = morphoBlueMargin.apply(morphoBlueMargin.advance(before.body, mined, scene), action, scene);
  if (!predicted.ok) throw new Error(predicted.failure.code);
  const stored = ({ totals: { borrowRate: _rate, ...totals }, ...rest }: (typeof after.body.markets)[number]) => ({
    ...rest,
    totals,
  });
  expect(stored(predicted.value.markets[0]!)).toEqual(stored(after.body.markets[0]!));
});

test("collateral added; sending again, twice or after it is mined, changes nothing", async () => {
  const before = (await held()).collateral;
  const prepared = await prepare(await addOne());
  await Promise.all([actor.send(prepared), actor.send(prepared)]);
  expect(await settled(prepared)).toEqual({ is: "done", flows: [{ asset: "WETH", amount: exact(10n ** 18n, 18) }] });
  expect(await actor.send(prepared)).toMatchObject({ is: "done" });
  expect((await held()).collateral).toBe(before + 10n ** 18n);
});

test("lost replies are ambiguous, the query says what happened, and sending again changes nothing", async () => {
  const before = (await held()).collateral;
  const prepared = await prepare(await addOne());
  const [allowance, call] = JSON.parse(prepared.wire).signed as Hex[];
  for (const raw of [allowance, call]) {
    rpc.fault = ({ params }) => (params?.[0] === raw ? "lose-reply" : "none");
    expect(await actor.send(prepared)).toMatchObject({ is: "ambiguous" });
  }
  rpc.fault = () => "none";
  expect(await settled(prepared)).toMatchObject({ is: "done" });
  expect((await held()).collateral).toBe(before + 10n ** 18n);
});

test("a nonce that another transaction took: refused for good, nothing added", async () => {
  const before = (await held()).collateral;
  const prepared = await prepare(await addOne());
  for (let taken = 0; taken < 2; taken++)
    await world.chain.rpc.send({ from: payer, to: owner, data: "0x", gas: 50_000n });
  for (const reply of [await actor.send(prepared), await actor.query(prepared)])
    expect(reply).toMatchObject({ is: "refused", why: { code: "chain/nonce-taken" } });
  expect((await held()).collateral).toBe(before);
});

test("two intents for the same action never sign the same bytes", async () => {
  const action = await addOne();
  const holding = await holdingOf();
  const reference = async (key: string) => {
    const prepared = await actor.prepare(key, holding, action);
    return prepared.ok ? prepared.value.reference : "";
  };
  expect(await reference("a")).not.toBe(await reference("b"));
  expect(await reference("a")).toBe(await reference("a"));
});

test("a repayment of more than is left by then is refused with the contract's own word", async () => {
  const prepared = await prepare(await repay("9000"));
  const { borrowShares } = await held();
  const { params } = world.markets[0]!;
  await transact(world.chain.rpc, owner, world.local.morpho, "repay", [
    params,
    0n,
    (borrowShares * 9n) / 10n,
    owner,
    "0x",
  ]);
  await actor.send(prepared);
  expect(await settled(prepared)).toMatchObject({
    is: "refused",
    why: { code: "chain/reverted", facts: { reason: expect.stringContaining("Panic") } },
  });
});

test.for([
  ["a withdrawal by another's wallet", { do: "withdraw", asset: "WETH", amount: "1" }, "chain/not-the-owners-wallet"],
  ["another's supply", { do: "repay", asset: "USDC", amount: "1", from: "own-supply" }, "chain/not-the-owners-wallet"],
  ["more digits than there are", { do: "repay", asset: "USDC", amount: "1.0000001" }, "morpho-blue/inconsistent-input"],
  ["lending", { do: "supply", asset: "USDC", amount: "1" }, "morpho-blue/action-not-offered"],
  ["a supply of all", { do: "supply", asset: "WETH", amount: "all" }, "morpho-blue/supply-needs-an-amount"],
  ["a wallet too small", { do: "supply", asset: "WETH", amount: "1000" }, "morpho-blue/wallet-too-small"],
] as const)("refused before anything is signed: %s", async ([, { amount, ...action }, code]) => {
  const named = { ...action, account: await account(), amount: amount === "all" ? amount : dec(amount) } as Action;
  expect(await tryPrepare(named)).toMatchObject({ ok: false, failure: { code } });
});

test("a wallet that cannot pay for gas is refused before anything is signed", async () => {
  const balance = await world.chain.rpc.request<Hex>("eth_getBalance", [payer, "latest"]);
  await world.chain.rpc.request("anvil_setBalance", [payer, toHex(1n)]);
  expect(await tryPrepare(await addOne())).toMatchObject({ ok: false, failure: { code: "chain/gas-too-small" } });
  await world.chain.rpc.request("anvil_setBalance", [payer, balance]);
});

test("the private key is in nothing that is journaled or said", async () => {
  const key = Buffer.from(testAccount(wallet).getHdKey().privateKey ?? []).toString("hex");
  expect(key).toHaveLength(64);
  expect(canonical([await prepare(await addOne()), rpc.seen])).not.toContain(key);
});

test("repay all pays the debt to the last unit, interest until then included, and leaves nothing owed", async () => {
  const prepared = await prepare(await repay("all"));
  await world.chain.rpc.request("evm_increaseTime", [3_000]);
  await actor.send(prepared);
  expect(await settled(prepared)).toMatchObject({ is: "done", flows: [{ asset: "USDC" }] });
  expect((await held()).borrowShares).toBe(0n);
});

// The owner's own wallet: 5 WETH against 3,000 USDC.
const ownWallet = 13;

test("in the owner's own wallet: each action does to the wei what the engine said, all leaves no dust, allowances are used up", async () => {
  const mine = testAccount(ownWallet).address.toLowerCase() as Hex;
  const ofOwner: MorphoSource = { ...source, owner: mine, payer: mine };
  const own = morphoActor(ofOwner, testAccount(ownWallet), { holdMs: 0 });
  const { params } = world.markets[0]!;
  await transact(world.chain.rpc, owner, token("WETH"), "mint", [mine, 10n ** 19n]);
  await transact(world.chain.rpc, owner, token("USDC"), "mint", [mine, 5_000_000000n]);
  const inMarket = { account: morphoAccount("local", mine, (await world.read(owner)).body.markets[0]!.market) };
  const act = async (action: Action) => {
    const before = await world.read(mine);
    const event = eventsOf(before, holdingId("own"), ofOwner).find(({ type }) => type === "holding");
    if (event?.type !== "holding") throw new Error("no holding");
    const prepared = await own.prepare(`intent-${(attempt += 1)}`, event.holding, action);
    if (!prepared.ok) throw new Error(JSON.stringify([action, prepared.failure]));
    await own.send(prepared.value);
    for (let tries = 0; (await own.query(prepared.value)).is === "accepted"; tries++) expect(tries).toBeLessThan(200);
    expect([action, await own.query(prepared.value)]).toMatchObject([action, { is: "done" }]);
    const after = await world.read(mine);
    const scene = sceneOf(before, ofOwner);
    const allowed = {
      ...before.body,
      purses: before.body.purses.map((each) => ({ ...each, allowance: 2n ** 256n - 1n })),
    };
    const at = ms(Number(after.body.timestamp) * 1000);
    const predicted = morphoBlueMargin.apply(morphoBlueMargin.advance(allowed, at, scene), action, scene);
    const plain = ({ markets, purses }: typeof after.body) => ({
      balances: purses.map(({ asset, balance }) => [asset, balance]),
      // adding collateral adds no interest: totals stay as they were, the prediction's too
      markets: markets.map(({ totals: { borrowRate: _rate, ...totals }, ...each }) => ({ ...each, totals })),
    });
    expect(predicted.ok && plain(predicted.value)).toEqual(plain(after.body));
    return after.body;
  };
  const allowanceIn = ({ purses }: Awaited<ReturnType<typeof act>>, asset: string) =>
    purses.find((each) => each.asset === asset)?.allowance;

  await act({ do: "supply", asset: assetId("WETH"), amount: dec("5"), ...inMarket });
  const ownSupply = { do: "repay", asset: assetId("USDC"), amount: dec("1"), from: "own-supply", ...inMarket } as const;
  const event = eventsOf(await world.read(mine), holdingId("own"), ofOwner).find(({ type }) => type === "holding");
  expect(event?.type === "holding" && (await own.prepare("own supply", event.holding, ownSupply))).toMatchObject({
    failure: { code: "morpho-blue/own-supply-cannot-repay" },
  });
  await transact(world.chain.rpc, mine, world.local.morpho, "borrow", [params, 3_000_000000n, 0n, mine, mine]);
  const part = await act({ do: "repay", asset: assetId("USDC"), amount: dec("1234.567891"), ...inMarket });
  expect(allowanceIn(part, "USDC")).toBe(0n);
  await act({ do: "withdraw", asset: assetId("WETH"), amount: dec("1.000000000000000001"), ...inMarket });
  const repaid = await act({ do: "repay", asset: assetId("USDC"), amount: "all", ...inMarket });
  expect(repaid.markets[0]!.borrowShares).toBe(0n);
  const out = await act({ do: "withdraw", asset: assetId("WETH"), amount: "all", ...inMarket });
  expect([out.markets[0]!.collateral, out.purses.find(({ asset }) => asset === "WETH")?.balance]).toEqual([
    0n,
    10n ** 19n,
  ]);
  const loans = 1_000_000000n;
  await transact(world.chain.rpc, mine, token("USDC"), "approve", [world.local.morpho.address, loans]);
  await transact(world.chain.rpc, mine, world.local.morpho, "supply", [params, loans, 0n, mine, "0x"]);
  await act({ do: "withdraw", asset: assetId("USDC"), amount: dec("400"), ...inMarket });
  const unlent = await act({ do: "withdraw", asset: assetId("USDC"), amount: "all", ...inMarket });
  expect(unlent.markets[0]!.supplyShares).toBe(0n);
});
