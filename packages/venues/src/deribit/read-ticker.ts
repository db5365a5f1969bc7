import {
  type Exact,
  type Ms,
  type PriceKind,
  type QuoteKey,
  type Result,
  type Why,
  ZERO,
  dec,
  isZero,
  ms,
  multiply,
  ok,
  quotient,
} from "@plimsoll/core/units";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Funding } from "./holding.ts";
import { basisKey, deliveryKey, indexKey, readInstrument, volKey } from "./instrument.ts";

const amount = decimal(40);
const Ticker = z.object({
  instrument_name: z.string().refine((name) => readInstrument(name) !== undefined, "not the name of an instrument"),
  timestamp: z
    .string()
    .regex(/^\d+$/)
    .transform((at) => ms(Number(at))),
  index_price: amount,
  mark_price: amount,
  estimated_delivery_price: amount.optional(),
  /** Of an option: percent, and the price that it follows. */
  mark_iv: amount.optional(),
  underlying_price: amount.optional(),
  /** Of a perpetual: for 8 hours. */
  current_funding: amount.optional(),
});

/** What one ticker, or the head of an order book, tells. */
export interface ReadTicker {
  readonly prices: readonly {
    readonly key: QuoteKey;
    readonly price: Exact;
    readonly kind: PriceKind;
    readonly at: Ms;
  }[];
  readonly funding?: Funding;
}

const reading = readerOf("deribit");
const BASIS_SCALE = 18;
const PERCENT = dec("0.01");

/** Reads a ticker (its numbers as text, `parseAnswer`): index, basis, vol of an option, the delivery price so far, the funding rate. */
export function readTicker(raw: unknown): Result<ReadTicker, Why> {
  const read = reading("ticker", Ticker, raw);
  if (!read.ok) return read;
  const { instrument_name: name, timestamp: at, index_price: index, mark_iv: iv, current_funding: rate } = read.value;
  const { pair, underlying, option, expiry } = readInstrument(name)!;
  const followed = option === undefined ? read.value.mark_price : read.value.underlying_price;
  const delivery = read.value.estimated_delivery_price;
  const known = (key: QuoteKey, price: Exact | undefined, kind: PriceKind) =>
    price === undefined || isZero(price) ? [] : [{ key, price, kind, at }];
  const basis = followed === undefined || isZero(index) ? ZERO : quotient(followed, index, BASIS_SCALE, "half-even");
  return ok({
    prices: [
      ...known(indexKey(pair), index, "index"),
      ...known(basisKey(underlying), basis, "mark"),
      ...known(deliveryKey(pair), delivery, "index"),
      ...known(volKey(name), iv === undefined ? undefined : multiply(iv, PERCENT), "mark"),
    ],
    ...(expiry === undefined && rate !== undefined && { funding: { instrument: name, rate, from: at } }),
  });
}
