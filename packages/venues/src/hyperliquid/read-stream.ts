import type { BookEvent } from "@plimsoll/core/book";
import {
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  assetId,
  fail,
  isZero,
  ms,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import { NO_NEWS, type StreamNews } from "@plimsoll/venues/exchange";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { HYPERLIQUID, markKey, oracleKey } from "./names.ts";
import { type Ctx, readCtxs } from "./read-market.ts";

const amount = decimal(18);
const moment = z.number().int().positive().transform(ms);
const Push = z.object({ channel: z.string(), data: z.unknown() });

const Fill = z.object({
  coin: z.string().min(1),
  px: amount,
  sz: amount,
  side: z.enum(["A", "B"]),
  time: moment,
  dir: z.string(),
  fee: amount,
  feeToken: z.string().min(1),
  liquidation: z.object({ liquidatedUser: z.string() }).nullish(),
});

const UserEvent = z.object({
  fills: z.array(Fill).default([]),
  funding: z.object({ time: moment, coin: z.string().min(1), usdc: amount }).optional(),
});

const AssetCtx = z.object({ coin: z.string().min(1), ctx: z.unknown() });

const read = readerOf(HYPERLIQUID);

/** What a stream's messages are read for. */
export interface StreamOf {
  readonly holding: HoldingId;
  /** The account's address. */
  readonly user: string;
  /** When the message came: prices carry no time of their own. */
  readonly at: Ms;
}

/** Reads one socket message; channels that are not about prices or the account say nothing. */
export function readStream(message: unknown, of: StreamOf): Result<StreamNews, Why> {
  const push = Push.safeParse(message);
  if (!push.success) return ok(NO_NEWS);
  const { channel, data } = push.data;
  switch (channel) {
    case "activeAssetCtx": {
      const parsed = read("activeAssetCtx", AssetCtx, data);
      return parsed.ok ? pricesOf(parsed.value, of.at) : parsed;
    }
    case "user":
    case "userEvents": {
      const event = read("user events", UserEvent, data);
      return event.ok ? ok({ events: eventsOf(event.value, of), changed: true }) : event;
    }
    case "orderUpdates":
    case "userNonFundingLedgerUpdates":
      return ok({ ...NO_NEWS, changed: true });
    case "error":
      return fail(why("hyperliquid/stream-refused", { detail: String(data), next: "the stream is opened again" }));
    default:
      return ok(NO_NEWS);
  }
}

function pricesOf({ coin, ctx }: z.infer<typeof AssetCtx>, at: Ms): Result<StreamNews, Why> {
  const ctxs = readCtxs([{ universe: [{ name: coin }] }, [ctx]]);
  if (!ctxs.ok) return ctxs;
  const { markPx: mark, oraclePx: oracle }: Ctx = ctxs.value.get(coin) ?? {};
  return ok({
    events: [
      ...(mark == null ? [] : [{ type: "price", key: markKey(coin), price: mark, kind: "mark", at } as const]),
      ...(oracle == null ? [] : [{ type: "price", key: oracleKey(coin), price: oracle, kind: "oracle", at } as const]),
    ],
    changed: false,
  });
}

function eventsOf({ fills, funding }: z.infer<typeof UserEvent>, of: StreamOf): readonly BookEvent[] {
  const paid: readonly BookEvent[] =
    funding === undefined || isZero(funding.usdc)
      ? []
      : [
          {
            type: "effect",
            holding: of.holding,
            effect: { was: "funding", body: { coin: funding.coin, amount: funding.usdc } },
            taken: [],
            fee: [],
            text: `funding ${text(funding.usdc)} on ${funding.coin}`,
            at: funding.time,
          },
        ];
  return [...fills.flatMap((fill) => forcedTrade(fill, of)), ...paid];
}

/**
 * A trade that the venue made for us. Fills name the liquidated account: as the other side of somebody's liquidation one is not.
 * @source recorded fills; `dir` of deleveraging, README.md rule 25
 */
function forcedTrade({ coin, px: price, sz: size, ...fill }: z.infer<typeof Fill>, of: StreamOf): readonly BookEvent[] {
  const ours = fill.liquidation?.liquidatedUser.toLowerCase() === of.user.toLowerCase();
  const was = ours ? "liquidation" : fill.dir.startsWith("Auto-Deleverag") ? "adl" : undefined;
  if (was === undefined || isZero(size)) return [];
  const side = fill.side === "B" ? "buy" : "sell";
  return [
    {
      type: "effect",
      holding: of.holding,
      effect: { was, body: { coin, side, size, price, fee: fill.fee } },
      taken: [],
      fee: isZero(fill.fee) ? [] : [{ asset: assetId(fill.feeToken), amount: fill.fee }],
      text: `${was}: ${side} ${text(size)} ${coin} at ${text(price)}`,
      at: fill.time,
    },
  ];
}
