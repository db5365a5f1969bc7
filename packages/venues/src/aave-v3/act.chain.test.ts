import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Action, Actor, Holding, Prepared } from "@plimsoll/core/book";
import { assetId, canonical, dec, exact, holdingId } from "@plimsoll/core/units";
import { testAccount, transact } from "@plimsoll/sim/chain";
import { type Hex, toHex } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { aaveActor } from "./act.ts";
import type { AaveSource } from "./discover.ts";
import { aaveV3Margin } from "./margin.ts";
import { sceneOf } from "./self-check.ts";
import { eventsOf, momentOf } from "./events.ts";
import type { Job } from "./testing/act-once.ts";
import { type FaultyRpc, faultyRpc } from "@plimsoll/venues/chain/testing";
import { type World, openWorld } from "./testing/world.ts";

// A user with 100 WETH and 50,000 USDC of debt; wallet 12 pays and starts without allowances.
const wallet = 12;
const { address } = testAccount(wallet);
const payer = address.toLowerCase() as Hex;
let world: World;
let rpc: FaultyRpc;
let user: Hex;
let source: AaveSource;
let actor: Actor;
let attempt = 0;
const nextKey = () => `intent-${(attempt += 1)}`;

const token = (symbol: string) => world.chain.contract("FaucetToken", world.chain.addresses.tokens[symbol] ?? "0x");
const mint = (to: Hex, symbol: string, amount: bigint) =>
  transact(world.chain.rpc, user, token(symbol), "mint", [to, amount]);
const read = () => world.read(user);
const holdingOf = async (): Promise<Holding> => {
  const events = eventsOf(await read(), holdingId("aave"), source);
  const last = events.at(-1);
  if (last?.type !== "holding") throw new Error("no holding");
  return last.holding;
};
const supplied = async (symbol: string) => {
  const { body, terms } = await read();
  return body.reserves.find(({ id }) => id === terms.reserves.find(({ asset }) => asset === symbol)?.id)?.scaledSupply;
};
const supplyOne: Action = { do: "supply", asset: assetId("LINK"), amount: dec("1") };
const nonceOf = async () => Number(await world.chain.rpc.request<Hex>("eth_getTransactionCount", [payer, "latest"]));
const prepare = async (action: Action = supplyOne, key = nextKey()): Promise<Prepared> => {
  const prepared = await actor.prepare(key, await holdingOf(), action);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.failure));
  return prepared.value;
};
/** Polls like a keeper does, until the answer is final. */
const settled = async (of: Actor, prepared: Prepared) => {
  for (let tries = 0; tries < 200; tries++) {
    const reply = await of.query(prepared);
    if (reply.is !== "accepted") return reply;
  }
  throw new Error("still only accepted");
};

beforeAll(async () => {
  world = await openWorld();
  const [first = "0x"] = world.borrowers;
  user = first;
  rpc = await faultyRpc(world.chain.rpcUrl);
  source = { ...world.sourceOf(user), rpcUrls: [rpc.url], singleOperator: true, payer };
  const { tokens } = world.chain.addresses;
  await transact(world.chain.rpc, user, world.pool, "supply", [tokens["WETH"], 100n * 10n ** 18n, user, 0]);
  await transact(world.chain.rpc, user, world.pool, "borrow", [tokens["USDC"], 50_000n * 10n ** 6n, 2n, 0, user]);
  await mint(payer, "LINK", 10n ** 24n);
  await mint(payer, "USDC", 10n ** 12n);
  actor = aaveActor(source, testAccount(wallet), { holdMs: 0 });
});
afterAll(async () => {
  await rpc.stop();
  await world.stop();
});
beforeEach(() => {
  rpc.fault = () => "none";
});

