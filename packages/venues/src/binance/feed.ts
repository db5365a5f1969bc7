import { exchangeFeed } from "@plimsoll/venues/exchange";
import type { ExchangeFeed, FeedSettings } from "@plimsoll/venues/wire";
import { binanceReading } from "./reading.ts";
import type { Client } from "./transport.ts";

/**
 * The feed of one USD-M account.
 * @param client ccxt's `pro.binanceusdm` with keys; the caller configures addresses and proxies.
 */
export const binanceFeed = (client: Client, settings: FeedSettings): ExchangeFeed =>
  exchangeFeed(binanceReading(client, settings));
