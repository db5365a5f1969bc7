import { type ClientOptions, localVenue } from "@plimsoll/venues/wire";
import type { Client } from "./transport.ts";

/** The client of one address at the indexer; no key is needed. The library is loaded with the first call. */
export async function dydxClient({ user = "", localPort, clock }: ClientOptions): Promise<Client> {
  const { dydx } = await import("ccxt");
  const client = new dydx({ walletAddress: user, enableRateLimit: localPort === undefined, timeout: 10_000 });
  // markets go by the venue's own names here: the library need not ask for its own list
  client.setMarkets([]);
  if (clock !== undefined) client.nonce = clock;
  return localPort === undefined ? client : localVenue(client, localPort);
}
