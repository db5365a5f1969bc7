import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import {
  BaseError,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type Hex,
  type PublicClient,
  createPublicClient,
  decodeFunctionResult,
  encodeFunctionData,
  http,
} from "viem";
import { multicallAbi, readAbi } from "./abi.ts";

/** One try only: whoever asks decides what to do about a failure. Nothing is cached between calls. */
export const rpcClient = (url: string, timeoutMs = 10_000): PublicClient =>
  createPublicClient({ transport: http(url, { retryCount: 0, timeout: timeoutMs }), cacheTime: 0 });

/** What a library's exception says in one line, without the endpoint's address: that may carry an access key. */
export function complaint(error: unknown, url: string): string {
  const said = error instanceof BaseError ? `${error.shortMessage} ${error.details}` : String(error);
  const line = said.split("\n")[0] ?? "";
  return line.replaceAll(url, "the endpoint").slice(0, 300);
}

/** Catches what viem throws; the failure names the call. */
export async function ask<T>(what: string, url: string, call: () => Promise<T>): Promise<Result<T, Why>> {
  try {
    return ok(await call());
  } catch (error) {
    return fail(
      why("aave-v3/rpc-failed", {
        call: what,
        detail: complaint(error, url),
        next: "check that the RPC endpoint is up, or configure another one",
      }),
    );
  }
}

type Name = ContractFunctionName<typeof readAbi, "view">;
/** All arguments of what is read are addresses and e-mode ids. */
type Argument = Hex | number;
type Answer<N extends Name> = ContractFunctionReturnType<typeof readAbi, "view", N>;

/** View calls gathered for one aggregate; each addition returns the getter of its answer, good after `run`. */
export interface Aggregate {
  /** @returns the getter; it throws where `run` did not succeed: a bug. */
  add<N extends Name>(target: Hex, name: N, ...args: readonly Argument[]): () => Answer<N>;
  /** The same for a call that may revert: its answer is then undefined. */
  maybe<N extends Name>(target: Hex, name: N, ...args: readonly Argument[]): () => Answer<N> | undefined;
  /** All of them in one eth_call, hence at one block. */
  run(client: PublicClient, url: string, multicall: Hex, blockNumber?: bigint): Promise<Result<void, Why>>;
}

interface Planned {
  readonly name: Name;
  readonly target: Hex;
  readonly callData: Hex;
  readonly allowFailure: boolean;
}

export function aggregate(): Aggregate {
  const planned: Planned[] = [];
  const answers: unknown[] = [];
  const plan = <N extends Name>(allowFailure: boolean, target: Hex, name: N, args: readonly Argument[]) => {
    const encode = encodeFunctionData as (call: object) => Hex;
    const place = planned.push({
      name,
      target,
      allowFailure,
      callData: encode({ abi: readAbi, functionName: name, args }),
    });
    return () => {
      if (answers.length < place) throw new Error(`invariant broken: ${name} was asked for but not yet answered`);
      return answers[place - 1];
    };
  };
  return {
    add: <N extends Name>(target: Hex, name: N, ...args: readonly Argument[]) =>
      plan(false, target, name, args) as () => Answer<N>,
    maybe: <N extends Name>(target: Hex, name: N, ...args: readonly Argument[]) =>
      plan(true, target, name, args) as () => Answer<N> | undefined,
    run: async (client, url, multicall, blockNumber) => {
      const calls = planned.map(({ target, callData }) => ({ target, callData, allowFailure: true }));
      const read = await ask("aggregate3", url, async () => {
        const data = encodeFunctionData({ abi: multicallAbi, functionName: "aggregate3", args: [calls] });
        const reply = await client.call({ to: multicall, data, ...(blockNumber !== undefined && { blockNumber }) });
        if (reply.data === undefined) throw new Error(`no contract answers at the multicall address ${multicall}`);
        return decodeFunctionResult({ abi: multicallAbi, functionName: "aggregate3", data: reply.data });
      });
      if (!read.ok) return read;
      for (const [index, call] of planned.entries()) {
        const decoded = decode(call, read.value[index]);
        if (!decoded.ok) return decoded;
        answers.push(decoded.value);
      }
      return ok(undefined);
    },
  };
}

function decode(
  { name, target, allowFailure }: Planned,
  result: { readonly success: boolean; readonly returnData: Hex } | undefined,
): Result<unknown, Why> {
  try {
    if (result?.success) return ok(decodeFunctionResult({ abi: readAbi, functionName: name, data: result.returnData }));
  } catch {
    // An answer of another shape is no answer.
  }
  if (allowFailure) return ok(undefined);
  return fail(
    why("aave-v3/unexpected-contract", {
      call: `${name} of ${target}`,
      next: "check the address of the market's PoolAddressesProvider and the chain",
    }),
  );
}
