import type { Guard } from "@plimsoll/core/policy";
import { type Exact, add, dec, multiply, subtract } from "@plimsoll/core/units";
import * as z from "zod";

export type Trigger = Guard["trigger"];

export const quote = z
  .string()
  .regex(
    /^[a-z0-9-]+:.+:(mark|index|oracle|next-oracle)$/,
    "not a price: write venue:symbol:kind with kind mark, index or oracle, for example binance:BTCUSDT:mark",
  );
export const kindOf = (key: string) => key.split(":").at(-1) as "mark" | "index" | "oracle" | "next-oracle"; // the schema lets no other pass

/** A band ends a fifth of itself beyond its trigger, where the file does not say. */
export const FIFTH = dec("0.2");
const tenths = (text: string) => (value: Exact) => multiply(value, dec(text));
export const [fourFifths, sixFifths, half, fiveQuarters] = [
  tenths("0.8"),
  tenths("1.2"),
  tenths("0.5"),
  tenths("1.25"),
];
export const between = (low: Exact, high: Exact, part: Exact): Exact => add(low, multiply(subtract(high, low), part));

export const rates = z.enum(["present", "worst"]).default("present");

/** One way to write a trigger: its fields, how it is written, and what it becomes. */
export const form = <T extends z.ZodType>(
  fields: T,
  example: string,
  read: (from: z.output<T>, target?: Exact) => Trigger,
) => ({
  fields,
  example,
  read: read as (from: unknown, target?: Exact) => Trigger,
});
