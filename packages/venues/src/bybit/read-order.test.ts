import { text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { readOrders, replyOf } from "./read-order.ts";

// source: bybit-exchange.github.io/docs/v5, order list: orderStatus, cumExecQty
test.each([
  ["Cancelled", "0.4"],
  ["PartiallyFilledCanceled", "0.999"],
  ["Rejected", "0"],
  ["Deactivated", "0"],
])("an order or stop that ended %s says that %s was filled before", (orderStatus, cumExecQty) => {
  const row = { orderId: "1", orderStatus, rejectReason: "EC_NoError", qty: "1", cumExecQty };
  const orders = readOrders({ retCode: 0, retMsg: "OK", time: 1, result: { list: [row] } });
  const reply = orders.ok ? replyOf(orders.value.result.list[0]!) : undefined;
  expect(reply?.is === "expired" && reply.done && text(reply.done)).toBe(cumExecQty);
});
