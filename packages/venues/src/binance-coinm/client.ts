import type { Client } from "@plimsoll/venues/binance";
import { type ClientOptions, localVenue } from "@plimsoll/venues/wire";

/** The client of one account: ccxt's COIN-M class, an options setting of the class that USD-M uses. Loaded with the first call. */
export async function coinmClient({ key = "", secret = "", localPort, clock }: ClientOptions): Promise<Client> {
  const { pro } = await import("ccxt");
  const client: Client = new pro.binancecoinm({
    apiKey: key,
    secret,
    enableRateLimit: localPort === undefined,
    timeout: 10_000,
    options: { fetchCurrencies: false, fetchMargins: false },
  });
  if (clock !== undefined) client.nonce = clock;
  return localPort === undefined ? client : localVenue(client, localPort);
}
