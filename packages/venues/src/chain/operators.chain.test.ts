// Two operators over one node, each of which can be made to lie, to lag or to be silent.
import type { BookEvent } from "@plimsoll/core/book";
import { type Result, type Why, exact, fail, holdingId, ms, ok, quoteKey, text } from "@plimsoll/core/units";
import { type Chain, startChain, testAccount } from "@plimsoll/sim/chain";
import { type Hex, encodeFunctionData, parseAbi } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Fault, type FaultyRpc, type RpcCall, faultyRpc } from "./testing/faulty-rpc.ts";
import { type Drafting, chainActor } from "./actor.ts";
import { aggregateOf } from "./aggregate.ts";
import { type ReadAt, chainFeed } from "./feed.ts";
import { checkOperators } from "./operators.ts";
import type { ChainSource } from "./rpc.ts";

const abi = parseAbi(["function latestAnswer() view returns (int256)"]);
const id = holdingId("mine");
const key = quoteKey("chain:WETH:oracle");
let chain: Chain;
let [main, second, third]: FaultyRpc[] = [];
let events: BookEvent[];
let stop: () => Promise<void> = async () => {};

beforeAll(async () => {
  const started = await startChain();
  if (!started.ok) throw new Error(JSON.stringify(started.failure));
  chain = started.value;
  [main, second, third] = await Promise.all([1, 2, 3].map(() => faultyRpc(chain.rpcUrl)));
});
afterAll(async () => {
  for (const each of [main, second, third]) await each?.stop();
  await chain?.stop();
});
beforeEach(() => {
  events = [];
  for (const each of [main!, second!, third!]) each.fault = () => "none";
});
afterEach(() => stop());

const sourceOf = (...operators: readonly FaultyRpc[]): ChainSource => ({
  rpcUrls: operators.map(({ url }) => url) as unknown as ChainSource["rpcUrls"],
  chainId: chain.chainId,
  multicall: chain.addresses.multicall,
});

/** One price, at one block. */
const readerOf =
  (source: ChainSource): ReadAt =>
  async (client, at) => {
    const batch = aggregateOf(abi);
    const [block, price] = [batch.block(source), batch.add(chain.addresses.feeds["WETH"]!, "latestAnswer")];
    const read = await batch.run(client, source, at);
    if (!read.ok) return read;
    const { timestamp, parentHash } = block();
    const event: BookEvent = {
      ...{ type: "price", key, kind: "oracle", price: exact(price(), 8) },
      at: ms(Number(timestamp) * 1_000),
    };
    return ok({ parentHash, events: async () => [event] });
  };
const feedOf = (source: ChainSource) => chainFeed(id, source, readerOf(source), { everyMs: 5 });
const watch = async (source: ChainSource) => {
  stop = await feedOf(source).watch((event) => events.push(event));
};
const until = async (seen: () => boolean) => {
  for (let tries = 0; tries < 1_000 && !seen(); tries++) await new Promise((done) => setTimeout(done, 10));
  expect(seen()).toBe(true);
};
const prices = () => events.flatMap((event) => (event.type === "price" ? [text(event.price)] : []));
const lost = () => events.flatMap((event) => (event.type === "lost" ? [event] : []));
const reasonOf = async (source: ChainSource): Promise<Why | undefined> => {
  const read: Result<unknown, Why> = await feedOf(source).snapshot();
  return read.ok ? undefined : read.failure;
};

const poisoned = ({ method }: RpcCall): Fault =>
  method === "eth_call"
    ? {
        result: (answer) =>
          String(answer).replaceAll(`${240_000_000_000n.toString(16)}`, `${990_000_000_000n.toString(16)}`),
      }
    : "none";
/** An operator that has not got the last blocks: it answers nothing that is asked of them. */
const behind = (blocks: bigint): ((call: RpcCall) => Fault) => {
  let height = 0n;
  return ({ method, params = [] }) => {
    if (method === "eth_blockNumber")
      return { result: (head) => `0x${(height = BigInt(String(head)) - blocks).toString(16)}` };
    const asked = params.find((each): each is string => typeof each === "string" && /^0x[0-9a-f]{1,8}$/.test(each));
    return asked !== undefined && BigInt(asked) > height ? "down" : "none";
  };
};
const otherHash = ({ method }: RpcCall): Fault =>
  method === "eth_getBlockByNumber"
    ? { result: (block) => ({ ...(block as object), hash: `0x${"ab".repeat(32)}` }) }
    : "none";
const down = (): Fault => "down";
const disagree = "chain/operators-disagree";
const silent = "chain/second-operator-silent";

