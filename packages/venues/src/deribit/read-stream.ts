import type { BookEvent } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, assetId, isZero, ms, ok, text } from "@plimsoll/core/units";
import { NO_NEWS, type StreamNews } from "@plimsoll/venues/exchange";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { indexKey } from "./instrument.ts";
import { whole } from "./raw.ts";
import { readTicker } from "./read-ticker.ts";

const amount = decimal(40);
const time = whole.transform(ms);
const Message = z.object({ method: z.string(), params: z.object({ channel: z.string(), data: z.unknown() }) });
const Index = z.object({ timestamp: time, index_name: z.string().min(1), price: amount });
const Portfolio = z.object({ currency: z.string().min(1), balance: amount, margin_model: z.string() });
const Trade = z.object({
  instrument_name: z.string().min(1),
  timestamp: time,
  direction: z.enum(["buy", "sell"]),
  amount,
  price: amount,
  fee: amount,
  fee_currency: z.string().min(1),
  /** Which side we were: maker or taker. */
  liquidity: z.enum(["M", "T"]),
  /** Which side was being liquidated: maker, taker, both. */
  liquidation: z.enum(["M", "T", "MT"]).optional(),
});
const Changes = z.object({ trades: z.array(Trade).default([]) });

const reading = readerOf("deribit");

/** Reads the messages of one account's connection (numbers as text). */
export class StreamReader {
  readonly #holding: HoldingId;
  /** Balance and margin model by currency as last told: sums move with every mark, these do not. */
  readonly #told = new Map<string, string>();

  constructor(holding: HoldingId) {
    this.#holding = holding;
  }

  /** Messages that are not about prices or the account say nothing. */
  read(message: unknown): Result<StreamNews, Why> {
    // what ccxt could not parse arrives as the text that it is
    if (typeof message === "string") return reading("socket message", z.never(), message);
    const read = Message.safeParse(message);
    if (!read.success || read.data.method !== "subscription") return ok(NO_NEWS);
    const { channel, data } = read.data.params;
    const [kind, of] = channel.split(".");
    if (kind === "ticker") return tickerNews(data);
    if (kind === "deribit_price_index") return indexNews(data);
    if (kind !== "user") return ok(NO_NEWS);
    return of === "portfolio" ? this.#portfolio(data) : this.#changes(data);
  }

  /** Funding and marks change the sums all the time; only what is deposited, settled or switched asks for a fresh reading. */
  #portfolio(data: unknown): Result<StreamNews, Why> {
    const read = reading("user.portfolio", Portfolio, data);
    if (!read.ok) return read;
    const { currency, balance, margin_model: model } = read.value;
    const now = `${text(balance)} ${model}`;
    const changed = this.#told.get(currency) !== now;
    this.#told.set(currency, now);
    return ok({ ...NO_NEWS, changed });
  }

  #changes(data: unknown): Result<StreamNews, Why> {
    const read = reading("user.changes", Changes, data);
    if (!read.ok) return read;
    const events = read.value.trades.flatMap((trade) => forcedTrade(trade, this.#holding));
    const [last] = read.value.trades.map(({ timestamp }) => timestamp).toSorted((a, b) => b - a);
    return ok({ events, changed: true, ...(last !== undefined && { at: last }) });
  }
}

function tickerNews(data: unknown): Result<StreamNews, Why> {
  const read = readTicker(data);
  if (!read.ok) return read;
  const [first] = read.value.prices;
  const events = read.value.prices.map((price): BookEvent => ({ type: "price", ...price }));
  return ok({ events, changed: false, ...(first !== undefined && { at: first.at }) });
}

function indexNews(data: unknown): Result<StreamNews, Why> {
  const read = reading("deribit_price_index", Index, data);
  if (!read.ok) return read;
  const { timestamp: at, index_name: pair, price } = read.value;
  const event: BookEvent = { type: "price", key: indexKey(pair), price, kind: "index", at };
  return ok({ events: isZero(price) ? [] : [event], at, changed: false });
}

/** A trade that the venue made for us: our side of it was being liquidated. */
function forcedTrade(trade: z.infer<typeof Trade>, holding: HoldingId): readonly BookEvent[] {
  const { instrument_name: instrument, direction: side, amount: size, price, fee, timestamp: at } = trade;
  if (trade.liquidation?.includes(trade.liquidity) !== true || isZero(size) || isZero(price)) return [];
  return [
    {
      type: "effect",
      holding,
      effect: { was: "liquidation", body: { instrument, side, size, price, fee } },
      taken: [],
      fee: isZero(fee) ? [] : [{ asset: assetId(trade.fee_currency), amount: fee }],
      text: `liquidation: ${side} ${text(size)} ${instrument} at ${text(price)}`,
      at,
    },
  ];
}
