import { type Abi, type ContractFunctionName, type Hex, decodeErrorResult, encodeFunctionData, toHex } from "viem";
import { setTimeout as sleep } from "node:timers/promises";

/** A contract of the local market. */
export interface Contract {
  readonly address: Hex;
  readonly abi: Abi;
}

export interface Receipt {
  readonly transactionHash: Hex;
  readonly status: "0x1" | "0x0";
  readonly blockNumber: Hex;
  readonly contractAddress: Hex | null;
  readonly gasUsed: Hex;
  readonly logs: readonly { readonly address: Hex; readonly topics: [Hex, ...Hex[]]; readonly data: Hex }[];
}

/** The node's own refusal, with the revert data where there is some. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: Hex | undefined;
  constructor(method: string, code: number, message: string, data: unknown) {
    super(`${method}: ${message}`);
    this.code = code;
    this.data = typeof data === "string" && data.startsWith("0x") ? (data as Hex) : undefined;
  }
}

interface Reply {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** Raw JSON-RPC and the transactions of unlocked test accounts; nothing is cached between calls. */
export interface Rpc {
  request<T>(method: string, params?: readonly unknown[]): Promise<T>;
  /** Sends from an unlocked account and waits for the receipt, mined with any status. */
  send(transaction: { from: Hex; to?: Hex; data: Hex; gas?: bigint }): Promise<Receipt>;
}

const defaultGas = 4_000_000n;

export function rpcOf(url: string): Rpc {
  let sent = 0n;
  const request = async <T>(method: string, params: readonly unknown[] = []): Promise<T> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    const { result, error } = (await response.json()) as Reply;
    if (error !== undefined) throw new RpcError(method, error.code, error.message, error.data);
    return result as T;
  };
  const send: Rpc["send"] = async ({ gas = defaultGas, ...transaction }) => {
    // Equal transactions after a revert would have equal hashes: the counter makes each one unique.
    sent += 1n;
    const hash = await request<Hex>("eth_sendTransaction", [{ ...transaction, gas: toHex(gas + sent) }]);
    for (;;) {
      const receipt = await request<Receipt | null>("eth_getTransactionReceipt", [hash]);
      if (receipt !== null) return receipt;
      await sleep(1);
    }
  };
  return { request, send };
}

/** Calls a function of a contract in a transaction. */
export const transact = (
  rpc: Rpc,
  from: Hex,
  { address, abi }: Contract,
  functionName: ContractFunctionName<Abi>,
  args: readonly unknown[] = [],
  gas?: bigint,
): Promise<Receipt> =>
  rpc.send({ from, to: address, data: encodeFunctionData({ abi, functionName, args }), ...(gas && { gas }) });

/** The custom error's name behind a refusal ("MustNotLeaveDust"), a plain reason's own words, or the raw data where the ABI does not know it. */
export function revertName(abi: Abi, data: Hex | undefined): string {
  if (data === undefined || data === "0x") return "no-reason";
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    return errorName === "Error" ? String(args?.[0]) : errorName;
  } catch {
    return data;
  }
}
