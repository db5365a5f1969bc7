import { ok } from "@plimsoll/core/units";
import { findOrder, isOpen, type Order, refuse } from "@plimsoll/sim/exchange";
import { orderPayload, tradePayload } from "./order-payload.ts";
import { readOrder, readRef } from "./order-request.ts";
import {
  type Answer,
  type Call,
  type Route,
  marketAt,
  marketsFor,
  oneMarket,
  ownerOf,
  run,
  windowed,
  worldOf,
} from "./route.ts";

export const orderRoutes: Readonly<Record<string, Route>> = {
  "POST /fapi/v1/order": {
    needs: "trade",
    answer: (call) => {
      const order = readOrder(call.params);
      if (!order.ok) return order;
      return run(
        call,
        { type: "order", account: ownerOf(call), order: order.value },
        ({ order: placed }) => placed && orderPayload(placed, marketAt(call, placed.symbol)),
      );
    },
  },
  "GET /fapi/v1/order": {
    needs: "read",
    answer: (call) => orderAsked(call, () => true),
  },
  "DELETE /fapi/v1/order": {
    needs: "trade",
    answer: (call) =>
      oneMarket(call, (market) => {
        const ref = readRef(call.params, "orderId", "origClientOrderId");
        if (!ref.ok) return ref;
        return run(
          call,
          { type: "cancel", account: ownerOf(call), symbol: market.instrument.symbol, ref: ref.value },
          ({ order }) => order && orderPayload(order, market),
        );
      }),
  },
  "DELETE /fapi/v1/allOpenOrders": {
    needs: "trade",
    answer: (call) =>
      oneMarket(call, ({ instrument }) =>
        run(call, { type: "cancel-all", account: ownerOf(call), symbol: instrument.symbol }, () => ({
          code: 200,
          msg: "The operation of cancel all open order is done.",
        })),
      ),
  },
  "GET /fapi/v1/openOrders": {
    needs: "read",
    answer: (call) =>
      ok(
        marketsFor(call).flatMap((market) =>
          [...market.bids, ...market.asks]
            .filter(({ account }) => account === ownerOf(call))
            .map((order) => orderPayload(order, market)),
        ),
      ),
  },
  "GET /fapi/v1/openOrder": {
    needs: "read",
    answer: (call) => orderAsked(call, isOpen),
  },
  "GET /fapi/v1/allOrders": {
    needs: "read",
    answer: (call) =>
      oneMarket(call, (market) => {
        const own = [...call.simulation.state.orders.values()].filter(
          ({ account, symbol }) => account === ownerOf(call) && symbol === market.instrument.symbol,
        );
        return ok(
          windowed(
            call,
            own.map((order) => ({ at: order.createdAt, order })),
            500,
          ).map(({ order }) => orderPayload(order, market)),
        );
      }),
  },
  "GET /fapi/v1/userTrades": {
    needs: "read",
    answer: (call) =>
      oneMarket(call, (market) => {
        const { symbol } = market.instrument;
        const orderId = call.params.get("orderId");
        const own = call.simulation.state.trades.filter(
          (trade) =>
            trade.account === ownerOf(call) &&
            trade.symbol === symbol &&
            (orderId === undefined || trade.orderId === Number(orderId)),
        );
        return ok(windowed(call, own, 500).map((trade) => tradePayload(trade, market)));
      }),
  },
};

/** The order that a call names, where it is of the kind that the endpoint knows. */
const orderAsked = (call: Call, isKnown: (order: Order) => boolean): Answer =>
  oneMarket(call, (market) => {
    const ref = readRef(call.params, "orderId", "origClientOrderId");
    if (!ref.ok) return ref;
    const order = findOrder(worldOf(call), ownerOf(call), market.instrument.symbol, ref.value);
    if (order === undefined || !isKnown(order)) return refuse(-2013, "Order does not exist.");
    return ok(orderPayload(order, market));
  });
