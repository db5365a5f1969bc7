import type { Resting, StopTrigger } from "@plimsoll/core/book";
import { subtract } from "@plimsoll/core/units";
import { decimal, restingFrom } from "@plimsoll/venues/wire";
import * as z from "zod";
import { readInstrument } from "./instrument.ts";

const amount = decimal(40);
const above = amount.refine(({ digits }) => digits > 0n, "must be above 0");
const KINDS = { mark_price: "mark", index_price: "index", last_price: "last" } as const;

const shared = {
  order_id: z.string().min(1),
  instrument_name: z.string().min(1),
  direction: z.enum(["buy", "sell"]),
  label: z.string().default(""),
  amount: above,
  filled_amount: amount.optional(),
  /** Spot orders have none. */
  reduce_only: z.boolean().default(false),
};
const Open = z.object({
  ...shared,
  order_type: z.enum(["limit", "market", "market_limit"]),
  price: above,
});
const Trigger = z.object({
  ...shared,
  order_type: z.enum(["stop_limit", "stop_market", "take_limit", "take_market", "trailing_stop"]),
  price: z.union([z.literal("market_price"), above]),
  trigger: z.enum(["mark_price", "index_price", "last_price"]),
  trigger_price: above,
});
type TriggerRow = z.output<typeof Trigger>;

const Named = z.looseObject({ instrument_name: z.string() });

/**
 * What lies at the venue (numbers as text) for its contracts; undefined where a row is not what we know, since a list that lacks one is
 * no list. Combinations, whose prices may be below 0, and spot pairs are no contracts of an account and left out.
 * @source private/get_open_orders: it has trigger orders too
 */
export function readResting(rows: readonly unknown[]): readonly Resting[] | undefined {
  const named = z.array(Named).safeParse(rows);
  if (!named.success) return undefined;
  const own = named.data.filter(({ instrument_name: name }) => readInstrument(name) !== undefined);
  const read = z.array(z.union([Trigger, Open])).safeParse(own);
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
