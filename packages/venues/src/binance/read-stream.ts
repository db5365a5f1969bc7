import type { BookEvent } from "@plimsoll/core/book";
import {
  type HoldingId,
  assetId,
  type Result,
  type Why,
  fail,
  isNegative,
  isZero,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import { NO_NEWS, type StreamNews } from "@plimsoll/venues/exchange";
import * as z from "zod";
import { markKey } from "./position.ts";
import { side, unreadable, venueNumber, venueTime } from "./raw.ts";

const Mark = z.object({ e: z.literal("markPriceUpdate"), E: venueTime, s: z.string(), p: venueNumber });

const AccountUpdate = z.object({
  e: z.literal("ACCOUNT_UPDATE"),
  E: venueTime,
  a: z.object({
    m: z.string(),
    B: z.array(z.object({ a: z.string(), bc: venueNumber })),
    P: z.array(z.object({ s: z.string(), ps: side, mt: z.string() })).default([]),
  }),
});

const OrderUpdate = z.object({
  e: z.literal("ORDER_TRADE_UPDATE"),
  E: venueTime,
  o: z.object({
    s: z.string(),
    c: z.string(),
    S: z.enum(["BUY", "SELL"]),
    ps: side,
    x: z.string(),
    l: venueNumber,
    L: venueNumber,
    N: z.string().nullish(),
    n: venueNumber.optional(),
  }),
});

/** Reads one socket message; messages that are not about prices, positions or balances say nothing. */
export function readStream(message: unknown, holding: HoldingId, venue?: string): Result<StreamNews, Why> {
  const kind = z.object({ e: z.string() }).safeParse(message);
  switch (kind.data?.e ?? "other") {
    case "markPriceUpdate":
      return read(Mark, message, ({ E: at, s, p: price }) => {
        const event: BookEvent = { type: "price", key: markKey(s, venue), price, kind: "mark", at };
        return { events: isZero(price) || isNegative(price) ? [] : [event], at, changed: false };
      });
    case "ACCOUNT_UPDATE":
      return read(AccountUpdate, message, (update) => ({
        events: fundingOf(update, holding),
        at: update.E,
        changed: true,
      }));
    case "ORDER_TRADE_UPDATE":
      return read(OrderUpdate, message, (update) => ({
        events: forcedTrade(update, holding),
        at: update.E,
        changed: true,
      }));
    case "ALGO_UPDATE":
    case "ACCOUNT_CONFIG_UPDATE":
    case "MARGIN_CALL":
      return ok({ ...NO_NEWS, changed: true });
    case "listenKeyExpired":
      return fail(why("binance/stream-expired", { next: "the account is read again and the stream opened anew" }));
    default:
      return ok(NO_NEWS);
  }
}

function read<T extends z.ZodType>(
  schema: T,
  message: unknown,
  tell: (data: z.output<T>) => StreamNews,
): Result<StreamNews, Why> {
  const parsed = schema.safeParse(message);
  return parsed.success ? ok(tell(parsed.data)) : fail(unreadable("socket message", parsed.error));
}

/** A funding payment; the venue names the position only where it is isolated. */
function fundingOf({ E: at, a }: z.output<typeof AccountUpdate>, holding: HoldingId): readonly BookEvent[] {
  if (a.m !== "FUNDING_FEE") return [];
  const isolated = a.P.find(({ mt }) => mt.toLowerCase() === "isolated");
  const position = isolated === undefined ? {} : { position: { symbol: isolated.s, positionSide: isolated.ps } };
  return a.B.filter(({ bc }) => !isZero(bc)).map(({ a: asset, bc: amount }): BookEvent => ({
    type: "effect",
    holding,
    effect: { was: "funding", body: { asset, amount, ...position } },
    taken: [],
    fee: [],
    text: `funding ${text(amount)} ${asset}${isolated === undefined ? "" : ` on ${isolated.s}`}`,
    at,
  }));
}

/** A trade that the venue made for us. @source its client order ids: "autoclose-" a liquidation, "adl_autoclose" deleveraging. */
function forcedTrade({ E: at, o }: z.output<typeof OrderUpdate>, holding: HoldingId): readonly BookEvent[] {
  const was = o.c.startsWith("autoclose-") ? "liquidation" : o.c.startsWith("adl_autoclose") ? "adl" : undefined;
  if (was === undefined || isZero(o.l) || isZero(o.L)) return [];
  const fee = o.N == null || o.n === undefined || isZero(o.n) ? [] : [{ asset: assetId(o.N), amount: o.n }];
  const way = o.S === "BUY" ? "buy" : "sell";
  const body = { symbol: o.s, positionSide: o.ps, side: way, size: o.l, price: o.L, fee };
  return [
    {
      type: "effect",
      holding,
      effect: { was, body },
      taken: [],
      fee,
      text: `${was}: ${way} ${text(o.l)} ${o.s} at ${text(o.L)}`,
      at,
    },
  ];
}
