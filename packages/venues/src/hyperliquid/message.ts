import type { Action } from "@plimsoll/core/book";
import { type OrderAction, type StopAction, restingNamed } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  exact,
  fail,
  multiply,
  negate,
  ok,
  rescale,
  text,
  trim,
  why,
} from "@plimsoll/core/units";
import { type Draft, clientIdOf, noSuchAction, watchedAs } from "@plimsoll/venues/exchange";
import { exactJson } from "@plimsoll/venues/wire";
import * as z from "zod";
import { endsOf } from "./apply.ts";
import type { Body } from "./holding.ts";
import { HYPERLIQUID, dexOf } from "./names.ts";
import { FIGURES, toFigures } from "./grid.ts";

/** Number of the message at the venue, which takes each once: the client's clock when it was made. */
const nonce = z.number();
const trigger = z.object({ isMarket: z.boolean(), triggerPx: z.string(), tpsl: z.enum(["tp", "sl"]) });
/** What goes over the wire, as the intent's journal keeps it; it is signed when it is sent. */
export const Message = z.discriminatedUnion("call", [
  z.object({
    call: z.literal("order"),
    nonce,
    coin: z.string(),
    token: z.string(),
    isBuy: z.boolean(),
    price: z.string(),
    size: z.string(),
    reduceOnly: z.boolean(),
    /** Of an order that waits; absent of one that fills at once or not at all. */
    trigger: trigger.optional(),
    /** Size 0: whatever the position is when it fires. */
    whole: z.boolean(),
  }),
  z.object({ call: z.literal("cancel"), nonce, coin: z.string(), order: z.number() }),
  z.object({
    call: z.literal("margin"),
    at: nonce,
    coin: z.string(),
    asset: z.string(),
    before: exactJson,
    change: exactJson,
  }),
]);
export type Message = z.infer<typeof Message>;
type Made = Result<Draft<Message>, Why>;

/** "pl" in two of its bytes, so that an order of ours is known by it. @source hyperliquid.gitbook.io, exchange endpoint, cloid: 128 bits in hexadecimal */
const cloidOf = (key: string): string => clientIdOf(key, "0x706c", 34);

/** Turns an action into a message; `at` is a nonce of the client's. */
export function makeMessage(key: string, body: Body, action: Action, at: number): Made {
  switch (action.do) {
    case "order":
      return orderMessage(key, body, action, at);
    case "stop":
      return stopMessage(key, body, action, at);
    case "cancel":
      return cancelMessage(body, action.order, at);
    case "move-margin":
      return marginMessage(key, body, action, at);
    case "supply":
    case "repay":
    case "withdraw":
      return noSuchAction(HYPERLIQUID, action.do);
  }
}

/** Prices and sizes are signed as text without zeros at the end. */
const plain = (value: Exact): string => text(trim(value));

/** A limit order that fills at once or not at all; without `reduceOnly` one that protects another position. */
function orderMessage(key: string, body: Body, order: OrderAction, at: number): Made {
  const { instrument: coin, side, size, limit, reduceOnly, hedges } = order;
  if (!reduceOnly && hedges === undefined)
    return fail(why("hyperliquid/not-reduce-only", { coin, next: "send reduce-only orders" }));
  if (reduceOnly && !isHeld(body, coin)) return fail(nothingHeld(coin, side));
  return ok({
    reference: cloidOf(key),
    message: {
      call: "order",
      nonce: at,
      coin,
      token: tokenOf(body, coin),
      isBuy: side === "buy",
      price: plain(limit),
      size: plain(size),
      reduceOnly,
      whole: false,
    },
  });
}

/** Waits at the venue. At market it needs a worst price all the same, which the venue's own tolerance sets. */
function stopMessage(key: string, body: Body, stop: StopAction, at: number): Made {
  const { instrument: coin, side, size, trigger: wanted, limit } = stop;
  if (!isHeld(body, coin)) return fail(nothingHeld(coin, side));
  const kind = watchedAs(HYPERLIQUID, { mark: true }, wanted.kind);
  if (!kind.ok) return kind;
  const withLoss = (wanted.when === "at-or-below") === (side === "sell");
  return ok({
    reference: cloidOf(key),
    message: {
      call: "order",
      nonce: at,
      coin,
      token: tokenOf(body, coin),
      isBuy: side === "buy",
      price: plain(limit ?? worstOf(wanted.at, side)),
      size: size === "all" ? "0" : plain(size),
      reduceOnly: true,
      trigger: { isMarket: limit === undefined, triggerPx: plain(wanted.at), tpsl: withLoss ? "sl" : "tp" },
      whole: size === "all",
    },
  });
}

/** Tolerance of a triggered market order. @source hyperliquid.gitbook.io, take profit and stop loss orders: 10 % */
const TOLERANCE = { buy: exact(11n, 1), sell: exact(9n, 1) } as const;

/** On the grid where the trigger is: no more figures than the venue takes, no more decimals than the trigger has. */
function worstOf(at: Exact, side: "buy" | "sell"): Exact {
  const rounding = side === "buy" ? "ceil" : "floor";
  return toFigures(rescale(multiply(at, TOLERANCE[side]), trim(at).scale, rounding), FIGURES, rounding);
}

const isHeld = ({ positions }: Body, coin: string): boolean => positions.some((each) => each.coin === coin);
const tokenOf = ({ pools }: Body, coin: string): string => pools.find(({ dex }) => dex === dexOf(coin))?.token ?? "";
const nothingHeld = (coin: string, side: string): Why =>
  why("hyperliquid/no-position", { coin, side, next: "nothing is left to reduce" });

/** By the venue's id of an order in the holding, or by the id of whoever placed it: the venue wants the coin too. */
function cancelMessage(body: Body, name: string, at: number): Made {
  const lies = restingNamed(body, name);
  const open = body.orders.find(({ id }) => id === (lies?.order ?? name));
  if (open === undefined)
    return fail(why("hyperliquid/no-order", { order: name, next: "it is already gone; read the account again" }));
  return ok({
    reference: `cancel:${name}`,
    message: { call: "cancel", nonce: at, coin: open.coin, order: Number(open.id) },
  });
}

type MoveMargin = Extract<Action, { readonly do: "move-margin" }>;

/** Margin moves have no id at the venue: what identifies one is what the position's cash becomes. */
function marginMessage(key: string, body: Body, move: MoveMargin, at: number): Made {
  const ends = endsOf(body, move);
  if (!ends.ok) return ends;
  const { from, to } = ends.value;
  const isolated = to.is === "isolated" ? to : from;
  const coin = isolated.positions[0]?.coin ?? "";
  const change = to === isolated ? move.amount : negate(move.amount);
  return ok({
    reference: cloidOf(key),
    message: { call: "margin", at, coin, asset: isolated.token, before: isolated.cash, change },
  });
}
