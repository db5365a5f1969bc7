import type { Resting, StopTrigger } from "@plimsoll/core/book";
import { type PriceKind, isZero } from "@plimsoll/core/units";
import { restingFrom } from "@plimsoll/venues/wire";
import type { OrderRow } from "./read-rows.ts";

/** What lies at the venue; undefined where a row is not what we know, since a list that lacks one is no list. */
export function readResting(rows: readonly OrderRow[]): readonly Resting[] | undefined {
  const read = rows.map(restingRow);
  return read.every((each) => each !== undefined) ? read : undefined;
}

/** @source bybit-exchange.github.io/docs/v5/order/open-order: a quantity of 0 closes whatever the position is by then */
function restingRow(row: OrderRow): Resting | undefined {
  const { orderId: order, orderLinkId: reference, symbol: instrument, qty, leavesQty, orderType, price } = row;
  const trigger = triggerOf(row);
  const limit = orderType === "Limit" ? price : undefined;
  const size = trigger === undefined ? leavesQty : qty;
  const reduceOnly = row.reduceOnly || row.closeOnTrigger;
  if (reference === undefined || row.orderStatus === undefined || trigger === "unknown" || size === undefined)
    return undefined;
  if ((orderType === "Limit") !== (limit !== undefined) || (isZero(size) && !reduceOnly)) return undefined;
  return restingFrom({
    order,
    reference: reference === "" ? undefined : reference,
    instrument,
    side: row.side === "Buy" ? "buy" : "sell",
    size: isZero(size) ? "all" : size,
    reduceOnly,
    trigger,
    limit,
  });
}

const KINDS: ReadonlyMap<string, PriceKind> = new Map([
  ["MarkPrice", "mark"],
  ["LastPrice", "last"],
  ["IndexPrice", "index"],
]);
const DIRECTIONS: ReadonlyMap<number, StopTrigger["when"]> = new Map([
  [1, "at-or-above"],
  [2, "at-or-below"],
]);

/** What has fired keeps its trigger in the row and waits for none. */
function triggerOf({
  orderStatus,
  triggerPrice: at,
  triggerDirection,
  triggerBy,
}: OrderRow): StopTrigger | "unknown" | undefined {
  if (orderStatus !== "Untriggered") return undefined;
  if (at === undefined) return "unknown";
  const [kind, when] = [KINDS.get(triggerBy ?? ""), DIRECTIONS.get(triggerDirection ?? 0)];
  return kind === undefined || when === undefined ? "unknown" : { kind, when, at };
}