// oxfmt-ignore
test.each([
  // case                                        main       second        refused as
  ["both say the same",                          undefined, undefined,    undefined],
  ["the second one's price is poisoned",         undefined, poisoned,     disagree],
  ["the main one's price is poisoned",           poisoned,  undefined,    disagree],
  ["the second one is two blocks behind",        undefined, behind(2n),   undefined],
  ["the second one is three blocks behind",      undefined, behind(3n),   disagree],
  ["the main one is three blocks behind",        behind(3n), undefined,   disagree],
  ["the second one is on another block",         undefined, otherHash,    disagree],
  ["the second one does not answer",             undefined, down,         silent],
  ["the main one does not answer",               down,      undefined,    silent],
  ["nobody answers",                             down,      down,         "chain/rpc-failed"],
] as const)("%s", async (_case, ofMain, ofSecond, code) => {
  for (let mined = 0; mined < 4; mined++) await chain.mine();
  if (ofMain !== undefined) main!.fault = ofMain;
  if (ofSecond !== undefined) second!.fault = ofSecond;
  const reason = await reasonOf(sourceOf(main!, second!));
  expect(reason?.code).toBe(code);
  for (const { secret } of [main!, second!]) expect(JSON.stringify(reason ?? {})).not.toContain(secret);
});

test("a watched holding is unknown while operators disagree, which is told once, and known again after", async () => {
  await watch(sourceOf(main!, second!));
  await until(() => prices().length === 1);
  second!.fault = poisoned;
  await chain.mine();
  await until(() => lost().length === 1);
  const asked = second!.seen.length;
  await until(() => second!.seen.length > asked + 20);
  expect(lost()).toMatchObject([{ what: id, why: { code: disagree } }]);
  expect(prices()).toEqual(["2400.00000000"]);
  second!.fault = () => "none";
  await until(() => prices().length === 2);
  expect(lost()).toHaveLength(1);
});

test("each new block tells what gas costs in the next one: an eighth above its base fee, and the priority fee", async () => {
  await chain.rpc.request("anvil_setNextBlockBaseFeePerGas", ["0x4a817c800"]); // 20 gwei
  await chain.mine();
  for (const each of [main!, second!])
    each.fault = ({ method }) => (method === "eth_maxPriorityFeePerGas" ? { instead: "0x77359400" } : "none"); // 2 gwei
  await watch(sourceOf(main!, second!));
  const gas = () => events.flatMap((event) => (event.type === "gas" ? [event] : []));
  await until(() => gas().length === 1);
  expect(gas()).toMatchObject([{ chain: "chain-31337", price: exact(24_500_000_000n, 18), inclusionBlocks: 1 }]);
  main!.fault = down;
  await chain.mine();
  await until(() => lost().length === 1);
  expect(gas()).toHaveLength(1);
});

test("with three operators one may be silent, but none may disagree; what two dead ones leave is not enough", async () => {
  const three = sourceOf(main!, second!, third!);
  main!.fault = down;
  expect(await reasonOf(three)).toBe(undefined);
  third!.fault = poisoned;
  expect((await reasonOf(three))?.code).toBe(disagree);
  third!.fault = down;
  expect((await reasonOf(three))?.code).toBe(silent);
});

test("two addresses at one host are one operator; a node of one's own is enough", () => {
  const codeOf = (source: ChainSource) => {
    const checked = checkOperators(source);
    return checked.ok ? "acts" : checked.failure.code;
  };
  const [one] = sourceOf(main!).rpcUrls;
  const common = { chainId: 1 };
  expect(codeOf({ ...common, rpcUrls: [one] })).toBe("chain/one-operator");
  expect(codeOf({ ...common, rpcUrls: [one, `${one}-other-key`] })).toBe("chain/one-operator");
  expect(codeOf({ ...common, rpcUrls: [one], singleOperator: true })).toBe("acts");
  expect(codeOf(sourceOf(main!, second!))).toBe("acts");
});

test("nothing is prepared on the word of one operator, or while two disagree", async () => {
  const account = testAccount(12);
  const data = encodeFunctionData({ abi, functionName: "latestAnswer" });
  const drafting = (source: ChainSource): Drafting => ({
    errors: [],
    draft: async (client) => {
      const read = await readerOf(source)(client);
      return read.ok ? ok([{ to: chain.addresses.feeds["WETH"] as Hex, data, gas: 50_000n, usualGas: 50_000n }]) : read;
    },
    flowsOf: async () => fail({ code: "none", facts: {} }),
  });
  const codeOf = async (source: ChainSource) => {
    const actor = chainActor(source, account, drafting(source));
    const holding = { id, venue: "toy", rules: "1", asOf: ms(0), body: {} };
    const prepared = await actor.prepare("intent", holding as never, { do: "none" } as never);
    return prepared.ok ? "prepared" : prepared.failure.code;
  };
  expect(await codeOf(sourceOf(main!))).toBe("chain/one-operator");
  expect(await codeOf({ ...sourceOf(main!), singleOperator: true })).toBe("prepared");
  expect(await codeOf(sourceOf(main!, second!))).toBe("prepared");
  second!.fault = poisoned;
  expect(await codeOf(sourceOf(main!, second!))).toBe(disagree);
});
