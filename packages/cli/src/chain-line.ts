import { type Result, type Why, ok } from "@plimsoll/core/units";
import { secretsOfUrl } from "@plimsoll/keeper";
import { type ChainSource, type LocalAccount, checkOperators, readWalletKey } from "@plimsoll/venues/chain";
import type { ChainLine } from "@plimsoll/venues/wire";
import { type ChainAccount, chainAccessOf } from "./files/chain-account.ts";
import { type HeldKey, type KeyRing, secretsOf } from "./files/key-ring.ts";
import { type Environment, readSecret } from "./files/secrets.ts";

/** An account on a chain and the wallet that acts for it; nothing is asked of the chain yet. */
export interface OpenedChain {
  readonly line: ChainLine;
  readonly held?: HeldKey;
  readonly wallet?: LocalAccount;
  /** Values that must never appear in a log. */
  readonly secrets: readonly string[];
  /** Whether what is read may be acted on, or why not. */
  readonly confirmed: Result<void, Why>;
}

/**
 * Reads endpoints and key from their places; the first that cannot be had is the failure.
 * @param ring absent where a signer has the key: then the wallet is only known by its address.
 */
export async function openChain(
  account: ChainAccount,
  ring: KeyRing | undefined,
  environment: Environment,
): Promise<Result<OpenedChain, Why>> {
  const key = ring === undefined ? ok(undefined) : await ring.find(account, "trade");
  if (!key.ok) return key;
  const held = key.value;
  const wallet = held === undefined ? ok(undefined) : readWalletKey(held.parts.secret ?? "");
  if (!wallet.ok) return wallet;
  const rpcUrls = readEndpoints(account, environment);
  if (!rpcUrls.ok) return rpcUrls;
  const relay = readRelay(account, environment);
  if (!relay.ok) return relay;
  const { chainId, multicall, singleOperator, user, confirmations, feeCap } = account;
  const payer = wallet.value?.address ?? account.payer;
  const origin = {
    rpcUrls: rpcUrls.value,
    chainId,
    user,
    confirmations,
    ...(relay.value !== undefined && { relay: relay.value }),
    ...(feeCap !== undefined && { feeCap }),
    ...(multicall !== undefined && { multicall }),
    ...(singleOperator !== undefined && { singleOperator }),
    ...(payer !== undefined && { payer }),
  };
  const line = chainAccessOf(account).open(origin, account);
  if (!line.ok) return line;
  const urls = [...rpcUrls.value, ...(relay.value === undefined ? [] : [relay.value.url])];
  return ok({
    line: line.value,
    ...(held !== undefined && { held }),
    ...(wallet.value !== undefined && { wallet: wallet.value }),
    secrets: [...(held === undefined ? [] : secretsOf(held)), ...urls.flatMap(secretsOfUrl)],
    confirmed: checkOperators(origin),
  });
}

function readEndpoints({ rpc }: ChainAccount, environment: Environment): Result<ChainSource["rpcUrls"], Why> {
  const urls: string[] = [];
  for (const endpoint of rpc) {
    const url = readEndpoint(endpoint, environment);
    if (!url.ok) return url;
    urls.push(url.value);
  }
  const [main, ...others] = urls;
  if (main === undefined) throw new Error("invariant broken: a config without an endpoint was accepted");
  return ok([main, ...others]);
}

const readEndpoint = (endpoint: ChainAccount["rpc"][number], environment: Environment): Result<string, Why> =>
  typeof endpoint === "string" ? ok(endpoint) : readSecret(endpoint, environment);

function readRelay({ relay }: ChainAccount, environment: Environment): Result<ChainSource["relay"], Why> {
  if (relay === undefined) return ok(undefined);
  const url = readEndpoint(relay.url, environment);
  return url.ok ? ok({ url: url.value, publicAfterMs: relay.publicAfter }) : url;
}