test("a supply: allowance and call in one message, done with what the pool's event says, as the engine predicted", async () => {
  const before = await read();
  const prepared = await prepare({ ...supplyOne, amount: dec("12.5") });
  expect(JSON.parse(prepared.wire).signed).toHaveLength(2);
  expect(await actor.query(prepared)).toEqual({ is: "not-found" });
  expect(await actor.send(prepared)).toEqual({ is: "accepted" });
  expect(await settled(actor, prepared)).toEqual({
    is: "done",
    flows: [{ asset: "LINK", amount: exact(125n * 10n ** 17n, 18) }],
  });
  const after = await read();
  const scene = sceneOf(before, source);
  const later = aaveV3Margin.advance(before.body, momentOf(after.body), scene);
  const predicted = aaveV3Margin.apply(later, { ...supplyOne, amount: dec("12.5") }, scene);
  expect(predicted.ok && predicted.value.config).toBe(after.body.config);
  // The user did not pay, so only the pool's and the account's side are compared; the wallet was another's.
  const poolSide = (body: typeof after.body) =>
    body.reserves.map(({ pool, scaledSupply, scaledDebt }) => ({ pool, scaledSupply, scaledDebt }));
  expect(predicted.ok && poolSide(predicted.value)).toEqual(poolSide(after.body));
});

test("repay all pays the debt to the last unit, interest until then included, and leaves nothing owed", async () => {
  await world.chain.mine(Number((await read()).body.timestamp) + 40 * 86_400);
  const prepared = await prepare({ do: "repay", asset: assetId("USDC"), amount: "all" });
  await actor.send(prepared);
  expect(await settled(actor, prepared)).toMatchObject({ is: "done", flows: [{ asset: "USDC" }] });
  expect((await read()).venue.debt).toBe(0n);
});

test("killed after prepare: nothing happened, and the journaled message does it once", async () => {
  const before = await supplied("LINK");
  const prepared = await killedAt("prepared");
  const next = aaveActor(source, testAccount(wallet));
  expect(await next.query(prepared)).toEqual({ is: "not-found" });
  expect(await supplied("LINK")).toBe(before);
  await next.send(prepared);
  expect(await settled(next, prepared)).toMatchObject({ is: "done" });
});

test("killed after send, before the receipt: the next one finds it done and sending again changes nothing", async () => {
  const prepared = await killedAt("sent");
  const next = aaveActor(source, testAccount(wallet));
  expect(await settled(next, prepared)).toMatchObject({ is: "done" });
  const [after, nonce] = [await supplied("LINK"), await nonceOf()];
  expect(await next.send(prepared)).toMatchObject({ is: "done" });
  expect([await supplied("LINK"), await nonceOf()]).toEqual([after, nonce]);
});

test("a doubled send has one effect", async () => {
  const [before, nonce] = [await supplied("LINK"), await nonceOf()];
  const prepared = await prepare();
  await Promise.all([actor.send(prepared), actor.send(prepared)]);
  await actor.send(prepared);
  expect(await settled(actor, prepared)).toMatchObject({ is: "done" });
  expect(await nonceOf()).toBe(nonce + 2);
  const gained = ((await supplied("LINK")) ?? 0n) - (before ?? 0n);
  expect(gained > 0n && gained <= 10n ** 18n).toBe(true);
});

test("lost replies are ambiguous, the query says what happened, and sending again changes nothing", async () => {
  const [before, nonce] = [await supplied("LINK"), await nonceOf()];
  const prepared = await prepare();
  const [allowance, call] = JSON.parse(prepared.wire).signed as Hex[];
  const losing = (raw: Hex | "nothing" = "nothing") => {
    rpc.fault = ({ params }) => (params?.[0] === raw ? "lose-reply" : "none");
  };
  losing(allowance);
  expect(await actor.send(prepared)).toMatchObject({ is: "ambiguous" });
  // The allowance went through, the call was never sent: the message is sent again.
  expect(await actor.query(prepared)).toEqual({ is: "not-found" });
  losing(call);
  expect(await actor.send(prepared)).toMatchObject({ is: "ambiguous" });
  expect(await settled(actor, prepared)).toMatchObject({ is: "done" });
  losing();
  expect(await actor.send(prepared)).toMatchObject({ is: "done" });
  expect(await nonceOf()).toBe(nonce + 2);
  expect(((await supplied("LINK")) ?? 0n) - (before ?? 0n) <= 10n ** 18n).toBe(true);
});

