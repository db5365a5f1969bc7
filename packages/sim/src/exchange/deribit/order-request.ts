import { type Result, ok } from "@plimsoll/core/units";
import {
  type ConditionalRequest,
  type Market,
  ONE,
  type OrderRequest,
  type Side,
  type Simulation,
  readFixed,
} from "@plimsoll/sim/exchange";
import { asClientId } from "./own-order.ts";
import { type DeribitError, TIMED_OUT, badParameter } from "./refusals.ts";

type Params = ReadonlyMap<string, string>;
/** What private/buy and private/sell ask for: an order, or one that waits for its trigger. */
export type Wanted =
  | { readonly type: "order"; readonly order: OrderRequest }
  | { readonly type: "conditional"; readonly order: ConditionalRequest };

/** What is not simulated is refused, never ignored. */
const NOT_SIMULATED = ["advanced", "mmp", "display_amount", "trigger_offset", "linked_order_type", "otoco_config"];
const TIMES = new Map([
  ["good_til_cancelled", "GTC"],
  ["immediate_or_cancel", "IOC"],
  ["fill_or_kill", "FOK"],
] as const);
const WATCHES = new Map([
  ["mark_price", "MARK_PRICE"],
  ["index_price", "INDEX_PRICE"],
  ["last_price", "CONTRACT_PRICE"],
] as const);
const LONGEST_LABEL = 64;

/** private/buy and private/sell. @source docs.deribit.com/api-reference/trading/private-sell */
export function readOrder(
  simulation: Simulation,
  params: Params,
  side: Side,
  { instrument }: Market,
): Result<Wanted, DeribitError> {
  const foreign = NOT_SIMULATED.find((name) => params.has(name));
  if (foreign !== undefined) return badParameter(foreign, "is not simulated");
  if (params.has("valid_until") && simulation.now() >= Number(params.get("valid_until"))) return TIMED_OUT;
  const label = params.get("label") ?? "";
  if (label.length > LONGEST_LABEL) return badParameter("label", "too long");
  const size = readFixed(params.get("amount") ?? params.get("contracts") ?? "");
  if (size === null || size <= 0n) return badParameter("amount", "must be a positive number");
  const common = {
    symbol: instrument.symbol,
    side,
    positionSide: "BOTH",
    size: params.has("amount") ? size : (size * instrument.lot) / ONE,
    reduceOnly: params.get("reduce_only") === "true",
    clientId: asClientId(simulation, label),
  } as const;
  const type = params.get("type") ?? "limit";
  switch (type) {
    case "limit":
    case "market":
      return readPlain(params, common, type);
    case "stop_limit":
    case "stop_market":
    case "take_limit":
    case "take_market":
      return readTrigger(params, common, type);
    default:
      return badParameter("type", "is not simulated");
  }
}

type Common = Pick<OrderRequest, "symbol" | "side" | "positionSide" | "size" | "reduceOnly" | "clientId">;

function readPlain(params: Params, common: Common, type: "limit" | "market"): Result<Wanted, DeribitError> {
  const time = TIMES.get((params.get("time_in_force") ?? "good_til_cancelled") as "fill_or_kill");
  const price = readFixed(type === "limit" ? (params.get("price") ?? "") : "0");
  const postOnly = params.get("post_only") === "true";
  if (time === undefined) return badParameter("time_in_force", "is not simulated");
  if (price === null) return badParameter("price", "invalid price");
  if (postOnly && params.get("reject_post_only") !== "true")
    return badParameter("post_only", "without reject_post_only is not simulated");
  return ok({
    type: "order",
    order: {
      ...common,
      type: type === "limit" ? "LIMIT" : "MARKET",
      timeInForce: postOnly ? "GTX" : type === "limit" ? time : "IOC",
      price,
    },
  });
}

/** A stop waits for its price to fall when it sells and to rise when it buys, a take the other way. */
function readTrigger(
  params: Params,
  common: Common,
  type: "stop_limit" | "stop_market" | "take_limit" | "take_market",
): Result<Wanted, DeribitError> {
  const watches = WATCHES.get(params.get("trigger") as "mark_price");
  const trigger = readFixed(params.get("trigger_price") ?? "");
  const limit = type.endsWith("limit") ? readFixed(params.get("price") ?? "") : undefined;
  if (watches === undefined) return badParameter("trigger", "must be index_price, mark_price or last_price");
  if (trigger === null) return badParameter("trigger_price", "invalid price");
  if (limit === null) return badParameter("price", "invalid price");
  return ok({
    type: "conditional",
    order: {
      ...common,
      type: type.startsWith("stop") ? "STOP_MARKET" : "TAKE_PROFIT_MARKET",
      trigger,
      watches,
      closePosition: false,
      ...(limit !== undefined && { limit }),
    },
  });
}
