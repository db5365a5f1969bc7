import type { Trouble } from "@plimsoll/venues/exchange";
import { type OutcomeCase, describeOutcomes } from "@plimsoll/venues/exchange/testing";
import { classify, rows } from "./outcomes.ts";

const said = (message: string): Trouble => ({ status: 200, message });

// source: hyperliquid.gitbook.io, API, error responses; nonce, expiry and signer words as seen in answers of the venue
// oxfmt-ignore
const cases: readonly OutcomeCase[] = [
  ["nonce used before",    "ambiguous", said('{"status":"err","response":"Invalid nonce: duplicate nonce 1700000000000"}')],
  ["cloid used before",    "ambiguous", said("Duplicate cloid 0x00000000000000000000000000000001. asset=0")],
  ["nonce too old",        "refused",   said("Invalid nonce: nonce too low")],
  ["expired on its way",   "refused",   said("Action expired: 1700000000000")],
  ["reduce-only",          "refused",   said("Reduce only order would increase position. asset=0"), "reread"],
  ["price band",           "refused",   said("Order price cannot be more than 80% away from the reference price asset=0"), "band"],
  ["price band",           "refused",   said("Order price too far from oracle"), "band"],
  ["price band",           "refused",   said("Order rejected due to price more aggressive than oracle while at open interest cap"), "band"],
  ["nothing to match",     "expired",   said("Order could not immediately match against any resting orders. asset=0")],
  ["no liquidity",         "expired",   said("No liquidity available for market order.")],
  ["trigger reached",      "refused",   said("Invalid TP/SL price. asset=0")],
  ["not there any more",   "refused",   said("Order was never placed, already canceled, or filled. asset=0")],
  ["margin",               "refused",   said("Insufficient margin to place order. asset=0")],
  ["margin",               "refused",   said("Order would cause position to exceed margin tier limit at current leverage")],
  ["no isolated position", "refused",   said("Cannot update isolated margin without a position.")],
  ["open interest",        "refused",   said("Order would increase open interest too quickly")],
  ["size, value or tick",  "refused",   said("Order must have minimum value of $10. asset=0")],
  ["size, value or tick",  "refused",   said("Price must be divisible by tick size. asset=0")],
  ["signer",               "refused",   said("User or API Wallet 0x0000000000000000000000000000000000000001 does not exist.")],
  ["halted",               "refused",   said("Trading is halted."), "wait"],
  ["too many requests",    "refused",   { status: 429, message: "null" }, "wait"],
  ["too many requests",    "refused",   said("Too many cumulative requests sent (10001 > 10000) for cumulative volume traded $0."), "wait"],
  ["nothing was sent",     "refused",   { message: "hyperliquid POST https://x fetch failed: connect ECONNREFUSED 127.0.0.1:1" }, "wait"],
];

describeOutcomes(classify, rows, cases, [
  said(""),
  said("null"),
  { status: 422, message: "Failed to deserialize the JSON body into the target type" },
]);