test("an endpoint that is down: ambiguous, never a guess, and its address stays out of the message", async () => {
  const prepared = await prepare();
  rpc.fault = () => "down";
  const replies = [await actor.send(prepared), await actor.query(prepared)];
  expect(replies.map(({ is }) => is)).toEqual(["ambiguous", "ambiguous"]);
  const failed = await actor.prepare(nextKey(), await holdingOf(), supplyOne);
  expect(failed).toMatchObject({ ok: false, failure: { code: "chain/rpc-failed" } });
  expect(JSON.stringify([replies, failed])).not.toContain(rpc.secret);
});

test("a nonce that another transaction took: refused for good, nothing supplied; the next attempt is a new message", async () => {
  const before = await supplied("LINK");
  const key = nextKey();
  const prepared = await prepare(supplyOne, key);
  await world.chain.rpc.send({ from: user, to: payer, data: "0x" });
  await takeNonces(2);
  expect(await actor.send(prepared)).toMatchObject({ is: "refused", why: { code: "chain/nonce-taken" } });
  expect(await actor.query(prepared)).toMatchObject({ is: "refused", why: { code: "chain/nonce-taken" } });
  expect(await supplied("LINK")).toBe(before);
  const again = await prepare(supplyOne, `${key}-2`);
  expect(again.reference).not.toBe(prepared.reference);
  await actor.send(again);
  expect(await settled(actor, again)).toMatchObject({ is: "done" });
});

test("the action's nonce is taken after its allowance went through: refused, nothing supplied", async () => {
  const before = await supplied("LINK");
  const prepared = await prepare();
  const [allowance = "0x"] = JSON.parse(prepared.wire).signed as Hex[];
  await world.chain.rpc.request("eth_sendRawTransaction", [allowance]);
  await takeNonces(1);
  expect(await actor.send(prepared)).toMatchObject({ is: "refused", why: { code: "chain/nonce-taken" } });
  expect(await supplied("LINK")).toBe(before);
});

test("waiting is accepted; dropped by the node is not found, and the same bytes go again", async () => {
  await world.chain.rpc.request("evm_setAutomine", [false]);
  const prepared = await prepare();
  expect(await actor.send(prepared)).toEqual({ is: "accepted" });
  expect(await actor.query(prepared)).toEqual({ is: "accepted" });
  await world.chain.rpc.request("anvil_dropTransaction", [prepared.reference]);
  expect(await actor.query(prepared)).toEqual({ is: "not-found" });
  expect(await actor.send(prepared)).toEqual({ is: "accepted" });
  await world.chain.mine();
  await world.chain.rpc.request("evm_setAutomine", [true]);
  expect(await settled(actor, prepared)).toMatchObject({ is: "done" });
});

test("two intents for the same action never sign the same bytes", async () => {
  const [one, other] = [await prepare(supplyOne, "a"), await prepare(supplyOne, "b")];
  expect(one.reference).not.toBe(other.reference);
  expect((await prepare(supplyOne, "a")).reference).toBe(one.reference);
});

test("a reserve that was paused in between: refused with the contract's word", async () => {
  const [admin = "0x"] = world.chain.accounts;
  const configurator = world.chain.contract("PoolConfiguratorInstance", world.chain.addresses.configurator);
  const pause = (paused: boolean) =>
    transact(world.chain.rpc, admin, configurator, "setReservePause", [token("LINK").address, paused, 0]);
  const prepared = await prepare();
  await pause(true);
  await actor.send(prepared);
  expect(await settled(actor, prepared)).toMatchObject({ is: "refused", why: { facts: { reason: "ReservePaused" } } });
  await pause(false);
});

