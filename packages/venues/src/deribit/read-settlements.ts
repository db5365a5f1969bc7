import type { BookEvent } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, isZero, ms, ok, text } from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import { readInstrument } from "./instrument.ts";
import { resultOf, whole } from "./raw.ts";

const amount = decimal(40);
const Row = z.object({
  type: z.enum(["settlement", "delivery", "bankruptcy"]),
  timestamp: whole.transform(ms),
  instrument_name: z.string().optional(),
  /** In the quote currency. */
  mark_price: amount.optional(),
  /** At delivery the delivery price. */
  index_price: amount.optional(),
});
const Answer = z.object({ settlements: z.array(Row) });

/** Reads `private/get_settlement_history_by_currency` (numbers as text): sessions and deliveries after a moment. */
export function readSettlements(answer: unknown, holding: HoldingId, since: Ms): Result<readonly BookEvent[], Why> {
  const read = resultOf("settlements", Answer, answer);
  if (!read.ok) return read;
  const fresh = read.value.settlements.filter(({ timestamp }) => timestamp > since);
  const events = fresh.flatMap((row) => eventOf(row, holding));
  // everything of one expiry is delivered together, and each contract of it has a row
  return ok([...new Map(events.map((event) => [event.text, event])).values()]);
}

type Effect = Extract<BookEvent, { type: "effect" }>;

function eventOf({ type, timestamp: at, ...row }: z.infer<typeof Row>, holding: HoldingId): readonly Effect[] {
  const instrument = readInstrument(row.instrument_name ?? "");
  const price = type === "delivery" ? row.index_price : row.mark_price;
  if (type === "bankruptcy" || instrument === undefined || price === undefined || isZero(price)) return [];
  // options have no sessions: what they are worth counts as it is
  if (type === "settlement" && instrument.option !== undefined) return [];
  const body =
    type === "delivery"
      ? { underlying: instrument.underlying, delivery: price }
      : { instrument: instrument.name, mark: price };
  const event = { type: "effect", holding, effect: { was: "settlement", body }, taken: [], fee: [], at } as const;
  const what = type === "delivery" ? instrument.underlying : instrument.name;
  return [{ ...event, text: `${type} of ${what} at ${text(price)}` }];
}
