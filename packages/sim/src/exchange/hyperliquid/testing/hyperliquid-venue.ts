import { type ApiKey, type ExchangeOptions, type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { coins, startHyperliquid } from "@plimsoll/sim/exchange/hyperliquid";
import { hyperliquidClient } from "@plimsoll/venues/hyperliquid";
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

/** Two coins, a fund, and accounts with 100,000 each; the clock stands at one minute past midnight. */
export async function openHyperliquid(names: readonly string[], options: Partial<ExchangeOptions> = {}) {
  const running = await startHyperliquid({
    instruments: [coins.BTC, coins.ETH],
    prices: new Map([
      ["BTC", fixed("100000")],
      ["ETH", fixed("4000")],
    ]),
    fund: new Map([["USDC", fixed("1000000")]]),
    seed: 1n,
    startAt: Date.UTC(2026, 0, 1, 0, 1),
    keys: names.map(keyOf),
    ...options,
  });
  for (const name of names) running.exchange.deposit(addressOf(name), "USDC", "100000");
  return running;
}

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
