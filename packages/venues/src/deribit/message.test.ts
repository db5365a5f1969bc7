import type { Action, Reply } from "@plimsoll/core/book";
import { dec, text, trim } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { makeMessage } from "./message.ts";
import { readFlows, readOrders, replyOf } from "./read-order.ts";
import { bodyOf, position } from "./testing.ts";

const body = bodyOf({ BTC: "2", USDC: "10" }, [
  position("BTC-PERPETUAL", "-100000", "100000"),
  position("BTC-27DEC30-100000-C", "-2", "0.05"),
]);
const order: Action = {
  ...({ do: "order", instrument: "BTC-PERPETUAL", side: "buy", reduceOnly: true } as const),
  ...{ size: dec("50000.0"), limit: dec("101000.50") },
};

test("a message is plain text of the venue's words, dated, and the same for the same key", () => {
  const made = makeMessage("key", body, order, 1_000);
  expect(made).toEqual(makeMessage("key", body, order, 1_000));
  expect(made).toMatchObject({
    value: {
      message: {
        ...{ call: "order", side: "buy", currency: "BTC", at: 1_000 },
        params: {
          ...{ instrument_name: "BTC-PERPETUAL", amount: "50000", price: "101000.5", type: "limit" },
          ...{ reduce_only: "true", time_in_force: "immediate_or_cancel", valid_until: "9000" },
        },
      },
    },
  });
  expect(made.ok && made.value.reference.length).toBeLessThanOrEqual(64);
});

test.each<[string, string]>([
  ["BTC-27DEC30-100000-C", "BTC"],
  ["XRP_USDC-30JUN23-0d5-P", "USDC"],
])("a cancel by a label of ours knows its currency: %s", (name, currency) => {
  const held = bodyOf({ BTC: "2", USDC: "1" }, [position(name, "-2", "0.05")]);
  const made = makeMessage("key", held, { ...order, instrument: name }, 0);
  if (!made.ok) throw new Error(made.failure.code);
  expect(made.value.reference.length).toBe(64);
  const cancel = makeMessage("other", held, { do: "cancel", order: made.value.reference }, 0);
  expect(cancel).toMatchObject({
    value: { message: { call: "cancel-label", params: { label: made.value.reference, currency } } },
  });
});

const row = (state: string, filled = "0", over = {}) => ({
  ...{ order_id: `id-${state}`, order_state: state, order_type: "limit", filled_amount: filled },
  ...over,
});
const trigger = (state: string, over = {}) => row(state, "0", { order_type: "stop_market", ...over });

// oxfmt-ignore
test.each<[string, readonly object[], Reply["is"]]>([
  ["filled whole",                        [row("filled", "4")],                            "done"],
  ["an immediate order that found a part", [row("cancelled", "1")],                        "expired"],
  ["rejected",                            [row("rejected")],                               "expired"],
  ["in the book",                         [row("open")],                                   "accepted"],
  ["in the book, a part filled",          [row("open", "1")],                              "partly"],
  ["a state that is new",                 [row("archived")],                               "ambiguous"],
  ["two copies, both in part",            [row("cancelled", "2"), row("cancelled", "2")],  "done"],
  ["two copies, one still open",          [row("cancelled", "1"), row("open")],            "partly"],
  ["a stop that waits",                   [trigger("untriggered")],                        "accepted"],
  ["a stop on its way",                   [trigger("triggered")],                          "accepted"],
  ["a stop that became an order",         [row("filled", "4"), trigger("triggered")],      "done"],
  ["a stop whose order found a part",     [row("cancelled", "1"), trigger("triggered")],   "expired"],
  ["a stop that was cancelled",           [trigger("cancelled", { cancel_reason: "autoliquidation" })], "expired"],
  ["a stop that was refused when it fired", [trigger("rejected")],                         "expired"],
  ["two copies of a stop, one cancelled", [trigger("cancelled"), trigger("untriggered")],  "accepted"],
  ["a stop in a state that is new",       [trigger("elsewhere")],                          "ambiguous"],
])("orders of one label: %s", (_case, rows, is) => {
  const read = readOrders({ result: rows });
  if (!read.ok) throw new Error(read.failure.code);
  expect(replyOf(read.value, dec("4")).is).toBe(is);
});

// source: Deribit documentation, order: `filled_amount`
// oxfmt-ignore
test.each([
  ["an order that found a part",             [row("cancelled", "1")],                                          "1"],
  ["an order that was rejected",             [row("rejected")],                                                "0"],
  ["two copies, both in part",               [row("cancelled", "1"), row("cancelled", "2")],                   "3"],
  ["a stop whose order found a part",        [row("cancelled", "1"), trigger("triggered")],                    "1"],
  ["a stop that was cancelled",              [trigger("cancelled")],                                           "0"],
])("what ended says how much was filled before: %s", (_case, rows, filled) => {
  const read = readOrders({ result: rows });
  const reply = read.ok ? replyOf(read.value, dec("4")) : undefined;
  expect(reply?.is === "expired" && reply.done && text(reply.done)).toBe(filled);
});

test("why an order ended stands in its reason", () => {
  const read = readOrders({ result: [trigger("cancelled", { cancel_reason: "autoliquidation" })] });
  expect(read.ok && replyOf(read.value, dec("4"))).toMatchObject({
    why: { code: "deribit/stop-ended", facts: { reason: "autoliquidation" } },
  });
});

// source: the venue's conventions. Futures realise profit in their currency; an option bought back costs amount x price of its coin
// oxfmt-ignore
test.each([
  ["an inverse future", { instrument_name: "BTC-PERPETUAL", direction: "buy", amount: "50000", price: "101000", fee: "0.00025", fee_currency: "BTC", profit_loss: "-0.005" }, ["BTC -0.00525"]],
  ["an option",         { instrument_name: "BTC-27DEC30-100000-C", direction: "buy", amount: "2", price: "0.04", fee: "0.0006", fee_currency: "BTC", profit_loss: "0.02" }, ["BTC -0.0806"]],
  ["an option sold",    { instrument_name: "SOL_USDC-27DEC30-120-P", direction: "sell", amount: "10", price: "4.5", fee: "0.1", fee_currency: "USDC" }, ["USDC 44.9"]],
  ["a fee elsewhere",   { instrument_name: "BTC_USDC-PERPETUAL", direction: "sell", amount: "1", price: "99000", fee: "0.1", fee_currency: "USDT", profit_loss: "3" }, ["USDC 3", "USDT -0.1"]],
])("money of %s", (_case, trade, expected) => {
  const flows = readFlows({ result: [trade] });
  expect(flows.ok && flows.value.map(({ asset, amount }) => `${asset} ${text(trim(amount))}`)).toEqual(expected);
});
