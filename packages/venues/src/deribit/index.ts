import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, accessOf, termsDocument } from "@plimsoll/venues/wire";
import { deribitActor } from "./act.ts";
import { deribitClient } from "./client.ts";
import { askDeadMan } from "./dead-man.ts";
import { deribitFeed } from "./feed.ts";
import { askKey, keys } from "./key-permission.ts";
import { margin } from "./margin.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import document from "./terms/2026-05-01.json" with { type: "json" };
import { DERIBIT, RULES, Written, readWritten } from "./written.ts";

export { deribitClient } from "./client.ts";
export { deribitFeed } from "./feed.ts";
export type { Body, MarginModel, Position, Wallet } from "./holding.ts";
export { type Instrument, basisKey, indexKey, readInstrument, volKey } from "./instrument.ts";
export type { DeribitTerms, MatrixRules } from "./terms.ts";

const shipped = termsDocument(document);
const body = readTerms(shipped.body);
invariant(body.ok, "the shipped terms of deribit are readable");

/** Deribit: standard margin, segregated and cross; portfolio margin of one inverse pair. */
export const deribit: VenueModule = {
  id: DERIBIT,
  rules: [RULES],
  engine: bindEngine(margin, readBody, readTerms, readEffect),
  terms: [shipped],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, shipped, body.value),
  keys,
  exchange: accessOf({
    readBy: "key",
    client: deribitClient,
    permission: askKey,
    deadMan: askDeadMan,
    feed: deribitFeed,
    actor: deribitActor,
  }),
};
