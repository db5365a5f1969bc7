import { exchangeFeed } from "@plimsoll/venues/exchange";
import type { ExchangeFeed, FeedSettings } from "@plimsoll/venues/wire";
import { deribitReading } from "./reading.ts";
import type { Client } from "./transport.ts";

/**
 * The feed of one login, all its currencies.
 * @param client made by `deribitClient`: its numbers are text.
 */
export const deribitFeed = (client: Client, settings: FeedSettings): ExchangeFeed =>
  exchangeFeed(deribitReading(client, settings));
