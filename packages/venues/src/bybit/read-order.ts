import type { Flow, Reply } from "@plimsoll/core/book";
import { type Exact, assetId, isZero, negate, subtract, text, why } from "@plimsoll/core/units";
import { sumFlows } from "@plimsoll/venues/exchange";
import * as z from "zod";
import { amountOrZero, answer, figure } from "./raw.ts";
import { read } from "./read-holding.ts";

const Order = z.object({
  orderId: z.string().min(1),
  orderStatus: z.string(),
  rejectReason: z.string().default(""),
  qty: figure,
  cumExecQty: amountOrZero,
});
export type VenueOrder = z.output<typeof Order>;

const Orders = answer(z.object({ list: z.array(Order) }));
export const readOrders = (raw: unknown) => read("order", Orders, raw);

/** What the state of an order or stop means. @source bybit-exchange.github.io/docs/v5/enum, orderStatus */
export function replyOf({ orderStatus: status, rejectReason, qty, cumExecQty: done }: VenueOrder): Reply {
  switch (status) {
    case "New":
    case "Untriggered":
    case "Triggered":
    case "Created":
      return { is: "accepted" };
    case "PartiallyFilled":
      return { is: "partly", done, left: subtract(qty, done) };
    case "Filled":
      return { is: "done", flows: [] };
    case "Cancelled":
    case "PartiallyFilledCanceled":
    case "Rejected":
    case "Deactivated":
      return { is: "expired", why: ended(status, rejectReason, done, qty), done };
    default:
      return { is: "ambiguous", why: why("bybit/unknown-status", { status, next: "ask again" }) };
  }
}

/** Whether an order or stop still waits. */
export const isOpen = (order: VenueOrder): boolean => ["accepted", "partly"].includes(replyOf(order).is);

const ended = (status: string, reason: string, done: Exact, asked: Exact) =>
  why("bybit/order-ended", {
    status,
    reason,
    done: text(done),
    asked: text(asked),
    next: "read the account again; the guard decides on what is left",
  });

const Executions = answer(
  z.object({ list: z.array(z.object({ execFee: amountOrZero, execPnl: amountOrZero, feeCurrency: z.string() })) }),
);

/** Money that moved with the fills of an order: profit realised in the settlement coin, fees in their own. */
export function readFlows(raw: unknown, coin: string): readonly Flow[] {
  const executions = read("execution/list", Executions, raw);
  if (!executions.ok) return [];
  return sumFlows(
    executions.value.result.list.flatMap(({ execFee, execPnl, feeCurrency }) => [
      { asset: assetId(coin), amount: execPnl },
      { asset: assetId(feeCurrency === "" ? coin : feeCurrency), amount: negate(execFee) },
    ]),
  );
}

const Margins = answer(
  z.object({ list: z.array(z.object({ positionIdx: z.number(), size: figure, positionBalance: figure })) }),
);

/** The margin posted to a position; undefined where it is gone, or the answer says nothing. */
export function readMargin(raw: unknown, index: number): Exact | undefined {
  const rows = read("position/list", Margins, raw);
  const row = rows.ok ? rows.value.result.list.find(({ positionIdx }) => positionIdx === index) : undefined;
  return row === undefined || isZero(row.size) ? undefined : row.positionBalance;
}
