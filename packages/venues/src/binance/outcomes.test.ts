import { dec } from "@plimsoll/core/units";
import type { Trouble } from "@plimsoll/venues/exchange";
import { type OutcomeCase, describeOutcomes } from "@plimsoll/venues/exchange/testing";
import { expect, test } from "vitest";
import { classify, rows } from "./outcomes.ts";

const said = (code: number, message = "text of the venue", status = 400): Trouble => ({ status, code, message });

// source: Binance USD-M documentation, error codes and the three meanings of HTTP 503
// oxfmt-ignore
const cases: readonly OutcomeCase[] = [
  ["503, status unknown",       "ambiguous", said(-1007, "Unknown error, please check your request or try again later.", 503)],
  ["503, status unknown",       "ambiguous", { status: 503, message: "Unknown error, please check your request or try again later." }],
  ["503, service unavailable",  "refused",   said(-1001, "Service Unavailable.", 503), "wait"],
  ["503, service unavailable",  "refused",   { status: 503, message: "Service Unavailable." }, "wait"],
  ["-1008 overload",            "refused",   said(-1008, "Request throttled by system-level protection.", 503), "wait"],
  ["-1007 timeout inside",      "ambiguous", said(-1007, "Timeout waiting for response from backend server.", 408)],
  ["-1006 unexpected response", "ambiguous", said(-1006)],
  ["-1000, -1001 internal",     "ambiguous", said(-1000)],
  ["-1000, -1001 internal",     "ambiguous", said(-1001, "Internal error; unable to process your request. Please try again.", 500)],
  ["too many requests",         "refused",   said(-1003, "Too many requests", 429), "wait"],
  ["too many requests",         "refused",   { status: 418, message: "banned" }, "wait"],
  ["too many requests",         "refused",   said(-1015), "wait"],
  ["blocked by the firewall",   "refused",   { status: 403, message: "Forbidden" }],
  ["-1021 timestamp",           "refused",   said(-1021)],
  ["key or signature",          "refused",   said(-2015, "Invalid API-key, IP, or permissions for action.", 401)],
  ["-2022 reduce-only",         "refused",   said(-2022, "ReduceOnly Order is rejected."), "reread"],
  ["-4118 reduce-only",         "refused",   said(-4118, "ReduceOnly Order Failed. Please check your existing position and open orders"), "reread"],
  ["-4117 stop is triggering",  "ambiguous", said(-4117, "Stop order is triggering.")],
  ["-4130 stop of all",         "refused",   said(-4130, "An open stop or take profit order with GTE and closePosition in the direction is existing.")],
  ["-4045 too many stops",      "refused",   said(-4045, "Reach max stop order limit.")],
  ["-4131 price band",          "refused",   said(-4131), "band"],
  ["-4131 price band",          "refused",   said(-4024), "band"],
  ["-4116 duplicate id",        "ambiguous", said(-4116, "ClientOrderId is duplicated.")],
  ["-2013 no such order",       "not-found", said(-2013, "Order does not exist.")],
  ["-2011 cancel rejected",     "refused",   said(-2011, "Unknown order sent.")],
  ["margin or balance",         "refused",   said(-2019, "Margin is insufficient.")],
  ["-2010, -2021 rejected",     "refused",   said(-2021)],
  ["bad parameter",             "refused",   said(-1102)],
  ["filter or mode",            "refused",   said(-4164)],
  ["-4046, -4055 margin move",  "refused",   said(-4055)],
  ["symbol closed",             "refused",   said(-4141)],
  ["nothing was sent",          "refused",   { message: "binanceusdm POST https://x fetch failed: connect ECONNREFUSED 127.0.0.1:1" }, "wait"],
];

describeOutcomes(classify, rows, cases, [said(-9999), said(-5000), said(0)]);

test.each([
  ["Limit price can't be higher than 105000.10.", "105000.10"],
  ["Limit price can't be lower than 95000.", "95000"],
])("the edge of the band is what the venue names: %s", (message, edge) => {
  expect(classify(said(-4016, message))).toMatchObject({ remedy: "band", edge: dec(edge) });
});
