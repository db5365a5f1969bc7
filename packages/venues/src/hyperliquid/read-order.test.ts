import { compare, dec } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { readOrder, replyOf } from "./read-order.ts";

// source: hyperliquid.gitbook.io, info endpoint, orderStatus: `origSz` is what was asked, `sz` what is left
test.each([
  ["canceled", "0.6", "0.4"],
  ["reduceOnlyCanceled", "1.0", "0"],
  ["iocCancelRejected", "1.0", "0"],
  ["marginCanceled", "0.001", "0.999"],
  ["filled", "0.2", "0.8"],
])("an order that ended %s with %s left says that %s was filled before", (status, sz, filled) => {
  const order = readOrder({ status: "order", order: { status, order: { oid: 1, origSz: "1.0", sz } } });
  const reply = order.ok && order.value !== undefined ? replyOf(order.value) : undefined;
  expect(reply?.is).toBe("expired");
  expect(reply?.is === "expired" && reply.done && compare(reply.done, dec(filled))).toBe(0);
});
