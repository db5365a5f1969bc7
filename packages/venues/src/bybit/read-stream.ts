import type { BookEvent } from "@plimsoll/core/book";
import { type HoldingId, type Ms, assetId, isNegative, isZero, text } from "@plimsoll/core/units";
import { NO_NEWS, Sequence, type StreamNews } from "@plimsoll/venues/exchange";
import * as z from "zod";
import type { Body, Position } from "./holding.ts";
import { markKey } from "./quotes.ts";
import { amountOrZero, figure, figureOrNone, moment } from "./raw.ts";
import { read } from "./read-holding.ts";
import { BYBIT } from "./written.ts";

const name = z.string().min(1);
const when = moment.pipe(z.custom<Ms>((at) => at !== undefined, "no moment"));

/** A snapshot or a change: a change names only what changed. */
const Ticker = z.object({ ts: when, data: z.object({ symbol: name, markPrice: figureOrNone }) });

const Positions = z.object({
  creationTime: when,
  data: z.array(z.object({ symbol: name, positionIdx: z.number().int(), seq: z.number().int().optional() })),
});

const Executions = z.object({
  creationTime: when,
  data: z.array(
    z.object({
      category: z.string(),
      symbol: name,
      execType: z.string(),
      side: z.enum(["Buy", "Sell"]),
      execQty: figure,
      execPrice: figure,
      execFee: amountOrZero,
    }),
  ),
});
type Execution = z.output<typeof Executions>["data"][number];

/** @source bybit-exchange.github.io/docs/v5/enum, execType */
const FORCED = new Map([
  ["BustTrade", "liquidation"],
  ["AdlTrade", "adl"],
] as const);

/**
 * Reads the socket messages of one account. A message that cannot be read loses the account until it is read whole again, which
 * every message about the account asks for.
 */
export class StreamReader {
  readonly #holding: HoldingId;
  readonly #sequence = new Sequence(BYBIT);
  #positions: readonly Position[] = [];

  constructor(holding: HoldingId) {
    this.#holding = holding;
  }

  /** The account as last read: an execution names neither the side of hedge mode nor the coin. */
  know({ positions }: Body): void {
    this.#positions = positions;
  }

  /** What a message says; those that are not about prices or the account say nothing. */
  read(message: unknown): StreamNews {
    const topic = z.object({ topic: z.string() }).safeParse(message).data?.topic ?? "";
    if (topic.startsWith("tickers.")) return this.#told(Ticker, message, tickerNews);
    const [about = ""] = topic.split(".");
    switch (about) {
      case "position":
        return this.#told(Positions, message, (data) => this.#positionNews(data));
      case "execution":
        return this.#told(Executions, message, ({ creationTime: at, data }) => ({
          events: data.flatMap((each) => this.#forced(each, at)),
          at,
          changed: true,
        }));
      case "order":
      case "wallet":
        return { ...NO_NEWS, changed: true };
      default:
        return NO_NEWS;
    }
  }

  #told<S extends z.ZodType>(schema: S, message: unknown, tell: (data: z.output<S>) => StreamNews): StreamNews {
    const parsed = read("socket message", schema, message);
    if (parsed.ok) return tell(parsed.value);
    return { events: [{ type: "lost", what: this.#holding, why: parsed.failure }], changed: true };
  }

  /** A number that falls is an older state after a newer one. */
  #positionNews({ creationTime: at, data }: z.output<typeof Positions>): StreamNews {
    const missed = data.flatMap(({ symbol, positionIdx, seq }) =>
      seq === undefined ? [] : (this.#sequence.missed(`position ${symbol} ${positionIdx}`, seq) ?? []),
    );
    const events = missed.map((why): BookEvent => ({ type: "lost", what: this.#holding, why }));
    return { events, at, changed: true };
  }

  /** A trade that the venue made for us; of a position that was not read before nothing is claimed but that it changed. */
  #forced({ symbol, execType, side, execQty: size, execPrice: price, execFee: fee }: Execution, at: Ms): BookEvent[] {
    const was = FORCED.get(execType as "BustTrade");
    // what sells closes a long: in hedge mode that names the side
    const held = this.#positions.find((each) => each.symbol === symbol && isNegative(each.size) === (side === "Buy"));
    if (was === undefined || held === undefined || isZero(size) || isZero(price)) return [];
    const trade = side === "Buy" ? "buy" : "sell";
    return [
      {
        type: "effect",
        holding: this.#holding,
        effect: { was, body: { symbol, side: held.side, trade, size, price, fee } },
        taken: [],
        fee: isZero(fee) ? [] : [{ asset: assetId(held.coin), amount: fee }],
        text: `${was}: ${trade} ${text(size)} ${symbol} at ${text(price)}`,
        at,
      },
    ];
  }
}

function tickerNews({ ts: at, data: { symbol, markPrice: price } }: z.output<typeof Ticker>): StreamNews {
  if (price === undefined || isZero(price) || isNegative(price)) return { ...NO_NEWS, at };
  return { events: [{ type: "price", key: markKey(symbol), price, kind: "mark", at }], at, changed: false };
}
