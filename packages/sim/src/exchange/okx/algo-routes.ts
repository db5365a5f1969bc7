import { type Result, ok } from "@plimsoll/core/units";
import type { Conditional, Refusal } from "@plimsoll/sim/exchange";
import { algoRow } from "./algo-payload.ts";
import { ALGO_TAKES, alreadyThere, readStop } from "./algo-request.ts";
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
import { algoNameOf, orderIdOf } from "./names.ts";
import { DUPLICATE_ALGO_NAME, NOTHING_TO_CANCEL, NO_SUCH_ORDER, badParameter, inVenueCodes } from "./refusals.ts";
import { eachRow } from "./row-outcomes.ts";

const LISTED = ["ordType", "algoId", "algoClOrdId", "instType", "instId", "after", "limit"] as const;

export const algoRoutes: Readonly<Record<string, Route>> = {
  "POST /api/v5/trade/order-algo": { needs: "trade", takes: ALGO_TAKES, answer: place },
  "POST /api/v5/trade/cancel-algos": { needs: "trade", takes: ["instId", "algoId", "algoClOrdId"], answer: cancel },
  "GET /api/v5/trade/order-algo": {
    needs: "read",
    takes: ["algoId", "algoClOrdId", "instId"],
    answer: (call) => {
      const stop = named(call, call.params);
      return stop.ok ? ok([algoRow(call.simulation, stop.value)]) : stop;
    },
  },
  "GET /api/v5/trade/orders-algo-pending": {
    needs: "read",
    takes: LISTED,
    answer: (call) => listed(call, ({ status }) => status === "NEW"),
  },
  "GET /api/v5/trade/orders-algo-history": { needs: "read", takes: [...LISTED, "state"], answer: history },
};

/** Every stop of the caller, newest first. */
const ownStops = (call: Call): readonly Conditional[] =>
  [...call.simulation.state.conditionals.values()].filter(({ account }) => account === ownerOf(call)).toReversed();

/** Of the kinds that a call must name only `conditional` ever has rows. */
function listed(call: Call, keep: (stop: Conditional) => boolean): Answer {
  const { params, simulation } = call;
  const types = params.get("ordType")?.split(",");
  if (types === undefined || types.some((type) => !KINDS.has(type))) return badParameter("ordType");
  const markets = marketsFor(call, params);
  if (!markets.ok) return markets;
  const symbols = new Set(markets.value.map(({ instrument }) => instrument.symbol));
  const rows = ownStops(call)
    .filter((stop) => types.includes("conditional") && symbols.has(stop.symbol) && keep(stop))
    .map((stop) => algoRow(simulation, stop))
    .filter((row) => (params.get("algoId") ?? row.algoId) === row.algoId)
    .filter((row) => (params.get("algoClOrdId") ?? row.algoClOrdId) === row.algoClOrdId);
  return ok(paged(call, rows, ({ algoId }) => algoId));
}
/** @source OKX API documentation, algo order list */
const KINDS = new Set(["conditional", "oco", "trigger", "move_order_stop", "chase", "iceberg", "twap"]);

function history(call: Call): Answer {
  const state = call.params.get("state");
  if (state === undefined && !call.params.has("algoId")) return badParameter("state");
  return listed(
    call,
    (stop) =>
      stop.status !== "NEW" && (state ?? "") === (state === undefined ? "" : algoRow(call.simulation, stop).state),
  );
}

/** By id before name. */
function named(call: Call, params: Params): Result<Conditional, Refusal> {
  const [id, name] = [params.get("algoId") ?? "", params.get("algoClOrdId") ?? ""];
  if (id === "" && name === "") return badParameter("algoId");
  const found = ownStops(call).find((stop) => (id === "" ? algoNameOf(stop) === name : orderIdOf(stop.id) === id));
  return found === undefined ? NO_SUCH_ORDER : ok(found);
}

function place(call: Call): Answer {
  return eachRow(
    call,
    (params) => placeOne(call, params),
    (params) => ({
      algoId: "",
      algoClOrdId: params.get("algoClOrdId") ?? "",
      clOrdId: params.get("clOrdId") ?? "",
      tag: params.get("tag") ?? "",
    }),
  );
}

const IMMEDIATE = -2021;
function placeOne(call: Call, params: Params): Result<object, Refusal> {
  const market = oneMarket(call, params);
  if (!market.ok) return market;
  const account = accountFor(call);
  const wanted = readStop(params, market.value, account);
  if (!wanted.ok) return wanted;
  const { order, margin } = wanted.value;
  if (order.clientId !== "" && ownStops(call).some(({ clientId }) => clientId === order.clientId))
    return DUPLICATE_ALGO_NAME;
  const entered = enterMargin(call, order.symbol, margin);
  if (!entered.ok) return entered;
  const result = call.simulation.run({ type: "conditional", account: account.id, order });
  if (result.ok) return ok({ algoId: orderIdOf(result.value.conditional?.id ?? 0) });
  if (result.failure.code === IMMEDIATE) return alreadyThere(order);
  return { ok: false, failure: inVenueCodes(result.failure) };
}

function cancel(call: Call): Answer {
  return eachRow(
    call,
    (params) => cancelOne(call, params),
    (params) => ({ algoId: params.get("algoId") ?? "", algoClOrdId: params.get("algoClOrdId") ?? "" }),
  );
}

function cancelOne(call: Call, params: Params): Result<object, Refusal> {
  const market = oneMarket(call, params);
  if (!market.ok) return market;
  const stop = named(call, params);
  if (!stop.ok) return stop.failure === NO_SUCH_ORDER.failure ? NOTHING_TO_CANCEL : stop;
  const { id, symbol } = stop.value;
  if (symbol !== market.value.instrument.symbol) return NOTHING_TO_CANCEL;
  return run(call, { type: "cancel-conditional", account: ownerOf(call), ref: { id } }, () => ({
    algoId: orderIdOf(id),
    algoClOrdId: algoNameOf(stop.value),
  }));
}
