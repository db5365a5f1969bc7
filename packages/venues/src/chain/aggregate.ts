import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import {
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type Hex,
  type PublicClient,
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  parseAbi,
} from "viem";
import { type ChainSource, ask, multicallOf } from "./rpc.ts";

export const multicallAbi = parseAbi([
  "struct Call3 { address target; bool allowFailure; bytes callData; }",
  "struct Result { bool success; bytes returnData; }",
  "function aggregate3(Call3[] calls) payable returns (Result[])",
]);
/** What Multicall3 says of the block that it runs in. @source github.com/mds1/multicall3 */
const blockAbi = parseAbi([
  "function getChainId() view returns (uint256)",
  "function getBlockNumber() view returns (uint256)",
  "function getCurrentBlockTimestamp() view returns (uint256)",
  "function getLastBlockHash() view returns (bytes32)",
]);
const requireAbi = parseAbi(["error Error(string reason)"]);

type Kind = "view" | "pure" | "nonpayable";
type Name<A extends Abi> = ContractFunctionName<A, Kind>;
type Args<A extends Abi, N extends Name<A>> = Extract<ContractFunctionArgs<A, Kind, N>, readonly unknown[]>;
type Answer<A extends Abi, N extends Name<A>> = ContractFunctionReturnType<A, Kind, N>;

/** What became of a call that was only tried: it went through, or the contract's text of refusal ("" where it gave none). */
export type Attempt = "accepted" | { readonly refused: string };

/** The block that an aggregate ran in, by its own word. */
export interface ReadBlock {
  readonly chainId: bigint;
  readonly number: bigint;
  /** Seconds. */
  readonly timestamp: bigint;
  readonly parentHash: Hex;
}

/** Calls on contracts of one interface; each addition returns the getter of its answer, good after `run`. */
export interface Calls<A extends Abi> {
  /** @returns the getter; it throws where `run` did not succeed: a bug. */
  add<N extends Name<A>>(target: Hex, name: N, ...args: Args<A, N>): () => Answer<A, N>;
  /** The same for a call that may revert: its answer is then undefined. */
  maybe<N extends Name<A>>(target: Hex, name: N, ...args: Args<A, N>): () => Answer<A, N> | undefined;
  /** For a call whose refusal is the answer. What it changes is seen by the calls after it and by nobody else. */
  attempt<N extends Name<A>>(target: Hex, name: N, ...args: Args<A, N>): () => Attempt;
}

/** Calls gathered for one aggregate, made in their order. */
export interface Aggregate<A extends Abi> extends Calls<A> {
  /** The same aggregate for contracts of another interface: one function name may answer differently there. */
  with<const B extends Abi>(abi: B): Calls<B>;
  /** The block itself. */
  block(source: ChainSource): () => ReadBlock;
  /** All of them in one eth_call, hence at one block and without any effect on the chain. */
  run(client: PublicClient, source: ChainSource, blockNumber?: bigint): Promise<Result<void, Why>>;
}

interface Reply {
  readonly success: boolean;
  readonly returnData: Hex;
}
interface Planned {
  readonly target: Hex;
  readonly name: string;
  readonly callData: Hex;
  readonly read: (reply: Reply) => Result<unknown, Why>;
}

/** An empty aggregate of functions of these contracts. */
export function aggregateOf<const A extends Abi>(abi: A): Aggregate<A> {
  const planned: Planned[] = [];
  const answers: unknown[] = [];
  const plan = (known: Abi, target: Hex, name: string, args: readonly unknown[], read: Planned["read"]) => {
    const callData = (encodeFunctionData as (call: object) => Hex)({ abi: known, functionName: name, args });
    const place = planned.push({ target, name, callData, read });
    return () => {
      if (answers.length < place) throw new Error(`invariant broken: ${name} was asked for but not yet answered`);
      return answers[place - 1];
    };
  };
  const certain = (known: Abi, target: Hex, name: string, args: readonly unknown[] = []) =>
    plan(known, target, name, args, (reply) => {
      const read = decode(known, name, reply);
      return read.ok ? read : fail(unexpected(target, name));
    });
  const callsOf = <const B extends Abi>(known: B): Calls<B> => ({
    add: <N extends Name<B>>(target: Hex, name: N, ...args: Args<B, N>) =>
      certain(known, target, name, args) as () => Answer<B, N>,
    maybe: <N extends Name<B>>(target: Hex, name: N, ...args: Args<B, N>) =>
      plan(known, target, name, args, (reply) => {
        const read = decode(known, name, reply);
        return ok(read.ok ? read.value : undefined);
      }) as () => Answer<B, N> | undefined,
    attempt: <N extends Name<B>>(target: Hex, name: N, ...args: Args<B, N>) =>
      plan(known, target, name, args, (reply) => ok(attemptOf(reply))) as () => Attempt,
  });
  return {
    ...callsOf(abi),
    with: callsOf,
    block: (source) => {
      const multicall = multicallOf(source);
      const word = <T>(name: string) => certain(blockAbi, multicall, name) as () => T;
      const [chainId, number] = [word<bigint>("getChainId"), word<bigint>("getBlockNumber")];
      const [timestamp, parentHash] = [word<bigint>("getCurrentBlockTimestamp"), word<Hex>("getLastBlockHash")];
      return () => ({ chainId: chainId(), number: number(), timestamp: timestamp(), parentHash: parentHash() });
    },
    run: async (client, source, blockNumber) => {
      const replies = await runAll(client, source, planned, blockNumber);
      if (!replies.ok) return replies;
      for (const [index, { target, name, read }] of planned.entries()) {
        const reply = replies.value[index];
        const answer = reply === undefined ? fail(unexpected(target, name)) : read(reply);
        if (!answer.ok) return answer;
        answers.push(answer.value);
      }
      return ok(undefined);
    },
  };
}

const decode = (abi: Abi, name: string, { success, returnData }: Reply): Result<unknown, void> => {
  try {
    if (success) return ok(decodeFunctionResult({ abi, functionName: name, data: returnData }));
  } catch {
    // An answer of another shape is no answer.
  }
  return fail(undefined);
};

function runAll(
  client: PublicClient,
  source: ChainSource,
  planned: readonly Planned[],
  blockNumber?: bigint,
): Promise<Result<readonly Reply[], Why>> {
  const calls = planned.map(({ target, callData }) => ({ target, callData, allowFailure: true }));
  const multicall = multicallOf(source);
  return ask("aggregate3", async () => {
    const data = encodeFunctionData({ abi: multicallAbi, functionName: "aggregate3", args: [calls] });
    const reply = await client.call({ to: multicall, data, ...(blockNumber !== undefined && { blockNumber }) });
    if (reply.data === undefined) throw new Error(`no contract answers at the multicall address ${multicall}`);
    return decodeFunctionResult({ abi: multicallAbi, functionName: "aggregate3", data: reply.data });
  });
}

const unexpected = (target: Hex, name: string): Why =>
  why("chain/unexpected-contract", {
    call: `${name} of ${target}`,
    next: "check the configured addresses and the chain",
  });

function attemptOf({ success, returnData }: Reply): Attempt {
  if (success) return "accepted";
  try {
    const error = decodeErrorResult({ abi: requireAbi, data: returnData });
    // A panic is decoded too, and has a number where a refusal has its text.
    return { refused: error.errorName === "Error" ? error.args[0] : "" };
  } catch {
    return { refused: "" };
  }
}
