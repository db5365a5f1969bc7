import { type Exact, type Result, type Why, ok } from "@plimsoll/core/units";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { readInstrument } from "./instrument.ts";

const above = decimal(40).refine(({ digits }) => digits > 0n, "must be above 0");
const Row = z.object({
  instrument_name: z.string().min(1),
  kind: z.string(),
  tick_size: above,
  min_trade_amount: above,
  taker_commission: decimal(40),
  max_liquidation_commission: decimal(40).optional(),
});

/** How an instrument trades, as `public/get_instruments` says; margins are not among it. */
export interface Listing {
  readonly instrument: string;
  readonly pair: string;
  readonly kind: "futures" | "options";
  readonly tick: Exact;
  readonly step: Exact;
  readonly takerFee: Exact;
  /** At most, on top of the taker fee; absent where the venue does not say. */
  readonly liquidationFee?: Exact;
}

const reading = readerOf("deribit");

/** Reads a list of instruments (numbers as text, `parseAnswer`); combinations and spot pairs, which have no margin here, are left out. */
export function readInstruments(raw: unknown): Result<readonly Listing[], Why> {
  const read = reading("instruments", z.array(Row), raw);
  if (!read.ok) return read;
  return ok(
    read.value.flatMap((row): Listing[] => {
      const instrument =
        row.kind === "future" || row.kind === "option" ? readInstrument(row.instrument_name) : undefined;
      if (instrument === undefined) return [];
      const liquidationFee = row.max_liquidation_commission;
      return [
        {
          instrument: instrument.name,
          pair: instrument.pair,
          kind: instrument.option === undefined ? "futures" : "options",
          tick: row.tick_size,
          step: row.min_trade_amount,
          takerFee: row.taker_commission,
          ...(liquidationFee !== undefined && { liquidationFee }),
        },
      ];
    }),
  );
}
