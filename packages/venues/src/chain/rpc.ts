import { type Exact, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Hex, type PublicClient, createPublicClient, http } from "viem";
import { complaint } from "./complaint.ts";
import { unconfirmedBy } from "./unconfirmed.ts";

/** Endpoints of a chain, and what answers many calls there at once. */
export interface ChainSource {
  /** One of each operator, the main one first; messages go to all of them. */
  readonly rpcUrls: readonly [string, ...string[]];
  /** What the user believes the endpoints to be; an endpoint of another chain is refused. */
  readonly chainId: number;
  /** The one operator is the user's own node: what it says may be acted on without another's word. */
  readonly singleOperator?: boolean;
  /** Defaults to Multicall3's address on public networks. */
  readonly multicall?: Hex;
  /** Blocks, a transaction's own included, until what it did counts as done; 1 where left out. */
  readonly confirmations?: number;
  /** The most that the fees of one message may come to where its plan does not say, in the chain's own coin; 0.25 where left out. */
  readonly feeCap?: Exact;
  /** Who gets every message first. */
  readonly relay?: Relay;
}

/** An endpoint that keeps transactions from public view until they are mined. */
export interface Relay {
  readonly url: string;
  /** How long nobody else is told; "never": nobody else at all, and what the relay drops is not sent. */
  readonly publicAfterMs: number | "never";
}

export const mainUrl = ({ rpcUrls }: ChainSource): string => rpcUrls[0];

const names: Readonly<Record<number, string>> = {
  1: "ethereum",
  10: "optimism",
  137: "polygon",
  8_453: "base",
  42_161: "arbitrum",
};
/** What a chain is called in conditions; the names of its markets begin with it. */
export const chainName = (chainId: number): string => names[chainId] ?? `chain-${chainId}`;

/** Where Multicall3 lives on public networks. @source github.com/mds1/multicall3 */
const canonicalMulticall = "0xcA11bde05977b3631167028862bE2a173976CA11";
export const multicallOf = ({ multicall }: ChainSource): Hex => multicall ?? canonicalMulticall;

/** Addresses and hashes are kept and compared in lower case. */
export const lower = (hex: string): Hex => hex.toLowerCase() as Hex;

/** One try only: whoever asks decides what to do about a failure. Nothing is cached between calls. */
export const rpcClient = (url: string, timeoutMs = 10_000): PublicClient =>
  createPublicClient({ transport: http(url, { retryCount: 0, timeout: timeoutMs }), cacheTime: 0 });

/** Catches what viem throws; the failure names the call, or is why operators did not confirm each other. */
export async function ask<T>(what: string, call: () => Promise<T>): Promise<Result<T, Why>> {
  try {
    return ok(await call());
  } catch (error) {
    const failed = why("chain/rpc-failed", {
      call: what,
      detail: complaint(error),
      next: "check that the RPC endpoint is up, or configure another one",
    });
    return fail(unconfirmedBy(error) ?? failed);
  }
}

/** Refuses an endpoint of another chain than the one that was configured. */
export function checkChain(configured: number, answered: number | bigint, who: string): Result<void, Why> {
  if (BigInt(configured) === BigInt(answered)) return ok(undefined);
  return fail(
    why("chain/wrong-chain", {
      configured: `${configured}`,
      answered: `${answered} (${who})`,
      next: "use an RPC endpoint of the configured chain, or correct the chain id",
    }),
  );
}

/** The same of what an endpoint itself says, asked before anything else. */
export async function checkEndpoint(client: PublicClient, { chainId }: ChainSource): Promise<Result<void, Why>> {
  const chain = await ask("eth_chainId", () => client.getChainId());
  return chain.ok ? checkChain(chainId, chain.value, "eth_chainId") : chain;
}
