import { type Exact, type Result, type Why, larger, multiply, ok } from "@plimsoll/core/units";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Listing } from "./read-instruments.ts";

const Fee = z.object({
  kind: z.string(),
  index_name: z.string(),
  value: z.object({ default: z.object({ type: z.enum(["fixed", "relative"]), taker: decimal(40) }) }),
});
export type OwnFee = z.infer<typeof Fee>;

const reading = readerOf("deribit");

/** The account's own fees, which stand in each currency's summary (numbers as text); empty where the venue tells none. */
export function readFees(summaries: unknown): Result<readonly OwnFee[], Why> {
  const read = reading("fees", z.array(z.object({ fees: z.array(Fee).default([]) })), summaries);
  return read.ok ? ok(read.value.flatMap(({ fees }) => fees)) : read;
}

/**
 * What the account pays as taker: a rate of its own, or a share of the listed one. Of perpetuals and dated futures, which one
 * rule covers here, the dearer.
 * @returns undefined where the venue tells none for this kind of contract.
 */
export function takerFeeOf({ pair, kind, takerFee }: Listing, fees: readonly OwnFee[]): Exact | undefined {
  const kinds = kind === "options" ? ["option"] : ["perpetual", "future"];
  return fees
    .filter((each) => each.index_name === pair && kinds.includes(each.kind))
    .map(({ value: { default: own } }) => (own.type === "fixed" ? own.taker : multiply(takerFee, own.taker)))
    .reduce<Exact | undefined>((most, each) => (most === undefined ? each : larger(most, each)), undefined);
}
