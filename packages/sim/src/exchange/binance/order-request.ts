import { type Result, ok } from "@plimsoll/core/units";
import {
  type ConditionalRequest,
  type OrderRef,
  type OrderRequest,
  type PositionSide,
  readFixed,
  type Refusal,
  refuse,
  type Side,
} from "@plimsoll/sim/exchange";

type Params = ReadonlyMap<string, string>;
const missing = (name: string) =>
  refuse(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);

/** A decimal parameter; absent is 0. */
export function readAmount(params: Params, name: string): Result<bigint, Refusal> {
  const written = params.get(name);
  if (written === undefined || written === "") return ok(0n);
  const value = readFixed(written);
  return value === null
    ? refuse(-1111, `Precision is over the maximum defined for this asset: ${name}=${written}.`)
    : ok(value);
}

function readSides(
  params: Params,
): Result<{ readonly symbol: string; readonly side: Side; readonly positionSide: PositionSide }, Refusal> {
  const [symbol, side, positionSide = "BOTH"] = [params.get("symbol"), params.get("side"), params.get("positionSide")];
  if (symbol === undefined) return missing("symbol");
  if (side !== "BUY" && side !== "SELL") return side === undefined ? missing("side") : refuse(-1117, "Invalid side.");
  if (positionSide !== "BOTH" && positionSide !== "LONG" && positionSide !== "SHORT")
    return refuse(-4060, "Invalid position side.");
  return ok({ symbol, side: side === "BUY" ? "buy" : "sell", positionSide });
}

/** POST fapi/v1/order */
export function readOrder(params: Params): Result<OrderRequest, Refusal> {
  const sides = readSides(params);
  if (!sides.ok) return sides;
  const type = params.get("type");
  if (type === "STOP_MARKET" || type === "TAKE_PROFIT_MARKET" || type === "STOP" || type === "TAKE_PROFIT")
    return refuse(
      -4120,
      "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.",
    );
  if (type !== "LIMIT" && type !== "MARKET")
    return type === undefined ? missing("type") : refuse(-1116, "Invalid orderType.");
  const timeInForce = params.get("timeInForce") ?? "GTC";
  if (type === "LIMIT" && !params.has("timeInForce")) return missing("timeInForce");
  if (timeInForce !== "GTC" && timeInForce !== "IOC" && timeInForce !== "FOK" && timeInForce !== "GTX")
    return refuse(-1115, "Invalid timeInForce.");
  if (!params.has("quantity")) return missing("quantity");
  if (type === "LIMIT" && !params.has("price")) return missing("price");
  const [size, price] = [readAmount(params, "quantity"), readAmount(params, "price")];
  if (!size.ok) return size;
  if (!price.ok) return price;
  const clientId = params.get("newClientOrderId") ?? "";
  if (!/^[.A-Z:/a-z0-9_-]{0,36}$/.test(clientId))
    return refuse(-4015, "Client order id length should be less than 36 chars");
  return ok({
    ...sides.value,
    type,
    timeInForce,
    price: type === "LIMIT" ? price.value : 0n,
    size: size.value,
    reduceOnly: params.get("reduceOnly") === "true",
    clientId,
  });
}

/** The exchange tells a limit by itself, not by the type. */
const CONDITIONALS = new Map([
  ["STOP", "STOP_MARKET"],
  ["STOP_MARKET", "STOP_MARKET"],
  ["TAKE_PROFIT", "TAKE_PROFIT_MARKET"],
  ["TAKE_PROFIT_MARKET", "TAKE_PROFIT_MARKET"],
] as const);

/** POST fapi/v1/algoOrder */
export function readConditional(params: Params): Result<ConditionalRequest, Refusal> {
  const sides = readSides(params);
  if (!sides.ok) return sides;
  const wanted = params.get("type") ?? "";
  const type = CONDITIONALS.get(wanted as "STOP");
  if (type === undefined) return refuse(-1116, "Invalid orderType.");
  const limited = !wanted.endsWith("_MARKET");
  if (limited && !params.has("price")) return missing("price");
  const watches = params.get("workingType") ?? "CONTRACT_PRICE";
  if (watches !== "MARK_PRICE" && watches !== "CONTRACT_PRICE") return refuse(-4077, "Invalid working type.");
  const [size, trigger] = [readAmount(params, "quantity"), readAmount(params, "triggerPrice")];
  const limit = readAmount(params, "price");
  if (!size.ok) return size;
  if (!trigger.ok) return trigger;
  if (!limit.ok) return limit;
  const flags = {
    reduceOnly: params.get("reduceOnly") === "true",
    closePosition: params.get("closePosition") === "true",
  };
  return ok({
    ...sides.value,
    type,
    trigger: trigger.value,
    ...(limited && { limit: limit.value }),
    watches,
    size: size.value,
    ...flags,
    clientId: params.get("clientAlgoId") ?? "",
  });
}

/** By the venue's id or by the owner's, whichever was sent. */
export function readRef(params: Params, id: string, clientId: string): Result<OrderRef, Refusal> {
  const [number, name] = [params.get(id), params.get(clientId)];
  if (number !== undefined) return ok({ id: Number(number) });
  if (name !== undefined) return ok({ clientId: name });
  return refuse(-1102, `Param '${clientId}' or '${id}' must be sent, but both were empty/null!`);
}
