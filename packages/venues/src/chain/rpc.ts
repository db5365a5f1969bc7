import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { BaseError, type Hex, type PublicClient, createPublicClient, http } from "viem";

/** An endpoint of a chain, and what answers many calls there at once. */
export interface ChainSource {
  readonly rpcUrl: string;
  /** What the user believes the endpoint to be; an endpoint of another chain is refused. */
  readonly chainId: number;
  /** Defaults to Multicall3's address on public networks. */
  readonly multicall?: Hex;
}

/** Where Multicall3 lives on public networks. @source github.com/mds1/multicall3 */
const canonicalMulticall = "0xcA11bde05977b3631167028862bE2a173976CA11";
export const multicallOf = ({ multicall }: ChainSource): Hex => multicall ?? canonicalMulticall;

/** Addresses and hashes are kept and compared in lower case. */
export const lower = (hex: string): Hex => hex.toLowerCase() as Hex;

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
      why("chain/rpc-failed", {
        call: what,
        detail: complaint(error, url),
        next: "check that the RPC endpoint is up, or configure another one",
      }),
    );
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
