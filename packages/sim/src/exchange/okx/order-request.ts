import { type Result, ok } from "@plimsoll/core/units";
import {
  type Account,
  type Market,
  type OrderRequest,
  type PositionSide,
  type Refusal,
  type Side,
  readFixed,
  settingsOf,
  sidesOf,
  sizeOf,
} from "@plimsoll/sim/exchange";
import { posSideOf } from "./account-payload.ts";
import type { Params } from "./call.ts";
import { inCoins } from "./contract.ts";
import { NOTHING_TO_REDUCE, badParameter, inVenueCodes } from "./refusals.ts";

/** What orders and stops have in common. */
export interface Common {
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly reduceOnly: boolean;
  readonly margin: "cross" | "isolated";
}
/** An order, and the margin mode that it names. */
export interface WantedOrder {
  readonly order: OrderRequest;
  readonly margin: Common["margin"];
}

const TIMES = new Map([
  ["limit", "GTC"],
  ["market", "IOC"],
  ["ioc", "IOC"],
  ["fok", "FOK"],
  ["post_only", "GTX"],
] as const);
/** An owner's name: letters and digits. @source OKX API documentation, place order */
export const isName = (name: string): boolean => /^[0-9A-Za-z]{0,32}$/.test(name);

/** The parameters of POST trade/order that are understood; attached stops, options and spot fields are not simulated. */
export const ORDER_TAKES: readonly string[] = [
  "instId",
  "tdMode",
  "ccy",
  "clOrdId",
  "tag",
  "side",
  "posSide",
  "ordType",
  "sz",
  "px",
  "reduceOnly",
];

/** POST trade/order. @source OKX API documentation, place order */
export function readOrder(params: Params, market: Market, account: Account): Result<WantedOrder, Refusal> {
  const common = readCommon(params, market, account);
  if (!common.ok) return common;
  const { margin, ...rest } = common.value;
  const type = params.get("ordType") ?? "";
  const timeInForce = TIMES.get(type as "limit");
  if (timeInForce === undefined) return badParameter("ordType");
  const size = readSize(params, market);
  if (!size.ok) return size;
  const price = type === "market" ? 0n : readFixed(params.get("px") ?? "");
  if (price === null) return badParameter("px");
  const clientId = params.get("clOrdId") ?? "";
  if (!isName(clientId)) return badParameter("clOrdId");
  const reducing = reduces(rest);
  if (reducing && !canReduce(account, common.value)) return NOTHING_TO_REDUCE;
  return ok({
    margin,
    order: { ...rest, type: type === "market" ? "MARKET" : "LIMIT", timeInForce, price, size: size.value, clientId },
  });
}

export function readCommon(params: Params, market: Market, account: Account): Result<Common, Refusal> {
  const { side, tdMode, posSide = "net", reduceOnly = "false", ccy = "" } = Object.fromEntries(params);
  if (tdMode !== "cross" && tdMode !== "isolated") return badParameter("tdMode");
  if (side !== "buy" && side !== "sell") return badParameter("side");
  if (reduceOnly !== "true" && reduceOnly !== "false") return badParameter("reduceOnly");
  if (ccy !== "" && ccy !== market.instrument.quote) return badParameter("ccy");
  const positionSide = sidesOf(account).find((each) => posSideOf(each) === posSide);
  if (positionSide === undefined) return badParameter("posSide");
  // in long/short mode the sides alone say whether an order reduces
  const flag = reduceOnly === "true" && positionSide === "BOTH";
  return ok({ symbol: market.instrument.symbol, side, positionSide, reduceOnly: flag, margin: tdMode });
}

export function readSize(params: Params, { instrument }: Market): Result<bigint, Refusal> {
  const contracts = readFixed(params.get("sz") ?? "");
  if (contracts === null || contracts <= 0n) return badParameter("sz");
  const coins = inCoins(instrument, contracts);
  return coins === null ? { ok: false, failure: inVenueCodes({ code: -1111, msg: "" }) } : ok(coins);
}

export const reduces = ({ reduceOnly, positionSide, side }: Omit<Common, "margin">): boolean =>
  reduceOnly || (positionSide === "LONG" && side === "sell") || (positionSide === "SHORT" && side === "buy");

/** Whether a position lies on the other side, in the margin mode that the order names. */
export function canReduce(account: Account, { symbol, positionSide, side, margin }: Common): boolean {
  const held = sizeOf(account, symbol, positionSide);
  return settingsOf(account, symbol).margin === margin && (side === "sell" ? held > 0n : held < 0n);
}
