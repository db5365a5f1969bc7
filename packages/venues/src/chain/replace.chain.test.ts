// One message and everything that may happen to it between the wallet and a deep block, over a node whose blocks, fees and forks the test makes.
import type { Action, Actor, Holding, Prepared } from "@plimsoll/core/book";
import { type Exact, dec, holdingId, ms, ok, venueId } from "@plimsoll/core/units";
import { type Chain, startChain, testAccount, transact } from "@plimsoll/sim/chain";
import { type Hex, encodeFunctionData, keccak256, parseAbi, parseTransaction, toHex } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type ActorOptions, chainActor } from "./actor.ts";
import type { ChainSource } from "./rpc.ts";
import { type Fault, type FaultyRpc, type RpcCall, faultyRpc } from "./testing/faulty-rpc.ts";

const abi = parseAbi(["function transfer(address to, uint256 value) returns (bool)"]);
const receiver = `0x${"ab".repeat(20)}` as const;
const holding: Holding = { id: holdingId("mine"), venue: venueId("toy"), rules: "1", asOf: ms(0), body: {} };
/** Which action it is, is the draft's business: here it always sends the same. */
const action: Action = { do: "cancel", order: "any" };
const GWEI = 10n ** 9n;
let chain: Chain;
let token: Hex;
let [one, two, relay]: FaultyRpc[] = [];
let wallet = 5;

beforeAll(async () => {
  const started = await startChain();
  if (!started.ok) throw new Error(JSON.stringify(started.failure));
  chain = started.value;
  token = chain.addresses.tokens["LINK"]!;
  [one, two, relay] = await Promise.all([1, 2, 3].map(() => faultyRpc(chain.rpcUrl)));
});
afterAll(async () => {
  for (const each of [one, two, relay]) await each?.stop();
  await chain?.stop();
});
const request = <T = unknown>(method: string, ...params: readonly unknown[]) => chain.rpc.request<T>(method, params);
beforeEach(async () => {
  for (const each of [one!, two!, relay!]) each.fault = () => "none";
  wallet += 1; // each test pays from a wallet of its own, so that none waits behind another's message
  const mint = [testAccount(wallet).address, 10n ** 20n];
  await request("anvil_setBalance", testAccount(wallet).address, toHex(10n ** 20n));
  await transact(chain.rpc, chain.accounts[0]!, chain.contract("FaucetToken", token), "mint", mint);
  await request("evm_setAutomine", false);
});
afterEach(async () => {
  await baseFee(GWEI);
  await request("evm_setAutomine", true);
});

const source = (change: Partial<ChainSource> = {}): ChainSource => ({
  ...{ rpcUrls: [one!.url, two!.url], chainId: chain.chainId, multicall: chain.addresses.multicall, ...change },
});
/** Sends tokens away: what was sent can be counted. */
const actorOf = (change: Partial<ChainSource> = {}, options: ActorOptions = {}): Actor =>
  chainActor(
    source(change),
    testAccount(wallet),
    {
      errors: [],
      draft: async () => ok([{ to: token, data: transferOf(), gas: 150_000n, usualGas: 100_000n }]),
      flowsOf: async () => ok([]),
    },
    options,
  );
const transferOf = () => encodeFunctionData({ abi, functionName: "transfer", args: [receiver, 10n ** 18n] });
const received = async (): Promise<bigint> => {
  const data = encodeFunctionData({
    ...{ abi: parseAbi(["function balanceOf(address) view returns (uint256)"]) },
    ...{ functionName: "balanceOf", args: [receiver] },
  });
  return BigInt(await request<Hex>("eth_call", { to: token, data }, "latest")) / 10n ** 18n;
};
const baseFee = async (wei: bigint) => {
  await request("anvil_setNextBlockBaseFeePerGas", toHex(wei));
  await request("evm_mine");
};
/** Blocks of that base fee; each later one would fall by an eighth. */
const blocks = async (count: number, wei: bigint) => {
  for (let mined = 0; mined < count; mined++) await baseFee(wei);
};
const prepare = async (actor: Actor, key = `intent-${wallet}`, feeCap?: Exact): Promise<Prepared> => {
  const made = await actor.prepare(key, holding, action, feeCap && { feeCap });
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  return made.value;
};
const feesOf = (raw: Hex) => parseTransaction(raw).maxFeePerGas!;
const variantsOf = ({ wire }: Prepared): readonly Hex[] => {
  const { signed, dearer } = JSON.parse(wire) as { signed: Hex[]; dearer: Hex[][] };
  return [signed, ...dearer].map((each) => each.at(-1)!);
};

