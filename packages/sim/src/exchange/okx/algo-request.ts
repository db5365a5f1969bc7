import { type Result, ok } from "@plimsoll/core/units";
import {
  type Account,
  type ConditionalRequest,
  type Market,
  type Refusal,
  readFixed,
  refuse,
} from "@plimsoll/sim/exchange";
import type { Params } from "./call.ts";
import { asAlgoName } from "./names.ts";
import { type Common, isName, readCommon, readSize } from "./order-request.ts";
import { badParameter } from "./refusals.ts";

/** A stop, and the margin mode that it names. */
export interface WantedStop {
  readonly order: ConditionalRequest;
  readonly margin: Common["margin"];
}

/** The parameters of POST trade/order-algo that are understood. */
export const ALGO_TAKES: readonly string[] = [
  "instId",
  "tdMode",
  "ccy",
  "algoClOrdId",
  "clOrdId",
  "tag",
  "side",
  "posSide",
  "ordType",
  "sz",
  "closeFraction",
  "reduceOnly",
  "slTriggerPx",
  "slTriggerPxType",
  "slOrdPx",
  "tpTriggerPx",
  "tpTriggerPxType",
  "tpOrdPx",
];

const WATCHES = new Map([
  ["last", "CONTRACT_PRICE"],
  ["mark", "MARK_PRICE"],
] as const);

/** POST trade/order-algo: one stop or one take-profit, at market (-1) or at a limit. @source OKX API documentation, place algo order */
export function readStop(params: Params, market: Market, account: Account): Result<WantedStop, Refusal> {
  const common = readCommon(params, market, account);
  if (!common.ok) return common;
  const { margin, ...rest } = common.value;
  if (params.get("ordType") !== "conditional") return badParameter("ordType");
  if (params.has("slTriggerPx") === params.has("tpTriggerPx")) return badParameter("slTriggerPx");
  const kind = params.has("slTriggerPx") ? "sl" : "tp";
  const trigger = readFixed(params.get(`${kind}TriggerPx`) ?? "");
  if (trigger === null) return badParameter(`${kind}TriggerPx`);
  const watches = WATCHES.get((params.get(`${kind}TriggerPxType`) ?? "last") as "last");
  if (watches === undefined) return badParameter(`${kind}TriggerPxType`);
  const price = params.get(`${kind}OrdPx`) ?? "";
  const limit = price === "-1" ? undefined : readFixed(price);
  if (limit === null) return badParameter(`${kind}OrdPx`);
  const name = params.get("algoClOrdId") ?? "";
  if (!isName(name)) return badParameter("algoClOrdId");
  const amount = readAmount(params, market, rest);
  if (!amount.ok) return amount;
  if (amount.value.closePosition && limit !== undefined)
    return refuse(51_330, "closeFraction is only available for stop market orders");
  const type = kind === "sl" ? "STOP_MARKET" : "TAKE_PROFIT_MARKET";
  const order = { ...rest, ...amount.value, type, trigger, watches, clientId: asAlgoName(name) } as const;
  return ok({ margin, order: limit === undefined ? order : { ...order, limit } });
}

/** A size, or the whole position at the time it fires. */
function readAmount(
  params: Params,
  market: Market,
  { reduceOnly, positionSide }: Omit<Common, "margin">,
): Result<Pick<ConditionalRequest, "size" | "closePosition" | "reduceOnly">, Refusal> {
  if (!params.has("closeFraction")) {
    const size = readSize(params, market);
    return size.ok ? ok({ size: size.value, closePosition: false, reduceOnly }) : size;
  }
  if (params.get("closeFraction") !== "1" || params.has("sz")) return badParameter("closeFraction");
  if (positionSide === "BOTH" && !reduceOnly)
    return refuse(51_328, "closeFraction is only available for reduceOnly orders");
  return ok({ size: 0n, closePosition: true, reduceOnly: false });
}

/** A trigger that the price has already passed. @source OKX API documentation, error codes 51277 to 51280 and 51300 to 51304 */
export function alreadyThere({ type, side, watches }: ConditionalRequest) {
  const isStop = type === "STOP_MARKET";
  const kind = watches === "MARK_PRICE" ? "mark" : "last";
  const mustBe = isStop === (side === "sell") ? "higher" : "lower";
  const codes = {
    last: isStop ? { lower: 51_278, higher: 51_280 } : { higher: 51_277, lower: 51_279 },
    mark: isStop ? { lower: 51_302, higher: 51_304 } : { higher: 51_300, lower: 51_303 },
  };
  return refuse(
    codes[kind][mustBe],
    `${isStop ? "SL" : "TP"} trigger price cannot be ${mustBe} than the ${kind} price`,
  );
}
