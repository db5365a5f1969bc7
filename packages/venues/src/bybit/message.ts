import type { Action } from "@plimsoll/core/book";
import { type OrderAction, type StopAction, restingNamed } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, fail, negate, ok, text, trim, why, ZERO } from "@plimsoll/core/units";
import { type Draft, namedId, noSuchAction, readNamedId, watchedAs } from "@plimsoll/venues/exchange";
import { exactJson } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body, Position } from "./holding.ts";
import { checkMove } from "./move-margin.ts";
import { reducedBy } from "./order.ts";
import { SIDES } from "./read-rows.ts";
import { BYBIT } from "./written.ts";

const params = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
/** What goes over the wire, as the intent's journal keeps it; parameters are the venue's own words. */
export const Message = z.discriminatedUnion("call", [
  /** An order, or one that waits for its price: the venue keeps both under one id. */
  z.object({ call: z.literal("order"), coin: z.string(), params }),
  z.object({ call: z.literal("cancel"), params }),
  z.object({
    call: z.literal("margin"),
    asset: z.string(),
    at: z.number(),
    before: exactJson,
    change: exactJson,
    params,
  }),
]);
export type Message = z.infer<typeof Message>;
type Made = Result<Draft<Message>, Why>;

/** @source bybit-exchange.github.io/docs/v5/order/create-order, orderLinkId: 36 letters, digits, dashes and underscores */
const ID = { separator: "_", longest: 36 };

/** Turns an action into a message; `at` is the client's clock. */
export function makeMessage(key: string, body: Body, action: Action, at: number): Made {
  switch (action.do) {
    case "order":
      return orderMessage(key, body, action);
    case "stop":
      return stopMessage(key, body, action);
    case "cancel":
      return cancelMessage(body, action.order);
    case "move-margin":
      return marginMessage(key, body, action, at);
    case "supply":
    case "repay":
    case "withdraw":
      return noSuchAction(BYBIT, action.do);
  }
}

const plain = (value: Exact): string => text(trim(value));

/** A limit order that fills at once or not at all; without `reduceOnly` one that protects another position. */
function orderMessage(key: string, body: Body, order: OrderAction): Made {
  const { instrument: symbol, side, size, limit, reduceOnly, hedges } = order;
  if (!reduceOnly && hedges === undefined)
    return fail(why("bybit/not-reduce-only", { symbol, next: "send reduce-only orders" }));
  const position = reduceOnly ? held(body, order) : ok(openedBy(body, order));
  if (!position.ok) return position;
  const reference = namedId("pl", key, symbol, ID);
  return ok({
    reference,
    message: {
      call: "order",
      coin: position.value.coin,
      params: {
        ...namesOf(position.value),
        side: sideOf(side),
        orderType: "Limit",
        timeInForce: "IOC",
        qty: plain(size),
        price: plain(limit),
        reduceOnly,
        orderLinkId: reference,
      },
    },
  });
}

/** Waits at the venue. It cancels what stands in its way when it fires; a quantity of 0 closes whatever is there by then. */
function stopMessage(key: string, body: Body, stop: StopAction): Made {
  const { instrument: symbol, side, size, trigger, limit } = stop;
  const position = held(body, stop);
  if (!position.ok) return position;
  const triggerBy = watchedAs(BYBIT, TRIGGERS, trigger.kind);
  if (!triggerBy.ok) return triggerBy;
  const reference = namedId("ps", key, symbol, ID);
  return ok({
    reference,
    message: {
      call: "order",
      coin: position.value.coin,
      params: {
        ...namesOf(position.value),
        side: sideOf(side),
        ...(limit === undefined
          ? { orderType: "Market", timeInForce: "IOC" }
          : { orderType: "Limit", timeInForce: "GTC", price: plain(limit) }),
        qty: size === "all" ? "0" : plain(size),
        triggerPrice: plain(trigger.at),
        triggerDirection: trigger.when === "at-or-above" ? 1 : 2,
        triggerBy: triggerBy.value,
        reduceOnly: true,
        closeOnTrigger: true,
        orderLinkId: reference,
      },
    },
  });
}

const TRIGGERS = { mark: "MarkPrice", last: "LastPrice", index: "IndexPrice" } as const;
const sideOf = (side: OrderAction["side"]) => (side === "buy" ? "Buy" : "Sell");

/** Linear contracts settle in one of these, inverse ones in their own coin. @source bybit-exchange.github.io/docs/v5/enum, settleCoin */
const LINEAR = new Set(["USDT", "USDC"]);
const categoryOf = (coin: string) => (LINEAR.has(coin) ? "linear" : "inverse");
/** "BTCUSDT", "BTCUSDT-26DEC25"; "BTCPERP", "BTC-26DEC25"; "BTCUSD", "BTCUSDH26". @source names in instruments-info */
function settledIn(symbol: string): string {
  if (symbol.includes("USDT")) return "USDT";
  return /PERP$|-/.test(symbol) ? "USDC" : symbol.replace(/USD.*$/, "");
}
const namesOf = ({ symbol, side, coin }: Pick<Position, "symbol" | "side" | "coin">) => ({
  category: categoryOf(coin),
  symbol,
  positionIdx: SIDES.indexOf(side),
});

function held(body: Body, action: OrderAction | StopAction): Result<Position, Why> {
  const { instrument: symbol, side } = action;
  const position = reducedBy(body, action);
  return position === undefined
    ? fail(why("bybit/no-position", { symbol, side, next: "nothing is left to reduce" }))
    : ok(position);
}

/** What an order opens that protects another position: in the mode that the account shows, one-way where it shows none. */
function openedBy(
  { positions }: Body,
  { instrument: symbol, side }: OrderAction,
): Pick<Position, "symbol" | "side" | "coin"> {
  const hedged = positions.some((each) => each.side !== "one-way");
  const coin = settledIn(symbol);
  return { symbol, side: hedged ? (side === "buy" ? "long" : "short") : "one-way", coin };
}

/** By the venue's id of an order in the holding, or by a client id of ours: orders and stops alike. */
function cancelMessage(body: Body, name: string): Made {
  const lies = restingNamed(body, name);
  const symbol = lies?.instrument ?? body.orders.find(({ id }) => id === name)?.symbol ?? readNamedId(name, ID)?.symbol;
  if (symbol === undefined)
    return fail(why("bybit/no-order", { order: name, next: "it is already gone; read the account again" }));
  const ours = lies === undefined && readNamedId(name, ID) !== undefined;
  const category = categoryOf(settledIn(symbol));
  const params = { category, symbol, ...(ours ? { orderLinkId: name } : { orderId: lies?.order ?? name }) };
  return ok({ reference: `cancel:${name}`, message: { call: "cancel", params } });
}

type MoveMargin = Extract<Action, { readonly do: "move-margin" }>;

/** Margin moves have no id at the venue and no list: what identifies one is what the position's margin becomes. */
function marginMessage(key: string, body: Body, move: MoveMargin, at: number): Made {
  const checked = checkMove(body, move);
  if (!checked.ok) return checked;
  const { account, adding } = checked.value;
  const { symbol, coin: asset, posted: before = ZERO } = account.position;
  const change = adding ? move.amount : negate(move.amount);
  const params = { ...namesOf(account.position), margin: plain(change) };
  return ok({
    reference: namedId("pl", key, symbol, ID),
    message: { call: "margin", asset, at, before, change, params },
  });
}