test("what waits too long is replaced at its nonce by what was journaled before, and whichever is mined is the one effect", async () => {
  await baseFee(10n * GWEI);
  const [actor, before] = [actorOf(), await received()];
  const prepared = await prepare(actor);
  const offers = variantsOf(prepared);
  expect(new Set(offers.map((raw) => parseTransaction(raw).nonce)).size).toBe(1);
  expect(await actor.send(prepared)).toEqual({ is: "accepted" });
  expect(await actor.hasten!(prepared)).toEqual({ is: "waits" });
  await baseFee(50n * GWEI);
  const hastened = await actor.hasten!(prepared);
  expect(hastened).toMatchObject({ is: "sent-again", facts: { said: "taken" } });
  // the cheapest that the base fee lets through, not the dearest
  const chosen = offers.findIndex((raw) => feesOf(raw) >= 50n * GWEI);
  expect(hastened).toMatchObject({ facts: { transaction: keccak256(offers[chosen]!) } });
  expect(await actor.query(prepared)).toEqual({ is: "accepted" });
  await blocks(1, 50n * GWEI);
  expect(await actor.query(prepared)).toEqual({ is: "done", flows: [] });
  expect(await actor.send(prepared)).toEqual({ is: "done", flows: [] });
  expect((await received()) - before).toBe(1n);
});

test("what nobody mines for some blocks is replaced too, however cheap they are", async () => {
  await baseFee(10n * GWEI);
  const actor = actorOf();
  const prepared = await prepare(actor);
  await actor.send(prepared);
  expect(await actor.hasten!(prepared)).toEqual({ is: "waits" });
  await request("anvil_dropTransaction", prepared.reference);
  await blocks(2, 10n * GWEI);
  expect(await actor.hasten!(prepared)).toMatchObject({ is: "sent-again" });
  await blocks(1, 10n * GWEI);
  expect(await actor.query(prepared)).toMatchObject({ is: "done" });
});

test("a lost race for the base fee stops at the cap and says so; what lies there is done when the fee falls", async () => {
  await baseFee(10n * GWEI);
  const actor = actorOf();
  const prepared = await prepare(actor, "capped", dec("0.004")); // 40 gwei for 100,000 gas
  expect(variantsOf(prepared).every((raw) => feesOf(raw) <= 40n * GWEI)).toBe(true);
  await actor.send(prepared);
  // This node forgets what the base fee has passed, public ones keep it: so both operators tell of a base fee that this node does not have.
  const said = lie("eth_getBlockByNumber", (block) => ({ ...(block as object), baseFeePerGas: toHex(100n * GWEI) }));
  [one!.fault, two!.fault] = [said, said];
  expect(await actor.hasten!(prepared)).toMatchObject({ is: "sent-again", facts: { maxFee: "40.000000000 gwei" } });
  for (let looks = 0; looks < 3; looks++)
    expect(await actor.hasten!(prepared)).toMatchObject({
      is: "at-its-bounds",
      why: { code: "chain/fee-cap-reached", facts: { offered: "40.000000000 gwei", baseFee: "100.000000000 gwei" } },
    });
  expect(await actor.query(prepared)).toEqual({ is: "accepted" });
  [one!.fault, two!.fault] = [() => "none", () => "none"];
  await blocks(1, 30n * GWEI);
  expect(await actor.query(prepared)).toMatchObject({ is: "done" });
});