test.for([
  ["wallet too small", { ...supplyOne, asset: assetId("DAI") }, "aave-v3/wallet-too-small"],
  ["nothing owed", { do: "repay", asset: assetId("DAI"), amount: dec("1") }, "aave-v3/no-debt-of-selected-type"],
  ["unknown asset", { ...supplyOne, asset: assetId("DOGE") }, "aave-v3/unknown-asset"],
  ["all of a wallet", { ...supplyOne, amount: "all" }, "aave-v3/supply-needs-an-amount"],
  ["another kind", { do: "cancel", order: "1" }, "aave-v3/action-not-offered"],
  [
    "a withdrawal by another's wallet",
    { do: "withdraw", asset: assetId("WETH"), amount: dec("1") },
    "chain/not-the-owners-wallet",
  ],
  [
    "another's supply",
    { do: "repay", asset: assetId("USDC"), amount: dec("1"), from: "own-supply" },
    "chain/not-the-owners-wallet",
  ],
] as const)("refused before anything is signed: %s", async ([, action, code]) => {
  expect(await actor.prepare(nextKey(), await holdingOf(), action)).toMatchObject({ ok: false, failure: { code } });
});

test("a wallet that cannot pay for gas is refused before anything is signed", async () => {
  const balance = await world.chain.rpc.request<Hex>("eth_getBalance", [payer, "latest"]);
  await world.chain.rpc.request("anvil_setBalance", [payer, toHex(1n)]);
  expect(await actor.prepare(nextKey(), await holdingOf(), supplyOne)).toMatchObject({
    ok: false,
    failure: { code: "chain/gas-too-small" },
  });
  await world.chain.rpc.request("anvil_setBalance", [payer, balance]);
});

test("the private key is in nothing that is journaled or said", async () => {
  const key = Buffer.from(testAccount(wallet).getHdKey().privateKey ?? []).toString("hex");
  expect(key).toHaveLength(64);
  const prepared = await prepare();
  expect(canonical([prepared, rpc.seen])).not.toContain(key);
});

// The owner's own wallet: 10 WETH against 8,000 USDC, of which 3,000 are supplied again.
const ownWallet = 13;
const owner = testAccount(ownWallet).address.toLowerCase() as Hex;
const LINKS = 10n ** 18n;

