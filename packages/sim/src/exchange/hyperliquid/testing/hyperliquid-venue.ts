import type { ApiKey, ExchangeOptions, RunningExchange } from "@plimsoll/sim/exchange";
import { coins, startHyperliquid } from "@plimsoll/sim/exchange/hyperliquid";
import { hyperliquidClient } from "@plimsoll/venues/hyperliquid";
import { openSmall } from "@plimsoll/sim/exchange/testing";
import { keccak256, toHex } from "viem";
import { privateKeyToAddress } from "viem/accounts";

export type HyperliquidClient = Awaited<ReturnType<typeof hyperliquidClient>>;
export const BTC = "BTC/USDC:USDC";

/** A private key for a name: as good as any other here. */
export const secretOf = (name: string) => keccak256(toHex(name));
export const addressOf = (name: string): string => privateKeyToAddress(secretOf(name)).toLowerCase();
/** An account that trades by an agent, as a keeper should. */
export const keyOf = (name: string): ApiKey => ({
  account: addressOf(name),
  key: addressOf(`${name}-agent`),
  secret: secretOf(`${name}-agent`),
});

/** A small venue that speaks this protocol. */
export const openHyperliquid = (
  names: readonly string[],
  options: Partial<ExchangeOptions> = {},
): Promise<RunningExchange> =>
  openSmall(startHyperliquid, names.map(keyOf), { instruments: [coins.BTC, coins.ETH], ...options });

/** The real client of an account, on the venue's clock, with its markets; it signs as the account's agent unless told otherwise. */
export async function clientOf(
  running: RunningExchange,
  name: string,
  secret: string = secretOf(`${name}-agent`),
): Promise<HyperliquidClient> {
  const client = await hyperliquidClient({
    user: addressOf(name),
    secret,
    localPort: running.port,
    clock: () => running.exchange.now(),
  });
  await client.loadMarkets(true);
  return client;
}
