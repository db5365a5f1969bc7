import { type Result, ok } from "@plimsoll/core/units";
import { type Order, type OrderRequest, type Refusal, isOpen, stillbornOrder } from "@plimsoll/sim/exchange";
import {
  type Answer,
  type Call,
  type Params,
  type Route,
  accountFor,
  marketsFor,
  oneMarket,
  ownerOf,
  paged,
  run,
} from "./call.ts";
import { enterMargin } from "./margin-mode.ts";
import { nameOf, orderIdOf } from "./names.ts";
import { fillRow, orderRow } from "./order-payload.ts";
import { ORDER_TAKES, readOrder } from "./order-request.ts";
import { DUPLICATE_NAME, NOTHING_TO_CANCEL, NO_SUCH_ORDER, badParameter, inVenueCodes } from "./refusals.ts";
import { eachRow } from "./row-outcomes.ts";

const NAMED = ["instId", "ordId", "clOrdId"] as const;
const LISTED = ["instType", "instId", "instFamily", "uly", "ordType", "state", "after", "limit"] as const;
const FILLS = ["instType", "instId", "ordId", "after", "begin", "end", "limit"] as const;

export const orderRoutes: Readonly<Record<string, Route>> = {
  "POST /api/v5/trade/order": { needs: "trade", takes: ORDER_TAKES, answer: place },
  "POST /api/v5/trade/batch-orders": { needs: "trade", takes: ORDER_TAKES, answer: place },
  "POST /api/v5/trade/cancel-order": { needs: "trade", takes: NAMED, answer: cancel },
  "POST /api/v5/trade/cancel-batch-orders": { needs: "trade", takes: NAMED, answer: cancel },
  "GET /api/v5/trade/order": {
    needs: "read",
    takes: NAMED,
    answer: (call) => {
      const order = named(call, call.params);
      return order.ok ? ok([orderRow(call.simulation, order.value)]) : order;
    },
  },
  "GET /api/v5/trade/orders-pending": { needs: "read", takes: LISTED, answer: (call) => listed(call, isOpen) },
  "GET /api/v5/trade/orders-history": {
    needs: "read",
    takes: LISTED,
    answer: (call) => listed(call, (order) => !isOpen(order)),
  },
  "GET /api/v5/trade/fills": { needs: "read", takes: FILLS, answer: fills },
  "GET /api/v5/trade/fills-history": { needs: "read", takes: FILLS, answer: fills },
};

/** Every order of the caller, newest first; those that a stop made among them. */
function ownOrders(call: Call): readonly Order[] {
  const all = [...call.simulation.state.orders.values(), ...call.declined];
  return all
    .filter(({ account }) => account === ownerOf(call))
    .toSorted((a, b) => b.createdAt - a.createdAt || Math.abs(b.id) - Math.abs(a.id));
}

/** A list of orders or stops, by what it was asked for. */
function listed(call: Call, keep: (order: Order) => boolean): Answer {
  const markets = marketsFor(call, call.params);
  if (!markets.ok) return markets;
  const symbols = new Set(markets.value.map(({ instrument }) => instrument.symbol));
  const [types, state] = [call.params.get("ordType")?.split(","), call.params.get("state")];
  const rows = ownOrders(call)
    .filter((order) => symbols.has(order.symbol) && keep(order))
    .map((order) => orderRow(call.simulation, order))
    .filter((row) => (types?.includes(row.ordType) ?? true) && (state ?? row.state) === row.state);
  return ok(paged(call, rows, ({ ordId }) => ordId));
}

/** The order that a call names: by id before name, of the instrument it names. @source OKX API documentation, order details */
function named(call: Call, params: Params): Result<Order, Refusal> {
  const market = oneMarket(call, params);
  if (!market.ok) return market;
  const [id, name] = [params.get("ordId") ?? "", params.get("clOrdId") ?? ""];
  if (id === "" && name === "") return badParameter("ordId");
  const own = ownOrders(call).filter(({ symbol }) => symbol === market.value.instrument.symbol);
  const found = own.find((order) => (id === "" ? nameOf(order) === name : orderIdOf(order.id) === id));
  return found === undefined ? NO_SUCH_ORDER : ok(found);
}

/** Answers that each order was taken, not what became of it. */
function place(call: Call): Answer {
  return eachRow(
    call,
    (params) => placeOne(call, params),
    (params) => ({ clOrdId: params.get("clOrdId") ?? "", ordId: "", tag: params.get("tag") ?? "" }),
  );
}

/** An owner's name for an order is used once among all orders that are remembered. */
function placeOne(call: Call, params: Params): Result<object, Refusal> {
  const market = oneMarket(call, params);
  if (!market.ok) return market;
  const account = accountFor(call);
  const wanted = readOrder(params, market.value, account);
  if (!wanted.ok) return wanted;
  const { order, margin } = wanted.value;
  if (order.clientId !== "" && ownOrders(call).some((each) => nameOf(each) === order.clientId)) return DUPLICATE_NAME;
  const entered = enterMargin(call, order.symbol, margin);
  if (!entered.ok) return entered;
  const result = call.simulation.run({ type: "order", account: account.id, order });
  if (result.ok) return ok({ ordId: orderIdOf(result.value.order?.id ?? 0) });
  if (ENDS_AT_ONCE.has(result.failure.code)) return ok({ ordId: orderIdOf(decline(call, order)) });
  return { ok: false, failure: inVenueCodes(result.failure) };
}

/** Nothing there for a market order, not all of a fill-or-kill, a post-only that would take. */
const ENDS_AT_ONCE = new Set([-4131, -5021, -5022]);

/** The exchange refuses such an order; this venue takes it and cancels it. @returns its number. */
function decline({ simulation, declined, key, tellDeclined }: Call, request: OrderRequest): number {
  const order = stillbornOrder(simulation, key?.account ?? "", request, declined);
  declined.push(order);
  tellDeclined(order);
  return order.id;
}

function cancel(call: Call): Answer {
  return eachRow(
    call,
    (params) => cancelOne(call, params),
    (params) => ({ ordId: params.get("ordId") ?? "", clOrdId: params.get("clOrdId") ?? "" }),
  );
}

function cancelOne(call: Call, params: Params): Result<object, Refusal> {
  const order = named(call, params);
  if (!order.ok) return order.failure === NO_SUCH_ORDER.failure ? NOTHING_TO_CANCEL : order;
  const { id, symbol } = order.value;
  return run(call, { type: "cancel", account: ownerOf(call), symbol, ref: { id } }, () => ({
    ordId: orderIdOf(id),
    clOrdId: nameOf(order.value),
  }));
}

/** Newest first. */
function fills(call: Call): Answer {
  const { params, simulation } = call;
  const markets = marketsFor(call, params);
  if (!markets.ok) return markets;
  const symbols = new Set(markets.value.map(({ instrument }) => instrument.symbol));
  const [from, to] = [Number(params.get("begin") ?? 0), Number(params.get("end") ?? Number.POSITIVE_INFINITY)];
  const rows = simulation.state.trades
    .filter(({ account, symbol, at }) => account === ownerOf(call) && symbols.has(symbol) && at >= from && at <= to)
    .map((trade) => fillRow(simulation, trade))
    .filter(({ ordId }) => (params.get("ordId") ?? ordId) === ordId)
    .toReversed();
  return ok(paged(call, rows, ({ billId }) => billId));
}
