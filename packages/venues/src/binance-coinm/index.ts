import { bindEngine } from "@plimsoll/core/margin";
import { invariant, venueId } from "@plimsoll/core/units";
import { askKey, keys, readBody, readEffect, readTerms, readWritten, writtenAt } from "@plimsoll/venues/binance";
import { type VenueModule, accessOf, termsDocument } from "@plimsoll/venues/wire";
import { coinmClient } from "./client.ts";
import { coinmFeed } from "./feed.ts";
import { margin } from "./margin.ts";
import coinm from "./terms/2021-07-27.json" with { type: "json" };

const shipped = termsDocument(coinm);
const body = readTerms(shipped.body);
invariant(body.ok, "the shipped terms of binance-coinm are readable");

/** Binance COIN-M futures: inverse contracts, one-way and hedge mode, cross and isolated, a pool per coin. */
export const binanceCoinm: VenueModule = {
  id: venueId("binance-coinm"),
  rules: [shipped.rules],
  engine: bindEngine(margin, readBody, readTerms, readEffect),
  terms: [shipped],
  written: writtenAt("binance-coinm"),
  readWritten: (entry, id, at) => readWritten(entry, id, at, shipped, body.value),
  keys,
  exchange: accessOf({ readBy: "key", client: coinmClient, permission: askKey, feed: coinmFeed }),
};
