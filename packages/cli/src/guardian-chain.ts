import { checkGuardian, readGuardian } from "@plimsoll/contracts";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type ChainSource, ask, readClient, rpcClient } from "@plimsoll/venues/chain";
import { guardianReader } from "./guardian-reader.ts";

type Address = `0x${string}`;

/** Endpoints by address alone; what one says of itself is taken. What is risked by one operator's word here is gas, nothing of an owner's. */
export async function endpointSource(rpcUrls: readonly [string, ...string[]]): Promise<Result<ChainSource, Why>> {
  const chainId = await ask("eth_chainId", () => rpcClient(rpcUrls[0]).getChainId());
  if (!chainId.ok) return chainId;
  return ok({ rpcUrls, chainId: chainId.value, ...(rpcUrls.length === 1 && { singleOperator: true }) });
}

/** Refuses a contract that is not the guardian, or that is known to be bad. */
export async function checkGuardianAt(source: ChainSource, guardian: Address): Promise<Result<void, Why>> {
  const client = readClient(source);
  const head = await ask("eth_blockNumber", () => client.getBlockNumber({ cacheTime: 0 }));
  if (!head.ok) return head;
  const code = await ask("eth_getCode", () => client.getCode({ address: guardian, blockNumber: head.value }));
  if (!code.ok) return code;
  const reader = guardianReader(client, head.value);
  const provider = await readGuardian(reader, { to: guardian }, "PROVIDER", []);
  const morpho = await readGuardian(reader, { to: guardian }, "MORPHO", []);
  const said = (answer: Result<Address, Why>): Address => (answer.ok ? answer.value : guardian);
  return checkGuardian(guardian, { code: code.value ?? "0x", provider: said(provider), morpho: said(morpho) });
}
