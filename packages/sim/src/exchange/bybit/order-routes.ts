import { ok } from "@plimsoll/core/units";
import { type Market, type OrderRequest, isWaiting, marketOf, refuse, stillbornOrder } from "@plimsoll/sim/exchange";
import { type Answer, type Call, type Route, accountFor, listed, marketsFor, ownerOf, run } from "./call.ts";
import { executionRow, orderRow } from "./order-payload.ts";
import { type Wanted, readOrder } from "./order-request.ts";
import { type OwnOrder, orderIdOf, ownOrderOf, ownOrders } from "./own-order.ts";
import { DUPLICATE_LINK_ID, UNKNOWN_ORDER, badParameter, inVenueCodes } from "./refusals.ts";

export const orderRoutes: Readonly<Record<string, Route>> = {
  "POST /v5/order/create": { needs: "trade", answer: create },
  "POST /v5/order/cancel": { needs: "trade", answer: cancel },
  "POST /v5/order/cancel-all": { needs: "trade", answer: cancelAll },
  "GET /v5/order/realtime": { needs: "read", answer: realtime },
  "GET /v5/order/history": {
    needs: "read",
    answer: (call) =>
      listed(
        call,
        () =>
          rows(
            call,
            asked(call).filter((own) => !isWaiting(own)),
          ),
        20,
        50,
      ),
  },
  "GET /v5/execution/list": { needs: "read", answer: executions },
};

const named = ({ id, linkId }: OwnOrder) => ({ orderId: id, orderLinkId: linkId });

/**
 * Answers that the order was taken, not what became of it. An owner's name for an order is used once, whatever became of the first.
 * @source bybit-exchange.github.io/docs/v5/order/create-order
 */
function create(call: Call): Answer {
  const account = accountFor(call);
  const wanted = readOrder(call.params, account);
  if (!wanted.ok) return wanted;
  const { clientId } = wanted.value.order;
  if (clientId !== "" && ownOrders(call, account.id).some(({ linkId }) => linkId === clientId))
    return DUPLICATE_LINK_ID;
  const result = call.simulation.run({ ...wanted.value, account: account.id });
  if (result.ok) {
    const made = result.value.order ?? result.value.conditional;
    return ok({ orderId: orderIdOf(made?.id ?? 0), orderLinkId: clientId });
  }
  const { code } = result.failure;
  if (wanted.value.type === "order" && ENDS_AT_ONCE.has(code)) return decline(call, wanted.value.order);
  if (code === IMMEDIATE) return immediate(call, wanted.value);
  return { ok: false, failure: inVenueCodes(result.failure) };
}

/** Nothing there for a market order, not all of a fill-or-kill, a post-only that would take. */
const ENDS_AT_ONCE = new Set([-4131, -5021, -5022]);

/** The exchange refuses such an order; this venue takes it and cancels it, and it is found in the history. */
function decline({ simulation, declined, key, tellOrders }: Call, request: OrderRequest): Answer {
  const order = stillbornOrder(simulation, key?.account ?? "", request, declined);
  declined.push(order);
  tellOrders(order.account, [orderRow(simulation, ownOrderOf(simulation, order))]);
  return ok({ orderId: orderIdOf(order.id), orderLinkId: order.clientId });
}

const IMMEDIATE = -2021;
/** Prices in this message have four decimals. @source seen in answers of the venue */
function immediate({ simulation, params }: Call, { order }: Wanted): Answer {
  const market = marketOf(simulation, order.symbol);
  const byMark = params.get("triggerBy") === "MarkPrice";
  const shown = (price: bigint): string => `${price / 10_000n}`;
  const trigger = "trigger" in order ? shown(order.trigger) : "";
  const current = `${shown(byMark ? market.mark : market.last)}]??${byMark ? "MarkPrice" : "LastPrice"}`;
  return params.get("triggerDirection") === "1"
    ? refuse(110_092, `expect Rising, but trigger_price[${trigger}] <= current[${current}`)
    : refuse(110_093, `expect Falling, but trigger_price[${trigger}] >= current[${current}`);
}

/** The orders that a call is about: by id before name before symbol. @source bybit-exchange.github.io/docs/v5/order/open-order */
function asked(call: Call): readonly OwnOrder[] {
  const [id, linkId] = [call.params.get("orderId"), call.params.get("orderLinkId")];
  const own = ownOrders(call, ownerOf(call));
  if (id !== undefined) return own.filter((each) => each.id === id);
  if (linkId !== undefined) return own.filter((each) => each.linkId === linkId);
  const symbols = new Set(marketsFor(call).map(({ instrument }: Market) => instrument.symbol));
  const filter = call.params.get("orderFilter");
  return own.filter(
    ({ request, placed }) =>
      symbols.has(request.symbol) && (filter === undefined || (filter === "StopOrder") === (placed === undefined)),
  );
}
const rows = ({ simulation }: Call, own: readonly OwnOrder[]) => own.map((each) => orderRow(simulation, each));

/** Waiting orders; with `openOnly` 1 those that have ended, and by id or name one in any state. */
function realtime(call: Call): Answer {
  const { params } = call;
  const byName = params.has("orderId") || params.has("orderLinkId");
  if (params.get("category") === "linear" && !byName && !params.has("symbol") && !params.has("settleCoin"))
    return badParameter("Missing some parameters that must be filled in, symbol or settleCoin or baseCoin");
  const closed = params.get("openOnly") === "1";
  return listed(
    call,
    () =>
      rows(
        call,
        asked(call).filter((own) => byName || isWaiting(own) !== closed),
      ),
    20,
    50,
  );
}

function cancel(call: Call): Answer {
  if (!call.params.has("orderId") && !call.params.has("orderLinkId"))
    return badParameter("OrderId or orderLinkId is required");
  const [own] = asked(call);
  if (own === undefined || !isWaiting(own) || own.request.symbol !== call.params.get("symbol")) return UNKNOWN_ORDER;
  return end(call, own);
}

function end(call: Call, own: OwnOrder): Answer {
  const account = ownerOf(call);
  const { placed, request } = own;
  if (placed === undefined)
    return run(call, { type: "cancel-conditional", account, ref: { id: request.id } }, () => named(own));
  return run(call, { type: "cancel", account, symbol: request.symbol, ref: { id: placed.id } }, () => named(own));
}

/** Orders and stops of a symbol or settlement coin. */
function cancelAll(call: Call): Answer {
  if (!call.params.has("symbol") && !call.params.has("settleCoin"))
    return badParameter("Missing some parameters that must be filled in, symbol or settleCoin or baseCoin");
  const open = asked(call).filter(isWaiting);
  for (const own of open) {
    const ended = end(call, own);
    if (!ended.ok) return ended;
  }
  return ok({ list: open.map(named), success: "1" });
}

/** Newest first. */
function executions(call: Call): Answer {
  const { params, simulation } = call;
  const [id, linkId] = [params.get("orderId"), params.get("orderLinkId")];
  const [from, to] = [Number(params.get("startTime") ?? 0), Number(params.get("endTime") ?? Number.POSITIVE_INFINITY)];
  const symbols = new Set(marketsFor(call).map(({ instrument }) => instrument.symbol));
  const all = () =>
    simulation.state.trades
      .filter(({ account, symbol, at }) => account === ownerOf(call) && symbols.has(symbol) && at >= from && at <= to)
      .map((trade) => executionRow(simulation, trade))
      .filter((row) => (id === undefined || row.orderId === id) && (linkId === undefined || row.orderLinkId === linkId))
      .toReversed();
  return listed(call, all, 50, 100);
}
