import { dec } from "@plimsoll/core/units";
import type { Trouble } from "@plimsoll/venues/exchange";
import { type OutcomeCase, describeOutcomes } from "@plimsoll/venues/exchange/testing";
import { expect, test } from "vitest";
import { classify, rows } from "./outcomes.ts";

const said = (code: number, message = "text of the venue", status = 200): Trouble => ({ status, code, message });

// source: OKX API documentation, error codes with their words
// oxfmt-ignore
const cases: readonly OutcomeCase[] = [
  ["50004 timeout",             "ambiguous", said(50_004, "API endpoint request timeout (does not mean that the request was successful or failed, please check the request result).")],
  ["50026 system error",        "ambiguous", said(50_026, "System error. Try again later.", 500)],
  ["duplicate id",              "ambiguous", said(51_016, "Duplicated client order ID")],
  ["duplicate id",              "ambiguous", said(51_065, "algoClOrdId already exists.")],
  ["51603 no such order",       "not-found", said(51_603, "Order does not exist")],
  ["too many requests",         "refused",   said(50_011, "Rate limit reached.", 429), "wait"],
  ["venue busy or upgrading",   "refused",   said(50_001, "Service temporarily unavailable.", 503), "wait"],
  ["timestamp",                 "refused",   said(50_102, "Timestamp request expired", 401)],
  ["key or permission",         "refused",   said(50_113, "Invalid Sign", 401)],
  ["frozen by liquidation",     "refused",   said(50_009, "Account is suspended due to ongoing liquidation"), "reread"],
  ["51169 reduce-only",         "refused",   said(51_169, "Order failed because you don't have any positions in this direction for this contract to reduce or close."), "reread"],
  ["51169 reduce-only",         "refused",   said(51_112, "Close order size exceeds your available size"), "reread"],
  ["51115 cancel others first", "refused",   said(51_115, "Cancel all pending close-orders before liquidation"), "reread"],
  ["price band",                "refused",   said(51_136, "Your closing price has triggered the limit price, and the min sell price is 95000.1"), "band"],
  ["price band",                "refused",   said(51_006, "Order price is not within the price limit"), "band"],
  ["trigger reached",           "refused",   said(51_280, "SL trigger price cannot be higher than the last price")],
  ["closeFraction",             "refused",   said(51_329, "closeFraction is only available in NET mode")],
  ["too many stops",            "refused",   said(51_261, "Each user can hold up to 10 pending stop orders at the same time")],
  ["not there any more",        "refused",   said(51_400, "Cancellation failed as the order does not exist")],
  ["margin or balance",         "refused",   said(51_008, "Order failed. Insufficient USDT margin in account")],
  ["does not trade",            "refused",   said(51_022, "Contract suspended"), "wait"],
  ["size or tier",              "refused",   said(51_121, "Order quantity must be a multiple of the lot size.")],
  ["bad parameter",             "refused",   said(51_000, "Parameter sz error")],
  ["nothing was sent",          "refused",   { message: "okx POST https://x fetch failed: connect ECONNREFUSED 127.0.0.1:1" }, "wait"],
];

describeOutcomes(classify, rows, cases, [said(1), said(51_999), said(58_350), said(50_099)]);

test.each([
  [51_136, "Your closing price has triggered the limit price, and the min sell price is 95000.1", "95000.1"],
  [51_135, "Your closing price has triggered the limit price, and the max buy price is 105000", "105000"],
])("the edge of the band is what the venue names: %s", (code, message, edge) => {
  expect(classify(said(code, message))).toMatchObject({ remedy: "band", edge: dec(edge) });
});
