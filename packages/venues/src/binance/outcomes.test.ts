import { expect, test } from "vitest";
import { classify, rows } from "./outcomes.ts";
import type { Trouble } from "@plimsoll/venues/exchange";

const said = (code: number, message = "text of the venue", status = 400): Trouble => ({ status, code, message });

// source: Binance USD-M documentation, error codes and the three meanings of HTTP 503
// oxfmt-ignore
const cases: readonly (readonly [row: string, means: "refused" | "ambiguous" | "not-found", trouble: Trouble])[] = [
  ["503, status unknown",       "ambiguous", said(-1007, "Unknown error, please check your request or try again later.", 503)],
  ["503, status unknown",       "ambiguous", { status: 503, message: "Unknown error, please check your request or try again later." }],
  ["503, service unavailable",  "refused",   said(-1001, "Service Unavailable.", 503)],
  ["503, service unavailable",  "refused",   { status: 503, message: "Service Unavailable." }],
  ["-1008 overload",            "refused",   said(-1008, "Request throttled by system-level protection.", 503)],
  ["-1007 timeout inside",      "ambiguous", said(-1007, "Timeout waiting for response from backend server.", 408)],
  ["-1006 unexpected response", "ambiguous", said(-1006)],
  ["-1000, -1001 internal",     "ambiguous", said(-1000)],
  ["-1000, -1001 internal",     "ambiguous", said(-1001, "Internal error; unable to process your request. Please try again.", 500)],
  ["too many requests",         "refused",   said(-1003, "Too many requests", 429)],
  ["too many requests",         "refused",   { status: 418, message: "banned" }],
  ["too many requests",         "refused",   said(-1015)],
  ["blocked by the firewall",   "refused",   { status: 403, message: "Forbidden" }],
  ["-1021 timestamp",           "refused",   said(-1021)],
  ["key or signature",          "refused",   said(-2015, "Invalid API-key, IP, or permissions for action.", 401)],
  ["-2022 reduce-only",         "refused",   said(-2022, "ReduceOnly Order is rejected.")],
  ["-4131 price band",          "refused",   said(-4131)],
  ["-4131 price band",          "refused",   said(-4024)],
  ["-4116 duplicate id",        "ambiguous", said(-4116, "ClientOrderId is duplicated.")],
  ["-2013 no such order",       "not-found", said(-2013, "Order does not exist.")],
  ["-2011 cancel rejected",     "refused",   said(-2011, "Unknown order sent.")],
  ["margin or balance",         "refused",   said(-2019, "Margin is insufficient.")],
  ["-2010, -2021 rejected",     "refused",   said(-2021)],
  ["bad parameter",             "refused",   said(-1102)],
  ["filter or mode",            "refused",   said(-4164)],
  ["-4046, -4055 margin move",  "refused",   said(-4055)],
  ["symbol closed",             "refused",   said(-4141)],
  ["nothing was sent",          "refused",   { message: "binanceusdm POST https://x fetch failed: connect ECONNREFUSED 127.0.0.1:1" }],
];

test.each(cases)("%s: %s", (row, means, trouble) => {
  const reply = classify(trouble);
  expect(reply.is).toBe(means);
  if ("why" in reply) expect(reply.why.facts).toMatchObject({ known: row, next: expect.any(String) });
});

test("every row has a case", () => {
  expect(new Set(cases.map(([row]) => row))).toEqual(new Set(rows.map(({ name }) => name)));
});

test.each<Trouble>([
  said(-9999),
  said(-5000),
  said(0),
  { status: 500, message: "" },
  { status: 502, message: "Bad Gateway" },
  { status: 200, message: "<html>" },
  { message: "binanceusdm POST https://fapi.binance.com/fapi/v1/order request timed out (5000 ms)" },
  { message: "fetch failed: other side closed" },
  { message: "read ECONNRESET" },
])("what the table does not know is ambiguous: %j", (trouble) => {
  expect(classify(trouble)).toMatchObject({ is: "ambiguous", why: { facts: { known: "not in the table" } } });
});
