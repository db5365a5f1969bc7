import { type Conditional, type Simulation, marketOf, onStep, settingsOf, accountOf } from "@plimsoll/sim/exchange";
import { posSideOf } from "./account-payload.ts";
import { inContracts, instIdOf } from "./contract.ts";
import { algoNameOf, orderIdOf } from "./names.ts";

const STATES = {
  NEW: "live",
  TRIGGERED: "effective",
  FINISHED: "effective",
  CANCELED: "canceled",
  EXPIRED: "order_failed",
} as const;

/** GET trade/order-algo and its lists. */
export function algoRow({ state }: Simulation, stop: Conditional) {
  const { instrument } = marketOf({ state }, stop.symbol);
  const settings = settingsOf(accountOf({ state }, stop.account), stop.symbol);
  const order = state.orders.get(stop.orderId);
  const trigger = onStep(stop.trigger, instrument.tick);
  const kind = stop.watches === "MARK_PRICE" ? "mark" : "last";
  const isStop = stop.type === "STOP_MARKET";
  const price = stop.limit === undefined ? "-1" : onStep(stop.limit, instrument.tick);
  return {
    instType: "SWAP",
    instId: instIdOf(instrument),
    algoId: orderIdOf(stop.id),
    algoClOrdId: algoNameOf(stop),
    clOrdId: "",
    ordId: order === undefined ? "" : orderIdOf(order.id),
    ordIdList: order === undefined ? [] : [orderIdOf(order.id)],
    ordType: "conditional",
    state: STATES[stop.status],
    side: stop.side,
    posSide: posSideOf(stop.positionSide),
    tdMode: settings.margin,
    ccy: "",
    lever: `${settings.leverage}`,
    sz: stop.closePosition ? "" : inContracts(instrument, stop.size),
    closeFraction: stop.closePosition ? "1" : "",
    reduceOnly: `${stop.reduceOnly || stop.closePosition}`,
    slTriggerPx: isStop ? trigger : "",
    slTriggerPxType: isStop ? kind : "",
    slOrdPx: isStop ? price : "",
    tpTriggerPx: isStop ? "" : trigger,
    tpTriggerPxType: isStop ? "" : kind,
    tpOrdPx: isStop ? "" : price,
    actualSz: order === undefined ? "0" : inContracts(instrument, order.filled),
    actualSide: order === undefined ? "" : isStop ? "sl" : "tp",
    failCode: stop.status === "EXPIRED" ? "1" : "",
    tag: "",
    triggerTime: stop.status === "NEW" || stop.status === "CANCELED" ? "" : `${stop.updatedAt}`,
    cTime: `${stop.createdAt}`,
    uTime: `${stop.updatedAt}`,
  };
}
