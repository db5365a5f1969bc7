import { text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { readOrder, readStop, replyOf, stopReply } from "./read-order.ts";

// source: Binance USD-M documentation, order status and executedQty; algoStatus of conditional orders
test.each([
  ["EXPIRED", "0.4"],
  ["EXPIRED_IN_MATCH", "0.000"],
  ["CANCELED", "0.999"],
  ["REJECTED", "0"],
])("an order that ended %s says that %s was filled before", (status, executedQty) => {
  const order = readOrder({ orderId: 1, status, origQty: "1", executedQty });
  const reply = order.ok ? replyOf(order.value, []) : undefined;
  expect(reply?.is === "expired" && reply.done && text(reply.done)).toBe(executedQty);
});

test.each([
  ["CANCELED", "0"],
  ["EXPIRED", "0"],
  ["REJECTED", "0"],
  ["FINISHED", undefined],
])("a stop that ended %s and became no order that is named: filled %s", (algoStatus, filled) => {
  const stop = readStop({ algoStatus, actualOrderId: "" });
  const reply = stop.ok ? stopReply(stop.value) : undefined;
  expect(reply?.is).toBe("expired");
  expect(reply?.is === "expired" && reply.done && text(reply.done)).toBe(filled);
});
