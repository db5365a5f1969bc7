import type { BookEvent } from "@plimsoll/core/book";
import {
  type Exact,
  type HoldingId,
  type Result,
  type Why,
  ZERO,
  assetId,
  compare,
  fail,
  isZero,
  magnitude,
  negate,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import { NO_NEWS, type StreamNews } from "@plimsoll/venues/exchange";
import { readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { indexKey, markKey } from "./quotes.ts";
import { figureOrNone, side, venueTime } from "./raw.ts";
import { type VenuePrice, readIndexes, readMarks } from "./read-rates.ts";
import type { ForcedFill } from "./venue-effect.ts";
import { OKX } from "./written.ts";

const Message = z.object({ arg: z.object({ channel: z.string() }), data: z.array(z.unknown()) });
const Trouble = z.object({ event: z.literal("error"), code: z.string(), msg: z.string() });

const Order = z.object({
  instType: z.string(),
  instId: z.string(),
  category: z.string(),
  side: z.enum(["buy", "sell"]),
  posSide: z.union([side, z.literal("")]),
  tdMode: z.string(),
  fillSz: figureOrNone,
  fillPx: figureOrNone,
  accFillSz: figureOrNone.optional(),
  /** Of this fill. */
  fillFee: figureOrNone.optional(),
  fillFeeCcy: z.string().optional(),
  /** Of the order so far. */
  fee: figureOrNone,
  feeCcy: z.string(),
  uTime: venueTime,
});

const read = readerOf(OKX);

/** Reads one socket message; channels that are not about prices, positions or balances say nothing. */
export function readStream(message: unknown, holding: HoldingId): Result<StreamNews, Why> {
  const trouble = Trouble.safeParse(message);
  if (trouble.success)
    return fail(
      why("okx/stream-refused", {
        code: trouble.data.code,
        detail: trouble.data.msg,
        next: "the stream is opened again",
      }),
    );
  const parsed = Message.safeParse(message);
  if (!parsed.success)
    return isPush(message)
      ? read(
          "socket message",
          Message.transform(() => NO_NEWS),
          message,
        )
      : ok(NO_NEWS);
  const { arg, data } = parsed.data;
  switch (arg.channel) {
    case "mark-price":
      return pricesOf(readMarks({ code: "0", data }), (each) => ({
        type: "price",
        key: markKey(each.of),
        price: each.price,
        kind: "mark",
        at: each.at,
      }));
    case "index-tickers":
      return pricesOf(readIndexes({ code: "0", data }), (each) => ({
        type: "price",
        key: indexKey(each.of),
        price: each.price,
        kind: "index",
        at: each.at,
      }));
    case "account":
    case "positions":
    case "orders-algo":
      return ok({ ...NO_NEWS, changed: true });
    case "orders":
      return ordersOf(data, holding);
    default:
      return ok(NO_NEWS);
  }
}

/** A message with data of a channel, however damaged; answers to subscriptions and logins are none. */
const isPush = (message: unknown): boolean => typeof message === "object" && message !== null && "data" in message;

function pricesOf(
  prices: Result<readonly VenuePrice[], Why>,
  eventOf: (price: VenuePrice) => BookEvent,
): Result<StreamNews, Why> {
  if (!prices.ok) return prices;
  const at = prices.value[0]?.at;
  return ok({ events: prices.value.map(eventOf), ...(at !== undefined && { at }), changed: false });
}

function ordersOf(data: readonly unknown[], holding: HoldingId): Result<StreamNews, Why> {
  const orders = read("orders", z.array(Order), data);
  if (!orders.ok) return orders;
  const at = orders.value[0]?.uTime;
  return ok({
    events: orders.value.flatMap((each) => forcedTrade(each, holding)),
    ...(at !== undefined && { at }),
    changed: true,
  });
}

/** @source OKX API documentation, order channel, `category`: forced orders; `fee` is below 0 where it is paid. */
const FORCED: Readonly<Record<string, "liquidation" | "adl">> = {
  full_liquidation: "liquidation",
  partial_liquidation: "liquidation",
  adl: "adl",
};

function forcedTrade(order: z.infer<typeof Order>, holding: HoldingId): readonly BookEvent[] {
  const was = Object.hasOwn(FORCED, order.category) ? FORCED[order.category] : undefined;
  const { fillSz: contracts, fillPx: price, instId: instrument, posSide, uTime: at } = order;
  const isContract = order.instType === "SWAP" || order.instType === "FUTURES";
  if (was === undefined || !isContract || posSide === "") return [];
  if (contracts === undefined || price === undefined || isZero(contracts)) return [];
  const charged = feeOf(order, contracts);
  const body = {
    instrument,
    side: posSide,
    isolated: order.tdMode === "isolated",
    contracts,
    price,
    fee: charged === undefined ? ZERO : negate(charged.amount),
  } satisfies ForcedFill;
  const paid =
    charged === undefined || isZero(charged.amount)
      ? []
      : [{ asset: assetId(charged.coin), amount: magnitude(charged.amount) }];
  return [
    {
      type: "effect",
      holding,
      effect: { was, body },
      taken: [],
      fee: paid,
      text: `${was}: ${order.side} ${text(contracts)} ${instrument} at ${text(price)}`,
      at,
    },
  ];
}

/**
 * The fee of one fill, below 0 where it is paid: told by itself, or the order's while this is its only fill. Undefined where only
 * the sum of several fills is told: then no fee is claimed, and the next reading shows what was paid.
 */
function feeOf(
  { fillFee, fillFeeCcy, fee, feeCcy, accFillSz }: z.infer<typeof Order>,
  contracts: Exact,
): { readonly amount: Exact; readonly coin: string } | undefined {
  if (fillFee !== undefined && fillFeeCcy !== undefined) return { amount: fillFee, coin: fillFeeCcy };
  const isOnlyFill = accFillSz !== undefined && compare(accFillSz, contracts) === 0;
  return fee === undefined || !isOnlyFill ? undefined : { amount: fee, coin: feeCcy };
}
