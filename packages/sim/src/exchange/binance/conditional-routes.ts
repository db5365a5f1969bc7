import { ok } from "@plimsoll/core/units";
import { findConditional, openConditionals, refuse } from "@plimsoll/sim/exchange";
import { conditionalPayload } from "./order-payload.ts";
import { readConditional, readRef } from "./order-request.ts";
import { type Route, marketAt, oneMarket, ownerOf, run, success, worldOf } from "./route.ts";

export const conditionalRoutes: Readonly<Record<string, Route>> = {
  "POST /fapi/v1/algoOrder": {
    needs: "trade",
    answer: (call) => {
      const order = readConditional(call.params);
      if (!order.ok) return order;
      return run(
        call,
        { type: "conditional", account: ownerOf(call), order: order.value },
        ({ conditional }) => conditional && conditionalPayload(conditional, marketAt(call, conditional.symbol)),
      );
    },
  },
  "GET /fapi/v1/algoOrder": {
    needs: "read",
    answer: (call) => {
      const ref = readRef(call.params, "algoId", "clientAlgoId");
      if (!ref.ok) return ref;
      const conditional = findConditional(worldOf(call), ownerOf(call), ref.value);
      return conditional === undefined
        ? refuse(-2013, "Order does not exist.")
        : ok(conditionalPayload(conditional, marketAt(call, conditional.symbol)));
    },
  },
  "DELETE /fapi/v1/algoOrder": {
    needs: "trade",
    answer: (call) => {
      const ref = readRef(call.params, "algoId", "clientAlgoId");
      if (!ref.ok) return ref;
      return run(
        call,
        { type: "cancel-conditional", account: ownerOf(call), ref: ref.value },
        ({ conditional }) => conditional && { algoId: conditional.id, clientAlgoId: conditional.clientId, ...success },
      );
    },
  },
  "DELETE /fapi/v1/algoOpenOrders": {
    needs: "trade",
    answer: (call) =>
      oneMarket(call, ({ instrument }) =>
        run(
          call,
          { type: "cancel-all-conditionals", account: ownerOf(call), symbol: instrument.symbol },
          () => success,
        ),
      ),
  },
  "GET /fapi/v1/openAlgoOrders": {
    needs: "read",
    answer: (call) =>
      ok(
        openConditionals(worldOf(call), ownerOf(call), call.params.get("symbol")).map((one) =>
          conditionalPayload(one, marketAt(call, one.symbol)),
        ),
      ),
  },
};
