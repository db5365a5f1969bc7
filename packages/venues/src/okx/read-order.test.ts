import { text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { readOrders, readStops, replyOf, stopReply } from "./read-order.ts";

const answer = (row: object) => ({ code: "0", msg: "", data: [row] });

// source: OKX documentation, order details: `state`, `accFillSz`; algo order details: `state`
test.each([
  ["canceled", "0.4"],
  ["canceled", "0"],
  ["mmp_canceled", "3"],
])("an order that ended %s says that %s was filled before", (state, accFillSz) => {
  const orders = readOrders(answer({ ordId: "1", state, sz: "5", accFillSz, pnl: "", fee: "" }));
  const reply = orders.ok ? replyOf(orders.value[0]!, "USDT") : undefined;
  expect(reply?.is === "expired" && reply.done && text(reply.done)).toBe(accFillSz);
});

test.each([
  ["canceled", "0"],
  ["order_failed", "0"],
  ["partially_failed", undefined],
])("a stop that ended %s and became no order that is named: filled %s", (state, filled) => {
  const stops = readStops(answer({ algoId: "1", state }));
  const reply = stops.ok ? stopReply(stops.value[0]!) : undefined;
  expect(reply?.is).toBe("expired");
  expect(reply?.is === "expired" && reply.done && text(reply.done)).toBe(filled);
});
