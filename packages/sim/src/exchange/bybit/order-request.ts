import { absolute, type Result, ok } from "@plimsoll/core/units";
import {
  type Account,
  type ConditionalRequest,
  type OrderRequest,
  type PositionSide,
  type Refusal,
  type Side,
  readFixed,
  sidesOf,
  sizeOf,
} from "@plimsoll/sim/exchange";
import { positionIndexOf } from "./account-payload.ts";
import { NOT_REDUCING, NO_POSITION_TO_REDUCE, badParameter } from "./refusals.ts";

type Params = ReadonlyMap<string, string>;
/** What order/create asks for: an order, or one that waits for its trigger. */
export type Wanted =
  | { readonly type: "order"; readonly order: OrderRequest }
  | { readonly type: "conditional"; readonly order: ConditionalRequest };

/** What both kinds have in common. */
interface Common {
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly size: bigint;
  readonly reduceOnly: boolean;
  readonly clientId: string;
  /** Size 0 closes all there is, where it may only close. */
  readonly closesAll: boolean;
}

/** Orders attached to this one and option fields are not simulated: refused, never ignored. */
const NOT_SIMULATED = [
  "takeProfit",
  "stopLoss",
  "tpslMode",
  "trailingStop",
  "orderIv",
  "marketUnit",
  "slippageTolerance",
];
const TIMES = new Map([
  ["GTC", "GTC"],
  ["IOC", "IOC"],
  ["FOK", "FOK"],
  ["PostOnly", "GTX"],
] as const);

/** POST v5/order/create. @source bybit-exchange.github.io/docs/v5/order/create-order */
export function readOrder(params: Params, account: Account): Result<Wanted, Refusal> {
  const foreign = NOT_SIMULATED.find((name) => params.has(name));
  if (foreign !== undefined) return badParameter(`params error: ${foreign} is not simulated`);
  const common = readCommon(params, account);
  if (!common.ok) return common;
  const type = params.get("orderType");
  if (type !== "Limit" && type !== "Market") return badParameter("params error: OrderType invalid");
  return params.has("triggerPrice")
    ? readConditional(params, common.value, type)
    : readPlain(params, common.value, type, account);
}

function readCommon(params: Params, account: Account): Result<Common, Refusal> {
  const [symbol, side, clientId = "", index = "0"] = ["symbol", "side", "orderLinkId", "positionIdx"].map((name) =>
    params.get(name),
  );
  if (params.get("category") !== "linear" || symbol === undefined) return badParameter("params error: symbol invalid");
  if (side !== "Buy" && side !== "Sell") return badParameter("params error: Side invalid");
  if (!/^[\w-]{0,36}$/.test(clientId)) return badParameter("params error: OrderLinkId invalid");
  const positionSide = sidesOf(account).find((each) => `${positionIndexOf(each)}` === index);
  if (positionSide === undefined) return badParameter("position idx not match position mode");
  const size = readFixed(params.get("qty") ?? "");
  if (size === null || size < 0n) return badParameter("Qty invalid");
  const closing = params.get("closeOnTrigger") === "true";
  const reduceOnly = closing || params.get("reduceOnly") === "true";
  const opens = (positionSide === "LONG" && side === "Buy") || (positionSide === "SHORT" && side === "Sell");
  if (reduceOnly && opens) return NOT_REDUCING;
  const closesAll = size === 0n && closing && params.get("reduceOnly") === "true";
  if (size === 0n && !closesAll) return badParameter("Qty invalid");
  // the exchange takes the flag only where the side does not say it already
  const flag = reduceOnly && positionSide === "BOTH";
  return ok({
    symbol,
    side: side === "Buy" ? "buy" : "sell",
    positionSide,
    size,
    reduceOnly: flag,
    clientId,
    closesAll,
  });
}

function readPlain(
  params: Params,
  { closesAll, size, ...common }: Common,
  type: "Limit" | "Market",
  account: Account,
): Result<Wanted, Refusal> {
  const timeInForce = TIMES.get((params.get("timeInForce") ?? "GTC") as "GTC");
  const price = readFixed(type === "Limit" ? (params.get("price") ?? "") : "0");
  if (timeInForce === undefined) return badParameter("params error: TimeInForce invalid");
  if (price === null) return badParameter("params error: price invalid");
  const held = sizeOf(account, common.symbol, common.positionSide);
  if (common.reduceOnly && held === 0n) return NO_POSITION_TO_REDUCE;
  return ok({
    type: "order",
    order: {
      ...common,
      type: type === "Limit" ? "LIMIT" : "MARKET",
      timeInForce: type === "Limit" ? timeInForce : "IOC",
      price,
      size: closesAll ? absolute(held) : size,
    },
  });
}

/** Waits for a price to rise (1) or fall (2) to its trigger; a stop and a take-profit differ only in that. */
function readConditional(
  params: Params,
  { closesAll, ...common }: Common,
  type: "Limit" | "Market",
): Result<Wanted, Refusal> {
  const [direction, by = "LastPrice"] = [params.get("triggerDirection"), params.get("triggerBy")];
  const trigger = readFixed(params.get("triggerPrice") ?? "");
  const limit = readFixed(type === "Limit" ? (params.get("price") ?? "") : "0");
  if (limit === null) return badParameter("params error: price invalid");
  if (direction !== "1" && direction !== "2") return badParameter("params error: TriggerDirection invalid");
  if (by !== "LastPrice" && by !== "MarkPrice") return badParameter("params error: TriggerBy is not simulated");
  if (trigger === null) return badParameter("params error: trigger_price invalid");
  const isStop = (direction === "2") === (common.side === "sell");
  return ok({
    type: "conditional",
    order: {
      ...common,
      type: isStop ? "STOP_MARKET" : "TAKE_PROFIT_MARKET",
      trigger,
      ...(type === "Limit" && { limit }),
      watches: by === "MarkPrice" ? "MARK_PRICE" : "CONTRACT_PRICE",
      reduceOnly: common.reduceOnly && !closesAll,
      closePosition: closesAll,
    },
  });
}
