import { exchangeFeed } from "@plimsoll/venues/exchange";
import type { ExchangeFeed, FeedSettings } from "@plimsoll/venues/wire";
import { dydxReading } from "./reading.ts";
import type { DydxTerms } from "./terms.ts";
import type { Client } from "./transport.ts";

/** The feed of one address; `liquidations` are the protocol's limits, from the shipped terms. */
export const dydxFeed = (
  client: Client,
  settings: FeedSettings,
  liquidations: DydxTerms["liquidations"],
): ExchangeFeed => exchangeFeed(dydxReading(client, settings, liquidations));