test("where the fee of now is above the cap nothing is signed; the connection's own cap holds where the plan has none", async () => {
  await baseFee(100n * GWEI);
  const tooDear = { ok: false, failure: { code: "chain/fee-cap-too-small" } };
  expect(await actorOf().prepare("a", holding, action, { feeCap: dec("0.009") })).toMatchObject(tooDear);
  expect(await actorOf({ feeCap: dec("0.009") }).prepare("a", holding, action)).toMatchObject(tooDear);
  const offers = variantsOf(await prepare(actorOf(), "a"));
  expect(feesOf(offers.at(-1)!) * 100_000n).toBe(25n * 10n ** 16n);
});

test("a process that starts again goes on with the variant that waits, by the journaled message alone", async () => {
  await baseFee(10n * GWEI);
  const [first, before] = [actorOf(), await received()];
  const prepared = await prepare(first);
  await first.send(prepared);
  await baseFee(50n * GWEI);
  await first.hasten!(prepared);
  const next = actorOf();
  expect(await next.query(prepared)).toEqual({ is: "accepted" });
  await blocks(1, 300n * GWEI);
  expect(await next.hasten!(prepared)).toMatchObject({ is: "sent-again" });
  await blocks(1, 300n * GWEI);
  expect(await next.query(prepared)).toMatchObject({ is: "done" });
  expect((await received()) - before).toBe(1n);
});

test("a block that is replaced puts the message back to waiting: done only at its depth", async () => {
  const [actor, before] = [actorOf({ confirmations: 3 }), await received()];
  const prepared = await prepare(actor);
  const snapshot = await request("evm_snapshot");
  await actor.send(prepared);
  await request("evm_mine");
  expect(await actor.query(prepared)).toEqual({ is: "accepted" });
  await request("evm_mine");
  // the chain without these two blocks: the transaction is known to nobody
  await request("evm_revert", snapshot);
  await blocks(1, GWEI);
  expect(await actor.query(prepared)).toEqual({ is: "not-found" });
  expect(await actor.send(prepared)).toEqual({ is: "accepted" });
  await request("evm_mine");
  await request("evm_mine");
  expect(await actor.query(prepared)).toEqual({ is: "accepted" });
  await request("evm_mine");
  expect(await actor.query(prepared)).toMatchObject({ is: "done" });
  expect((await received()) - before).toBe(1n);
});

test("another transaction at the nonce is no verdict before its block is deep", async () => {
  const actor = actorOf({ confirmations: 2 });
  const prepared = await prepare(actor);
  await request("eth_sendTransaction", { from: testAccount(wallet).address, to: receiver, value: "0x1" });
  await request("evm_mine");
  expect(await actor.query(prepared)).toMatchObject({ is: "ambiguous", why: { code: "chain/nonce-not-settled" } });
  await request("evm_mine");
  expect(await actor.query(prepared)).toMatchObject({ is: "refused", why: { code: "chain/nonce-taken" } });
});

test("every operator is sent to, one that is down hinders no sending, and no deciding is done with the other alone", async () => {
  const [actor, before] = [actorOf(), await received()];
  const prepared = await prepare(actor);
  two!.fault = () => "down";
  expect(await actor.send(prepared)).toEqual({ is: "accepted" });
  await request("evm_mine");
  expect(await actor.query(prepared)).toMatchObject({ is: "ambiguous", why: { code: "chain/second-operator-silent" } });
  two!.fault = () => "none";
  expect(await actor.query(prepared)).toMatchObject({ is: "done" });
  for (const each of [one!, two!])
    expect(each.seen.filter(({ method }) => method === "eth_sendRawTransaction").length).toBeGreaterThan(0);
  expect((await received()) - before).toBe(1n);
});

