import { type ClientOptions, localVenue } from "@plimsoll/venues/wire";
import type { Client } from "./transport.ts";

/**
 * The client of one account: ccxt's USD-M class, kept away from the spot endpoints that it would ask by itself.
 * The library is loaded with the first call: it is large, and many who import this room never connect.
 */
export async function binanceClient({ key = "", secret = "", localPort, clock }: ClientOptions): Promise<Client> {
  const { pro } = await import("ccxt");
  const client = new pro.binanceusdm({
    apiKey: key,
    secret,
    enableRateLimit: localPort === undefined,
    timeout: 10_000,
    options: { fetchCurrencies: false, fetchMargins: false },
  });
  if (clock !== undefined) client.nonce = clock;
  return localPort === undefined ? client : localVenue(client, localPort);
}
