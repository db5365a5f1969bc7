import type { Flow, Reply } from "@plimsoll/core/book";
import { type Result, type Why, assetId, fail, negate, ok, subtract, text, why, ZERO } from "@plimsoll/core/units";
import { sumFlows } from "@plimsoll/venues/exchange";
import * as z from "zod";
import { unreadable, venueNumber } from "./raw.ts";

const Order = z.object({
  orderId: z.union([z.string(), z.number()]).transform(String),
  status: z.string(),
  origQty: venueNumber,
  executedQty: venueNumber,
});
export type VenueOrder = z.infer<typeof Order>;

export function readOrder(raw: unknown): Result<VenueOrder, Why> {
  const parsed = Order.safeParse(raw);
  return parsed.success ? ok(parsed.data) : fail(unreadable("order", parsed.error));
}

/** What the state of an order means; an order that ended with a part filled is expired, its facts say how much was done. */
export function replyOf({ status, origQty, executedQty }: VenueOrder, flows: readonly Flow[]): Reply {
  switch (status) {
    case "NEW":
      return { is: "accepted" };
    case "PARTIALLY_FILLED":
      return { is: "partly", done: executedQty, left: subtract(origQty, executedQty) };
    case "FILLED":
      return { is: "done", flows };
    case "CANCELED":
    case "EXPIRED":
    case "EXPIRED_IN_MATCH":
    case "REJECTED":
      return { is: "expired", why: ended(status, text(executedQty), text(origQty)), done: executedQty };
    default:
      return { is: "ambiguous", why: why("binance/unknown-status", { status, next: "ask again" }) };
  }
}

const Stop = z.object({
  algoStatus: z.string(),
  /** The order that it became. */
  actualOrderId: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((id) => (id === "" || id === 0 || id == null ? undefined : String(id))),
});
export type VenueStop = z.output<typeof Stop>;

export function readStop(raw: unknown): Result<VenueStop, Why> {
  const parsed = Stop.safeParse(raw);
  return parsed.success ? ok(parsed.data) : fail(unreadable("algoOrder", parsed.error));
}

/** What the state of a stop means that has not become an order. @source Binance USD-M documentation, algo order, algoStatus */
export function stopReply({ algoStatus: status }: VenueStop): Reply {
  switch (status) {
    case "NEW":
    case "TRIGGERING":
    case "TRIGGERED":
      return { is: "accepted" };
    case "CANCELED":
    case "EXPIRED":
    case "REJECTED":
      return { is: "expired", why: stopEnded(status), done: ZERO };
    case "FINISHED": // it became an order, and the venue does not say which
      return { is: "expired", why: stopEnded(status) };
    default:
      return { is: "ambiguous", why: why("binance/unknown-status", { status, next: "ask again" }) };
  }
}

const stopEnded = (status: string): Why =>
  why("binance/stop-ended", { status, next: "it protects nothing any more: place another, or reduce now" });

const ended = (status: string, done: string, asked: string): Why =>
  why("binance/order-ended", {
    status,
    done,
    asked,
    next: "read the account again; the guard decides on what is left",
  });

const Trades = z.array(
  z.object({
    realizedPnl: venueNumber,
    commission: venueNumber,
    commissionAsset: z.string(),
    marginAsset: z.string().optional(),
  }),
);

/** Money that moved with the trades of an order: profit realised in the margin asset, commission in its own. */
export function readFlows(raw: unknown, marginAsset: string): Result<readonly Flow[], Why> {
  const parsed = Trades.safeParse(raw);
  if (!parsed.success) return fail(unreadable("userTrades", parsed.error));
  return ok(
    sumFlows(
      parsed.data.flatMap(({ realizedPnl, commission, commissionAsset }) => [
        { asset: assetId(marginAsset), amount: realizedPnl },
        { asset: assetId(commissionAsset), amount: negate(commission) },
      ]),
    ),
  );
}
