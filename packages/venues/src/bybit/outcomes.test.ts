import type { Trouble } from "@plimsoll/venues/exchange";
import { type OutcomeCase, describeOutcomes } from "@plimsoll/venues/exchange/testing";
import { classify, rows } from "./outcomes.ts";

const said = (code: number, message = "text of the venue", status = 200): Trouble => ({ status, code, message });

// source: bybit-exchange.github.io/docs/v5/error, codes with their words
// oxfmt-ignore
const cases: readonly OutcomeCase[] = [
  ["10000 server timeout",      "ambiguous", said(10_000, "Server Timeout")],
  ["10016 internal error",      "ambiguous", said(10_016, "System error. Please try again later.")],
  ["10019 restarting",          "ambiguous", said(10_019, "service is restarting")],
  ["110072 duplicate id",       "ambiguous", said(110_072, "OrderLinkedID is duplicate")],
  ["too many requests",         "refused",   said(10_006, "Too many visits. Exceeded the API Rate Limit."), "wait"],
  ["too many requests",         "refused",   { status: 429, message: "" }, "wait"],
  ["403 address refused",       "refused",   { status: 403, message: "Forbidden" }, "wait"],
  ["10002 timestamp",           "refused",   said(10_002, "invalid request, please check your server timestamp or recv_window param")],
  ["key or permission",         "refused",   said(10_005, "Permission denied, please check your API key permissions.")],
  ["110017 reduce-only",        "refused",   said(110_017, "current position is zero, cannot fix reduce-only order qty"), "reread"],
  ["110034 no position",        "refused",   said(110_034, "There is no net position"), "reread"],
  ["110003 price band",         "refused",   said(110_003, "Order price exceeds the allowable range"), "band"],
  ["110001 not there any more", "refused",   said(110_001, "order not exists or too late to cancel")],
  ["trigger reached",           "refused",   said(110_093, "expect Falling, but trigger_price[1] >= current[1]")],
  ["too many stops",            "refused",   said(110_009)],
  ["margin or balance",         "refused",   said(110_007, "Available balance is insufficient")],
  ["cross or no position",      "refused",   said(110_015, "The position is in cross margin mode")],
  ["position being liquidated", "refused",   said(110_035), "reread"],
  ["symbol does not trade",     "refused",   said(110_066, "Trading is currently not allowed"), "wait"],
  ["only reducing is allowed",  "refused",   said(110_023)],
  ["size or value",             "refused",   said(110_094, "Order does not meet minimum order value")],
  ["10001 parameter",           "refused",   said(10_001, "params error: symbol invalid")],
  ["nothing was sent",          "refused",   { message: "bybit POST https://x fetch failed: connect ECONNREFUSED 127.0.0.1:1" }, "wait"],
];

describeOutcomes(classify, rows, cases, [said(1), said(10_099), said(170_213), said(3_400_045)]);