test("a receipt that one operator makes up, and a base fee that one lies about, decide nothing", async () => {
  const actor = actorOf();
  await baseFee(GWEI);
  two!.fault = lie("eth_getBlockByNumber", (block) => ({ ...(block as object), baseFeePerGas: toHex(10n ** 15n) }));
  const refused = await actor.prepare("lied", holding, action);
  expect(refused).toMatchObject({ ok: false, failure: { code: "chain/operators-disagree" } });
  two!.fault = () => "none";
  const prepared = await prepare(actor);
  await actor.send(prepared);
  await request("evm_mine");
  two!.fault = lie("eth_getTransactionReceipt", (receipt) => ({ ...(receipt as object), status: "0x0" }));
  expect(await actor.query(prepared)).toMatchObject({ is: "ambiguous", why: { code: "chain/operators-disagree" } });
  two!.fault = lie("eth_getTransactionReceipt", () => null);
  expect(await actor.query(prepared)).toMatchObject({ is: "ambiguous", why: { code: "chain/operators-disagree" } });
});

test("who mines is offered what the more modest operator says, and no more than the base fee or what networks ask", async () => {
  await baseFee(50n * GWEI);
  const priorityOf = async (key: string) =>
    parseTransaction(variantsOf(await prepare(actorOf({}, { holdMs: 0 }), key))[0]!).maxPriorityFeePerGas;
  const saying = (wei: bigint) => lie("eth_maxPriorityFeePerGas", () => toHex(wei));
  [one!.fault, two!.fault] = [saying(2n * GWEI), saying(900n * GWEI)];
  expect(await priorityOf("a")).toBe(2n * GWEI);
  one!.fault = saying(900n * GWEI);
  expect(await priorityOf("b")).toBe(BigInt(await baseFeeNow()));
  await baseFee(GWEI);
  expect(await priorityOf("c")).toBe(30n * GWEI);
});

test("a relay alone has the message until its time is over; then everybody has, and it is one effect", async () => {
  const before = await received();
  relay!.fault = ({ method }) => (method === "eth_sendRawTransaction" ? { instead: `0x${"00".repeat(32)}` } : "none");
  const actor = actorOf({ relay: { url: relay!.url, publicAfterMs: 2_000 } });
  const prepared = await prepare(actor);
  const publicly = () =>
    [one!, two!].flatMap(({ seen }) => seen.filter((call) => call.params?.[0] === variantsOf(prepared)[0]));
  expect(await actor.send(prepared)).toEqual({ is: "accepted" });
  expect(await actor.query(prepared)).toEqual({ is: "accepted" });
  expect(publicly()).toEqual([]);
  await new Promise((done) => setTimeout(done, 2_050));
  expect(await actor.hasten!(prepared)).toMatchObject({ is: "sent-again", facts: { how: /relay/ } });
  expect(publicly()).toHaveLength(2);
  await request("evm_mine");
  expect(await actor.query(prepared)).toMatchObject({ is: "done" });
  expect((await received()) - before).toBe(1n);
});

test("a relay that does not answer costs no time: everybody is told at once; one that is never to be passed is not passed", async () => {
  relay!.fault = () => "down";
  const open = actorOf({ relay: { url: relay!.url, publicAfterMs: 60_000 } });
  const prepared = await prepare(open);
  expect(await open.send(prepared)).toEqual({ is: "accepted" });
  expect(await open.hasten!(prepared)).toEqual({ is: "waits" });
  // nobody keeps it to himself: what the operators forget is known to nobody
  await request("anvil_dropTransaction", prepared.reference);
  expect(await open.query(prepared)).toEqual({ is: "not-found" });
  expect(await open.send(prepared)).toEqual({ is: "accepted" });
  await request("evm_mine");
  expect(await open.query(prepared)).toMatchObject({ is: "done" });
  const closed = actorOf({ relay: { url: relay!.url, publicAfterMs: "never" } });
  const secret = await prepare(closed, "secret");
  expect(await closed.send(secret)).toMatchObject({ is: "ambiguous" });
  const raw = variantsOf(secret)[0];
  expect([one!, two!].flatMap(({ seen }) => seen.filter((call) => call.params?.[0] === raw))).toEqual([]);
});

