import type { Resting, StopTrigger } from "@plimsoll/core/book";
import { subtract } from "@plimsoll/core/units";
import { decimal, restingFrom } from "@plimsoll/venues/wire";
import * as z from "zod";

const amount = decimal(40);
const KINDS = { mark_price: "mark", index_price: "index", last_price: "last" } as const;

const shared = {
  order_id: z.string().min(1),
  instrument_name: z.string().min(1),
  direction: z.enum(["buy", "sell"]),
  label: z.string().default(""),
  amount,
  filled_amount: amount.optional(),
  /** Spot orders have none. */
  reduce_only: z.boolean().default(false),
};
const Open = z.object({
  ...shared,
  order_type: z.enum(["limit", "market", "market_limit"]),
  price: amount,
});
const Trigger = z.object({
  ...shared,
  order_type: z.enum(["stop_limit", "stop_market", "take_limit", "take_market", "trailing_stop"]),
  price: z.union([z.literal("market_price"), amount]),
  trigger: z.enum(["mark_price", "index_price", "last_price"]),
  trigger_price: amount,
});
type TriggerRow = z.output<typeof Trigger>;

/**
 * What lies at the venue (numbers as text); undefined where a row is not what we know, since a list that lacks one is no list.
 * @source private/get_open_orders: it has trigger orders too
 */
export function readResting(rows: readonly unknown[]): readonly Resting[] | undefined {
  const read = z.array(z.union([Trigger, Open])).safeParse(rows);
  return read.success ? read.data.map(restingOf) : undefined;
}

const restingOf = (row: z.output<typeof Open> | TriggerRow): Resting =>
  restingFrom({
    order: row.order_id,
    instrument: row.instrument_name,
    side: row.direction,
    size: row.filled_amount === undefined ? row.amount : subtract(row.amount, row.filled_amount),
    reduceOnly: row.reduce_only,
    reference: row.label === "" ? undefined : row.label,
    trigger: "trigger" in row ? triggerOf(row) : undefined,
    limit: row.price === "market_price" ? undefined : row.price,
  });

/** A stop goes with the loss, a take against it; a trailing stop waits, like a stop, on the losing side. */
const triggerOf = ({ order_type: type, direction, trigger, trigger_price: at }: TriggerRow): StopTrigger => ({
  kind: KINDS[trigger],
  when: type.startsWith("take") === (direction === "sell") ? "at-or-above" : "at-or-below",
  at,
});
