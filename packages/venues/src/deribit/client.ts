import { type ClientOptions, localVenue } from "@plimsoll/venues/wire";
import { keepDigits } from "./raw.ts";
import { routeChannels } from "./read-channels.ts";
import type { Client } from "./transport.ts";

/**
 * The client of one account. Instruments go by the venue's own names, so that ccxt's table of all markets, thousands of
 * options, is never asked for. The library is loaded with the first call: many who import this room never connect.
 */
export async function deribitClient({ key = "", secret = "", localPort, clock }: ClientOptions): Promise<Client> {
  const { pro } = await import("ccxt");
  const client = new pro.deribit({
    apiKey: key,
    secret,
    enableRateLimit: localPort === undefined,
    timeout: 10_000,
  });
  keepDigits(client);
  routeChannels(client);
  client.setMarkets([]);
  if (clock !== undefined) client.nonce = clock;
  return localPort === undefined ? client : localVenue(client, localPort);
}
