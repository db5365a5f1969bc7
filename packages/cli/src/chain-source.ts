import { type Result, type Why, ok } from "@plimsoll/core/units";
import type { AaveSource } from "@plimsoll/venues/aave-v3";
import type { ChainAccount } from "./files/config-file.ts";
import { type Environment, readSecret } from "./files/secrets.ts";
import { marketOf } from "./markets.ts";

/** Where an account on a chain is read, and whose wallet pays for what is sent for it. */
export function chainSource(
  account: ChainAccount,
  environment: Environment,
  payer: `0x${string}` | undefined,
): Result<AaveSource, Why> {
  const rpc = typeof account.rpc === "string" ? ok(account.rpc) : readSecret(account.rpc, environment);
  if (!rpc.ok) return rpc;
  const market = marketOf(account.addressesProvider ?? account.market ?? "ethereum-core", account.chainId);
  if (!market.ok) return market;
  return ok({
    rpcUrl: rpc.value,
    user: account.user as `0x${string}`,
    ...market.value,
    ...(account.multicall !== undefined && { multicall: account.multicall as `0x${string}` }),
    ...(payer !== undefined && { payer }),
  });
}
