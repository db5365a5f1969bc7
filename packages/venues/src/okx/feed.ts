import { exchangeFeed } from "@plimsoll/venues/exchange";
import type { ExchangeFeed, FeedSettings } from "@plimsoll/venues/wire";
import { okxReading } from "./reading.ts";
import type { Client } from "./transport.ts";

/**
 * The feed of one trading account.
 * @param client ccxt's `pro.okx` with key, secret and passphrase; the caller configures addresses and proxies.
 */
export const okxFeed = (client: Client, settings: FeedSettings): ExchangeFeed =>
  exchangeFeed(okxReading(client, settings));