test("two intents of one wallet at once get a nonce each and both are done", async () => {
  const before = await received();
  const [one_, other] = [actorOf(), actorOf()];
  const act = async (actor: Actor, key: string) => {
    const prepared = await prepare(actor, key);
    expect(await actor.send(prepared)).toEqual({ is: "accepted" });
    return prepared;
  };
  const [a, b] = await Promise.all([act(one_, "a"), act(other, "b")]);
  await request("evm_mine");
  expect([await one_.query(a), await other.query(b)]).toEqual([
    { is: "done", flows: [] },
    { is: "done", flows: [] },
  ]);
  expect((await received()) - before).toBe(2n);
});

test("a message that was prepared and never left leaves no gap in the nonces", async () => {
  const actor = actorOf({}, { holdMs: 100 });
  await prepare(actor, "never sent");
  const prepared = await prepare(actor, "sent");
  await actor.send(prepared);
  await request("evm_mine");
  expect(await actor.query(prepared)).toMatchObject({ is: "done" });
});

test("what the nodes forget is sent again at its own nonce, without a gap, however many messages are under way", async () => {
  const before = await received();
  const actor = actorOf();
  const nonceOf = (each: Prepared) => parseTransaction(variantsOf(each)[0]!).nonce;
  const first = await prepare(actor, "first");
  await actor.send(first);
  const second = await prepare(actor, "second");
  await actor.send(second);
  // This node drops what follows at later nonces too.
  await request("anvil_dropTransaction", first.reference);
  expect(await actor.query(first)).toEqual({ is: "not-found" });
  const again = await prepare(actor, "first");
  expect(nonceOf(again)).toBe(nonceOf(first));
  await actor.send(again);
  expect(await actor.query(second)).toEqual({ is: "not-found" });
  expect(await actor.send(second)).toEqual({ is: "accepted" });
  await request("evm_mine");
  expect([(await actor.query(again)).is, (await actor.query(second)).is]).toEqual(["done", "done"]);
  expect((await received()) - before).toBe(2n);
});

test("a second message of a wallet goes after what only the relay has", async () => {
  relay!.fault = ({ method }) => (method === "eth_sendRawTransaction" ? { instead: `0x${"00".repeat(32)}` } : "none");
  const actor = actorOf({ relay: { url: relay!.url, publicAfterMs: 60_000 } });
  const first = await prepare(actor, "first");
  await actor.send(first);
  const second = await prepare(actor, "second");
  const nonceOf = (each: Prepared) => parseTransaction(variantsOf(each)[0]!).nonce;
  expect(nonceOf(second)! - (nonceOf(first) ?? 0)).toBe(1);
});

test("what the contract would refuse is not even signed", async () => {
  const tooMuch = encodeFunctionData({ abi, functionName: "transfer", args: [receiver, 10n ** 30n] });
  const greedy = chainActor(source(), testAccount(wallet), {
    errors: parseAbi(["error Panic(uint256 code)"]),
    draft: async () => ok([{ to: token, data: tooMuch, gas: 150_000n, usualGas: 100_000n }]),
    flowsOf: async () => ok([]),
  });
  expect(await greedy.prepare("a", holding, action)).toMatchObject({
    ok: false,
    failure: { code: "chain/would-revert" },
  });
});

const lie =
  (method: string, result: (result: unknown) => unknown) =>
  (call: RpcCall): Fault =>
    call.method === method ? { result } : "none";
const baseFeeNow = async () =>
  (await request<{ baseFeePerGas: Hex }>("eth_getBlockByNumber", "latest", false)).baseFeePerGas;
