import type { Action } from "@plimsoll/core/book";
import type { OrderAction } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  fail,
  invariant,
  magnitude,
  ok,
  text,
  trim,
  why,
} from "@plimsoll/core/units";
import { type Draft, clientIdOf, noSuchAction } from "@plimsoll/venues/exchange";
import * as z from "zod";
import { checkMove } from "./apply.ts";
import type { Body } from "./holding.ts";
import { sideReducedBy } from "./order.ts";
import { BINANCE } from "./written.ts";

/** What goes over the wire, as the intent's journal keeps it; parameters are the venue's own words. */
export const Message = z.discriminatedUnion("call", [
  z.object({ call: z.literal("order"), asset: z.string(), params: z.record(z.string(), z.string()) }),
  z.object({ call: z.literal("cancel"), params: z.record(z.string(), z.string()) }),
  z.object({
    call: z.literal("margin"),
    asset: z.string(),
    /** The client's clock when the message was made: it is not sent later than shortly after. */
    at: z.number(),
    /** The isolated wallet before. */
    before: z.string(),
    params: z.record(z.string(), z.string()),
  }),
]);
export type Message = z.infer<typeof Message>;

const LONGEST_ID = 36;
const ID = /^pl\.([A-Z0-9_]+)\./;

/** "pl.BTCUSDT." and the key's hash: the symbol inside lets a cancel by this id find its book. */
const idOf = (key: string, symbol: string): string => clientIdOf(key, `pl.${symbol}.`, LONGEST_ID);

/** Turns an action into a message; `at` is the client's clock. */
export function makeMessage(key: string, body: Body, action: Action, at: number): Result<Draft<Message>, Why> {
  switch (action.do) {
    case "order":
      return orderMessage(key, body, action);
    case "cancel":
      return cancelMessage(body, action.order);
    case "move-margin":
      return marginMessage(key, body, action, at);
    case "stop":
    case "supply":
    case "repay":
    case "withdraw":
      return noSuchAction(BINANCE, action.do);
  }
}

const plain = (value: Exact): string => text(trim(value));
const prepared = (reference: string, message: Message): Result<Draft<Message>, Why> => ok({ reference, message });

/** A limit order that fills at once or not at all; in hedge mode the position side says what it reduces. */
function orderMessage(key: string, body: Body, order: OrderAction): Result<Draft<Message>, Why> {
  const { instrument: symbol, side, size, limit, reduceOnly } = order;
  if (!reduceOnly) return fail(why("binance/not-reduce-only", { symbol, next: "send reduce-only orders" }));
  const positionSide = sideReducedBy(body, order);
  const position = body.positions.find((each) => each.symbol === symbol && each.positionSide === positionSide);
  if (position === undefined)
    return fail(why("binance/no-position", { symbol, positionSide, next: "nothing is left to reduce" }));
  const reference = idOf(key, symbol);
  const reducing = body.mode === "hedge" ? { positionSide } : { reduceOnly: "true" };
  const params = {
    symbol,
    side: side === "buy" ? "BUY" : "SELL",
    type: "LIMIT",
    timeInForce: "IOC",
    quantity: plain(size),
    price: plain(limit),
    newClientOrderId: reference,
    newOrderRespType: "RESULT",
    ...reducing,
  };
  return prepared(reference, { call: "order", asset: position.asset, params });
}

/** By the venue's id of an order in the holding, or by a client id of ours. */
function cancelMessage(body: Body, id: string): Result<Draft<Message>, Why> {
  const open = body.orders.find((order) => order.id === id);
  if (open?.conditional === true)
    return fail(why("binance/conditional-order", { order: id, next: "cancel it at the venue: it waits for a price" }));
  if (open !== undefined)
    return prepared(`cancel:${id}`, { call: "cancel", params: { symbol: open.symbol, orderId: id } });
  const symbol = ID.exec(id)?.[1];
  if (symbol === undefined)
    return fail(why("binance/no-order", { order: id, next: "it is already gone; read the account again" }));
  return prepared(`cancel:${id}`, { call: "cancel", params: { symbol, origClientOrderId: id } });
}

type MoveMargin = Extract<Action, { readonly do: "move-margin" }>;

/** Margin moves have no id at the venue: what identifies one is its amount, its position, and the time from which it is looked for. */
function marginMessage(key: string, body: Body, move: MoveMargin, at: number): Result<Draft<Message>, Why> {
  const checked = checkMove(body, move);
  if (!checked.ok) return checked;
  const isolated = checked.value.to.is === "isolated" ? checked.value.to : checked.value.from;
  const [position] = isolated.positions;
  invariant(position !== undefined, "an isolated account has a position");
  const { symbol, positionSide, asset } = position;
  const type = checked.value.to === isolated ? "1" : "2";
  const params = { symbol, positionSide, amount: plain(magnitude(move.amount)), type };
  return prepared(idOf(key, symbol), { call: "margin", asset, at, before: text(isolated.wallet), params });
}
