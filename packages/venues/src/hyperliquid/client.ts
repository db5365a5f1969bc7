import { type ClientOptions, localVenue } from "@plimsoll/venues/wire";
import type { Client } from "./transport.ts";

/**
 * The client of one account, read by its address; `secret` is an agent's private key, where one is asked about.
 * The library is loaded with the first call: it is large, and many who import this room never connect.
 */
export async function hyperliquidClient({ user = "", secret = "", localPort, clock }: ClientOptions): Promise<Client> {
  const { pro } = await import("ccxt");
  const client = new pro.hyperliquid({
    walletAddress: user,
    privateKey: secret,
    enableRateLimit: localPort === undefined,
    timeout: 10_000,
  });
  // coins go by the venue's own names here: the library need not ask for its markets
  client.setMarkets([]);
  if (clock !== undefined) client.nonce = clock;
  return localPort === undefined ? client : localVenue(client, localPort);
}
