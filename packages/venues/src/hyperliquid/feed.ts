import { exchangeFeed } from "@plimsoll/venues/exchange";
import type { ExchangeFeed, FeedSettings } from "@plimsoll/venues/wire";
import { PRESENT_DOCUMENT } from "./read-documents.ts";
import { hyperliquidReading } from "./reading.ts";
import type { Client } from "./transport.ts";

/**
 * The feed of one address, under the rules in force.
 * @param client ccxt's `pro.hyperliquid` with the account's address; no key is needed.
 */
export const hyperliquidFeed = (client: Client, settings: FeedSettings): ExchangeFeed =>
  exchangeFeed(hyperliquidReading(client, settings, PRESENT_DOCUMENT));
