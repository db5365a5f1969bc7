import { exchangeFeed } from "@plimsoll/venues/exchange";
import type { ExchangeFeed, FeedSettings } from "@plimsoll/venues/wire";
import { bybitReading } from "./reading.ts";
import type { Client } from "./transport.ts";

/**
 * The feed of one unified trading account.
 * @param client ccxt's `pro.bybit` with keys; the caller configures addresses and proxies.
 */
export const bybitFeed = (client: Client, settings: FeedSettings): ExchangeFeed =>
  exchangeFeed(bybitReading(client, settings));