test("in the owner's own wallet: each action does to the wei what the engine said, all leaves no dust, allowances are used up", async () => {
  const ofOwner: AaveSource = { ...source, user: owner, payer: owner };
  const own = aaveActor(ofOwner, testAccount(ownWallet), { holdMs: 0 });
  for (const [symbol, amount] of [
    ["WETH", 10n ** 19n],
    ["USDC", 5_000_000000n],
    ["LINK", 100n * LINKS],
  ] as const)
    await mint(owner, symbol, amount);
  const { tokens } = world.chain.addresses;
  const transactOwn = (method: string, ...args: readonly unknown[]) =>
    transact(world.chain.rpc, owner, world.pool, method, args);
  const act = async (action: Action) => {
    const before = await world.read(owner);
    const events = eventsOf(before, holdingId("own"), ofOwner);
    const event = events.at(-1);
    if (event?.type !== "holding") throw new Error("no holding");
    const prepared = await own.prepare(nextKey(), event.holding, action);
    if (!prepared.ok) throw new Error(JSON.stringify([action, prepared.failure]));
    await own.send(prepared.value);
    expect([action, await settled(own, prepared.value)]).toMatchObject([action, { is: "done" }]);
    const after = await world.read(owner);
    const scene = sceneOf(before, ofOwner);
    const allowed = {
      ...before.body,
      reserves: before.body.reserves.map((each) => ({ ...each, allowance: 2n ** 256n - 1n })),
    };
    const predicted = aaveV3Margin.apply(aaveV3Margin.advance(allowed, momentOf(after.body), scene), action, scene);
    const plain = ({ config, reserves }: typeof after.body) => ({
      config,
      reserves: reserves.map(({ allowance: _allowance, ...each }) => each),
    });
    expect(predicted.ok && plain(predicted.value)).toEqual(plain(after.body));
    return after.body;
  };
  const heldIn = (body: Awaited<ReturnType<typeof act>>, symbol: string) => {
    const id = body.reserves.find((_, place) => symbolAt[place] === symbol)?.id;
    return body.reserves.find((each) => each.id === id)!;
  };
  const symbolAt = (await world.read(owner)).terms.reserves.map(({ asset }) => asset);

  await act({ do: "supply", asset: assetId("WETH"), amount: dec("10") });
  await transactOwn("borrow", tokens["USDC"], 8_000_000000n, 2n, 0, owner);
  await act({ do: "supply", asset: assetId("USDC"), amount: dec("3000") });
  await act({ do: "repay", asset: assetId("USDC"), amount: dec("1000.5"), from: "own-supply" });
  const later = await act({ do: "repay", asset: assetId("USDC"), amount: "all", from: "own-supply" });
  expect(heldIn(later, "USDC").scaledSupply).toBe(0n);
  const part = await act({ do: "repay", asset: assetId("USDC"), amount: dec("1234.567891") });
  expect(heldIn(part, "USDC").allowance).toBe(0n);
  await act({ do: "withdraw", asset: assetId("WETH"), amount: dec("1.000000000000000001") });
  const repaid = await act({ do: "repay", asset: assetId("USDC"), amount: "all" });
  expect(heldIn(repaid, "USDC").scaledDebt).toBe(0n);
  expect(heldIn(repaid, "USDC").allowance).not.toBe("unknown");
  const out = await act({ do: "withdraw", asset: assetId("WETH"), amount: "all" });
  expect([heldIn(out, "WETH").scaledSupply, heldIn(out, "WETH").wallet]).toEqual([0n, expect.any(BigInt)]);
});

test("what would leave the account unsafe is refused with the number that decided it, before anything is signed", async () => {
  const ofOwner: AaveSource = { ...source, user: owner, payer: owner };
  const own = aaveActor(ofOwner, testAccount(ownWallet), { holdMs: 0 });
  const { tokens } = world.chain.addresses;
  await transact(world.chain.rpc, owner, token("WETH"), "approve", [world.pool.address, 10n ** 19n]);
  await transact(world.chain.rpc, owner, world.pool, "supply", [tokens["WETH"], 5n * 10n ** 18n, owner, 0]);
  await transact(world.chain.rpc, owner, world.pool, "borrow", [tokens["USDC"], 6_000_000000n, 2n, 0, owner]);
  const event = eventsOf(await world.read(owner), holdingId("own"), ofOwner).at(-1);
  if (event?.type !== "holding") throw new Error("no holding");
  const refusal = await own.prepare(nextKey(), event.holding, {
    ...{ do: "withdraw", asset: assetId("WETH"), amount: "all" },
  } as Action);
  expect(refusal).toMatchObject({
    ok: false,
    failure: { code: "aave-v3/health-factor-lower-than-liquidation-threshold", facts: { health: expect.any(String) } },
  });
});

async function killedAt(until: Job["until"]): Promise<Prepared> {
  const job: Job = {
    ...{ source, wallet, key: nextKey(), holding: JSON.parse(canonical(await holdingOf())) as Holding },
    ...{ asset: "LINK", amount: "1", until },
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, "testing/act-once.ts"), JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGKILL");
  await once(child, "exit");
  return JSON.parse(chunk.toString()) as Prepared;
}

async function takeNonces(count: number): Promise<void> {
  for (let taken = 0; taken < count; taken++)
    await world.chain.rpc.send({ from: payer, to: user, data: "0x", gas: 50_000n });
}
