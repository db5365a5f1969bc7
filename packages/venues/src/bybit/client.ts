import { type ClientOptions, localVenue } from "@plimsoll/venues/wire";
import type { Client } from "./transport.ts";

/**
 * The client of one unified account. The library is loaded with the first call: it is large, and many who import this room never
 * connect. It is kept from asking by itself what we ask raw: coins, options, the kind of account, positions.
 */
export async function bybitClient({ key = "", secret = "", localPort, clock }: ClientOptions): Promise<Client> {
  const { pro } = await import("ccxt");
  const client = new pro.bybit({
    apiKey: key,
    secret,
    enableRateLimit: localPort === undefined,
    timeout: 10_000,
    options: {
      fetchMarkets: { types: ["linear", "inverse"] },
      enableUnifiedMargin: false,
      enableUnifiedAccount: true,
      watchPositions: { fetchPositionsSnapshot: false, awaitPositionsSnapshot: false },
    },
  });
  client.has["fetchCurrencies"] = false;
  if (clock !== undefined) client.nonce = clock;
  return localPort === undefined ? client : localVenue(client, localPort);
}
