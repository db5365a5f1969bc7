import { type Result, ok } from "@plimsoll/core/units";
import { type Market, type Side, type Trade, marketOf } from "@plimsoll/sim/exchange";
import { type Call, type Method, marketsFor, oneMarket, ownerOf, run } from "./call.ts";
import { orderRow, tradeRow, triggerHistoryRow } from "./order-payload.ts";
import { readOrder } from "./order-request.ts";
import { type OwnOrder, idOf, isWaiting, labelOf, ownOrderOf, ownOrders, requestOf } from "./own-order.ts";
import { type Answer, type DeribitError, NOT_OPEN, NO_ORDER } from "./refusals.ts";

export const orderMethods: Readonly<Record<string, Method>> = {
  "private/buy": { needs: "trade", answer: (call) => oneMarket(call, (market) => place(call, market, "buy")) },
  "private/sell": { needs: "trade", answer: (call) => oneMarket(call, (market) => place(call, market, "sell")) },
  "private/cancel": { needs: "trade", answer: cancel },
  "private/cancel_by_label": { needs: "trade", answer: (call) => cancelAll(call, labelled(call)) },
  "private/cancel_all": { needs: "trade", answer: (call) => cancelAll(call, everything(call)) },
  "private/cancel_all_by_currency": { needs: "trade", answer: (call) => cancelAll(call, everything(call)) },
  "private/cancel_all_by_instrument": {
    needs: "trade",
    answer: (call) => ofMarket(call, (own) => cancelAll(call, own)),
  },
  "private/get_order_state": {
    needs: "read",
    answer: (call) => {
      const own = named(call);
      return own.ok ? ok(orderRow(own.value)) : own;
    },
  },
  "private/get_order_state_by_label": { needs: "read", answer: (call) => ok(rows(labelled(call))) },
  "private/get_open_orders": { needs: "read", answer: (call) => ok(rows(everything(call).filter(isWaiting))) },
  "private/get_open_orders_by_currency": {
    needs: "read",
    answer: (call) => ok(rows(everything(call).filter(isWaiting))),
  },
  "private/get_open_orders_by_label": {
    needs: "read",
    answer: (call) => ok(rows(labelled(call).filter(isWaiting))),
  },
  "private/get_open_orders_by_instrument": {
    needs: "read",
    answer: (call) => ofMarket(call, (own) => ok(rows(own.filter(isWaiting)))),
  },
  "private/get_order_history_by_instrument": {
    needs: "read",
    answer: (call) => ofMarket(call, (own) => ok(rows(own.filter(isHistory)))),
  },
  "private/get_order_history_by_currency": {
    needs: "read",
    answer: (call) => ok(rows(everything(call).filter(isHistory))),
  },
  "private/get_trigger_order_history": {
    needs: "read",
    answer: (call) => {
      const named = call.params.get("instrument_name");
      const own = everything(call).filter((each) => named === undefined || requestOf(each).symbol === named);
      const entries = own.flatMap((each) => triggerHistoryRow(call.simulation, each) ?? []);
      return ok({ entries: entries.slice(0, Number(call.params.get("count") ?? 20)), continuation: "" });
    },
  },
  "private/get_user_trades_by_order": {
    needs: "read",
    answer: (call) => {
      const own = named(call);
      if (!own.ok) return own;
      return ok(trades(call, ({ orderId }) => orderId === requestOf(own.value).id));
    },
  },
  "private/get_user_trades_by_instrument": {
    needs: "read",
    answer: (call) =>
      oneMarket(call, ({ instrument }) =>
        ok({ trades: trades(call, ({ symbol }) => symbol === instrument.symbol), has_more: false }),
      ),
  },
};

type Own = readonly OwnOrder[];
const rows = (own: Own) => own.map(orderRow);
const isHistory = (own: OwnOrder): boolean => own.is === "placed" && !isWaiting(own);

function everything(call: Call): Own {
  const symbols = new Set(marketsFor(call).map(({ instrument }) => instrument.symbol));
  return ownOrders(call.simulation, ownerOf(call)).filter((own) => symbols.has(requestOf(own).symbol));
}
const labelled = (call: Call): Own =>
  everything(call).filter((own) => labelOf(own) === (call.params.get("label") ?? ""));
const ofMarket = (call: Call, answer: (own: Own) => Answer): Answer =>
  oneMarket(call, ({ instrument }) =>
    answer(ownOrders(call.simulation, ownerOf(call)).filter((own) => requestOf(own).symbol === instrument.symbol)),
  );
function named(call: Call): Result<OwnOrder, DeribitError> {
  const id = call.params.get("order_id");
  const own = ownOrders(call.simulation, ownerOf(call)).find((each) => idOf(each) === id);
  return own === undefined ? NO_ORDER : ok(own);
}
const trades = ({ simulation, ...call }: Call, wanted: (trade: Trade) => boolean) =>
  simulation.state.trades
    .filter((trade) => trade.account === ownerOf(call) && wanted(trade))
    .map((trade) => tradeRow(simulation, trade));

/** Answers with the order as it is at once after, and its trades. */
function place(call: Call, market: Market, side: Side): Answer {
  const { simulation, params, connection } = call;
  const wanted = readOrder(simulation, params, side, market);
  if (!wanted.ok) return wanted;
  return run(call, market, { ...wanted.value, account: ownerOf(call) }, ({ order, conditional }) => {
    const own: OwnOrder | undefined =
      order !== undefined ? ownOrderOf(simulation, order) : conditional && { is: "trigger", trigger: conditional };
    if (order !== undefined) connection?.placed.add(order.id);
    const made = order?.id;
    return {
      order: own && orderRow(own),
      trades: trades(call, ({ orderId }) => made !== undefined && orderId === made),
    };
  });
}

function cancel(call: Call): Answer {
  const own = named(call);
  if (!own.ok) return own;
  return isWaiting(own.value) ? end(call, own.value) : NOT_OPEN;
}

function end(call: Call, own: OwnOrder): Answer {
  const { id, symbol } = requestOf(own);
  const about = { account: ownerOf(call), ref: { id } };
  const view = () => orderRow(own);
  const market = marketOf(call.simulation, symbol);
  return own.is === "trigger"
    ? run(call, market, { type: "cancel-conditional", ...about }, view)
    : run(call, market, { type: "cancel", symbol, ...about }, view);
}

/** Orders and trigger orders alike; answers how many. */
function cancelAll(call: Call, own: Own): Answer {
  let ended = 0;
  for (const each of own.filter(isWaiting)) {
    const answer = end(call, each);
    if (!answer.ok) return answer;
    ended += 1;
  }
  return ok(ended);
}
