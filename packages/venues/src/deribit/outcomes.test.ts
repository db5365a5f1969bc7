import { exact, text } from "@plimsoll/core/units";
import type { Trouble } from "@plimsoll/venues/exchange";
import { type OutcomeCase, describeOutcomes } from "@plimsoll/venues/exchange/testing";
import { expect, test } from "vitest";
import { classify, rows } from "./outcomes.ts";

const said = (code: number, message = "text of the venue", status = 400): Trouble => ({ status, code, message });

// source: docs.deribit.com/articles/errors; the words of reduce-only and of bad parameters as its test network answered in March 2026
// oxfmt-ignore
const cases: readonly OutcomeCase[] = [
  ["reduce-only",                  "refused",   said(11030, "other_reject invalid_reduce_only_order"), "reread"],
  ["other reject",                 "refused",   said(11030, "other_reject no_liquidity")],
  ["price band",                   "refused",   said(10007, "price_too_high 101500.0"), "band"],
  ["price band",                   "refused",   said(10005, "price_too_low 98500.0"), "band"],
  ["price band",                   "refused",   said(10006, "price_too_low4idx 98000"), "band"],
  ["price band",                   "refused",   said(10011, "price_not_allowed"), "band"],
  ["timed out before it was taken", "refused",  said(13888, "timed_out")],
  ["too many requests",            "refused",   said(10028, "too_many_requests"), "wait"],
  ["too many requests",            "refused",   said(10047, "matching_engine_queue_full"), "wait"],
  ["too many requests",            "refused",   { status: 429, message: "Too Many Requests" }, "wait"],
  ["retry",                        "refused",   said(10040, "retry"), "wait"],
  ["settling",                     "refused",   said(10041, "settlement_in_progress"), "wait"],
  ["maintenance or method off",    "refused",   said(11051, "system_maintenance"), "wait"],
  ["account locked",               "refused",   said(11098, "account_locked"), "wait"],
  ["account locked",               "refused",   said(10019, "locked_by_admin"), "wait"],
  ["liquidation order",            "refused",   said(10045, "can_not_cancel_liquidation_order")],
  ["position lock",                "refused",   said(10072, "disabled_while_position_lock")],
  ["slow or failed inside",        "ambiguous", said(11094, "internal_server_error")],
  ["slow or failed inside",        "ambiguous", said(13028, "temporarily_unavailable")],
  ["slow or failed inside",        "ambiguous", said(11031, "other_error")],
  ["no such order",                "not-found", said(10004, "order_not_found")],
  ["not open",                     "refused",   said(11044, "not_open_order")],
  ["funds",                        "refused",   said(10009, "not_enough_funds")],
  ["size or order limits",         "refused",   said(10018, "non_pme_max_future_position_size 100")],
  ["too many trigger orders",      "refused",   said(11035, "no_more_triggers 10")],
  ["trigger price",                "refused",   said(11036, "invalid_trigger_price")],
  ["own order in the way",         "refused",   said(10003, "order_overlap")],
  ["book closed",                  "refused",   said(10012, "book_closed")],
  ["book closed",                  "refused",   said(11037, "outdated_instrument_for_IV_order")],
  ["tick or step",                 "refused",   said(10043, "price_wrong_tick")],
  ["key or permission",            "refused",   said(13009, "unauthorized: invalid_token")],
  ["key or permission",            "refused",   said(13021, "forbidden")],
  ["blocked by the firewall",      "refused",   { status: 403, message: "Forbidden" }],
  ["bad parameter",                "refused",   said(-32602, "Invalid params: must conform to tick size: price")],
  ["nothing was sent",             "refused",   { message: "deribit GET https://x fetch failed: connect ECONNREFUSED 127.0.0.1:1" }, "wait"],
];

describeOutcomes(classify, rows, cases, [
  said(77),
  said(0),
  said(13666, "request_cancelled_by_user"),
  { message: "deribit GET https://www.deribit.com/api/v2/private/sell request timed out (10000 ms)" },
]);

test("the edge of the band is the figure in the refusal, exactly", () => {
  const edgeOf = (message: string) => {
    const reply = classify(said(10007, message));
    return reply.is === "refused" && reply.edge !== undefined ? text(reply.edge) : "none";
  };
  expect(edgeOf("price_too_high 101500.5")).toBe("101500.5");
  expect(edgeOf("price_too_high4idx 0.0425")).toBe("0.0425");
  expect(edgeOf("price_too_high")).toBe("none");
  expect(classify(said(10005, "price_too_low 98500.0"))).toMatchObject({ edge: exact(985_000n, 1) });
});
