import type { Reply } from "@plimsoll/core/book";
import { type Exact, assetId, subtract, text, why, ZERO } from "@plimsoll/core/units";
import { sumFlows } from "@plimsoll/venues/exchange";
import { readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { answerOf, figure, figureOrNone } from "./raw.ts";
import { OKX } from "./written.ts";

const Order = z.object({
  ordId: z.string().min(1),
  state: z.string(),
  cancelSource: z.string().default(""),
  sz: figure,
  accFillSz: figure,
  pnl: figureOrNone,
  fee: figureOrNone,
  feeCcy: z.string().default(""),
});
export type VenueOrder = z.output<typeof Order>;

const Stop = z.object({
  algoId: z.string().min(1),
  state: z.string(),
  failCode: z.string().default(""),
  ordId: z.string().default(""),
  ordIdList: z.array(z.string()).default([]),
});
export type VenueStop = z.output<typeof Stop>;

const read = readerOf(OKX);
export const readOrders = (raw: unknown) => read("order", answerOf(Order), raw);
export const readStops = (raw: unknown) => read("algo order", answerOf(Stop), raw);
/** The order that a stop became; undefined before. */
export const orderOf = ({ ordId, ordIdList }: VenueStop): string | undefined =>
  ordIdList[0] ?? (ordId === "" ? undefined : ordId);

/** What the state of an order means; profit is counted in `coin`, a fee paid is below 0. @source OKX documentation, order details */
export function replyOf({ state, cancelSource, sz, accFillSz: done, ...money }: VenueOrder, coin: string): Reply {
  switch (state) {
    case "live":
      return { is: "accepted" };
    case "partially_filled":
      return { is: "partly", done, left: subtract(sz, done) };
    case "filled":
      return { is: "done", flows: flowsOf(money, coin) };
    case "canceled":
    case "mmp_canceled":
      return { is: "expired", why: ended(state, cancelSource, done, sz), done };
    default:
      return { is: "ambiguous", why: why("okx/unknown-status", { status: state, next: "ask again" }) };
  }
}

const flowsOf = ({ pnl, fee, feeCcy }: Pick<VenueOrder, "pnl" | "fee" | "feeCcy">, coin: string) =>
  sumFlows([
    ...(pnl === undefined ? [] : [{ asset: assetId(coin), amount: pnl }]),
    ...(fee === undefined ? [] : [{ asset: assetId(feeCcy === "" ? coin : feeCcy), amount: fee }]),
  ]);

/** What the state of a stop means that has not become an order. @source OKX documentation, algo order details, `state` */
export function stopReply({ state, failCode }: VenueStop): Reply {
  switch (state) {
    case "live":
    case "pause":
    case "effective":
    case "partially_effective":
      return { is: "accepted" };
    case "canceled":
    case "order_failed":
      return { is: "expired", why: stopEnded(state, failCode), done: ZERO };
    case "partially_failed": // a part of it became an order, and the venue does not say which
      return { is: "expired", why: stopEnded(state, failCode) };
    default:
      return { is: "ambiguous", why: why("okx/unknown-status", { status: state, next: "ask again" }) };
  }
}

const stopEnded = (status: string, reason: string) =>
  why("okx/stop-ended", { status, reason, next: "it protects nothing any more: place another, or reduce now" });

const ended = (status: string, reason: string, done: Exact, asked: Exact) =>
  why("okx/order-ended", {
    status,
    reason,
    done: text(done),
    asked: text(asked),
    next: "read the account again; the guard decides on what is left",
  });
