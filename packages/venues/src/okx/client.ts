import { type ClientOptions, localVenue } from "@plimsoll/venues/wire";
import type { Client } from "./transport.ts";

/** The client of one account. The library is loaded with the first call: it is large, and many who import this room never connect. */
export async function okxClient({
  key = "",
  secret = "",
  passphrase = "",
  localPort,
  clock,
}: ClientOptions): Promise<Client> {
  const { pro } = await import("ccxt");
  const client = new pro.okx({
    apiKey: key,
    secret,
    password: passphrase,
    enableRateLimit: localPort === undefined,
    timeout: 10_000,
    options: { fetchMarkets: { types: ["spot", "swap", "future"] } },
  });
  // or it would ask the funding account for its coins, which a key that only reads the trading account need not see
  client.has["fetchCurrencies"] = false;
  if (clock !== undefined) client.nonce = clock;
  return localPort === undefined ? client : localVenue(client, localPort);
}
