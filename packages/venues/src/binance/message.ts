import type { Action } from "@plimsoll/core/book";
import { type OrderAction, type StopAction, restingNamed } from "@plimsoll/core/margin";
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
import { type Draft, namedId, noSuchAction, readNamedId, watchedAs } from "@plimsoll/venues/exchange";
import * as z from "zod";
import { checkMove } from "./apply.ts";
import type { Body } from "./holding.ts";
import { sideReducedBy } from "./order.ts";
import { BINANCE } from "./written.ts";

/** What goes over the wire, as the intent's journal keeps it; parameters are the venue's own words. */
export const Message = z.discriminatedUnion("call", [
  z.object({ call: z.literal("order"), asset: z.string(), params: z.record(z.string(), z.string()) }),
  /** An order that waits for its price. */
  z.object({ call: z.literal("stop"), asset: z.string(), params: z.record(z.string(), z.string()) }),
  z.object({ call: z.literal("cancel"), params: z.record(z.string(), z.string()) }),
  z.object({ call: z.literal("cancel-stop"), params: z.record(z.string(), z.string()) }),
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

/** @source Binance USD-M documentation, newClientOrderId: 36 characters of letters, digits and . : / _ - */
const ID = { separator: ".", longest: 36 };

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
      return stopMessage(key, body, action);
    case "supply":
    case "repay":
    case "withdraw":
      return noSuchAction(BINANCE, action.do);
  }
}

const plain = (value: Exact): string => text(trim(value));
const prepared = (reference: string, message: Message): Result<Draft<Message>, Why> => ok({ reference, message });

/**
 * A limit order that fills at once or not at all. In hedge mode the position side says what it reduces, or, of an order that protects
 * another position, what it opens.
 */
function orderMessage(key: string, body: Body, order: OrderAction): Result<Draft<Message>, Why> {
  const { instrument: symbol, size, limit, reduceOnly, hedges } = order;
  if (!reduceOnly && hedges === undefined)
    return fail(why("binance/not-reduce-only", { symbol, next: "send reduce-only orders" }));
  const asset = reduceOnly ? assetReducedBy(body, order) : ok(quoteAsset(body, symbol));
  if (!asset.ok) return asset;
  const reference = namedId("pl", key, symbol, ID);
  const params = {
    symbol,
    side: sideOf(order),
    type: "LIMIT",
    timeInForce: "IOC",
    quantity: plain(size),
    price: plain(limit),
    newClientOrderId: reference,
    newOrderRespType: "RESULT",
    ...directionOf(body, order, reduceOnly),
  };
  return prepared(reference, { call: "order", asset: asset.value, params });
}

/** Waits at the venue; without a size it closes whatever is there when it fires, which says by itself that it only reduces. */
function stopMessage(key: string, body: Body, stop: StopAction): Result<Draft<Message>, Why> {
  const { instrument: symbol, side, size, trigger, limit } = stop;
  const asset = assetReducedBy(body, stop);
  if (!asset.ok) return asset;
  const workingType = watchedAs(BINANCE, TRIGGERS, trigger.kind);
  if (!workingType.ok) return workingType;
  const reference = namedId("ps", key, symbol, ID);
  const withLoss = (trigger.when === "at-or-below") === (side === "sell");
  const kind = withLoss ? "STOP" : "TAKE_PROFIT";
  const positionSide = body.mode === "hedge" ? { positionSide: sideReducedBy(body, stop) } : {};
  const params = {
    algoType: "CONDITIONAL",
    symbol,
    side: sideOf(stop),
    type: limit === undefined ? `${kind}_MARKET` : kind,
    triggerPrice: plain(trigger.at),
    workingType: workingType.value,
    clientAlgoId: reference,
    ...(limit !== undefined && { price: plain(limit), timeInForce: "GTC" }),
    ...(size === "all"
      ? { closePosition: "true", ...positionSide }
      : { quantity: plain(size), ...directionOf(body, stop, true) }),
  };
  return prepared(reference, { call: "stop", asset: asset.value, params });
}

const TRIGGERS = { mark: "MARK_PRICE", last: "CONTRACT_PRICE" } as const;
const sideOf = ({ side }: Pick<OrderAction, "side">) => (side === "buy" ? "BUY" : "SELL");

/** One-way mode has the flag, hedge mode the side of the position; never both. */
function directionOf(body: Body, order: Pick<OrderAction, "side">, reduces: boolean) {
  if (body.mode === "one-way") return { reduceOnly: String(reduces) };
  return { positionSide: reduces ? sideReducedBy(body, order) : order.side === "buy" ? "LONG" : "SHORT" };
}

function assetReducedBy(body: Body, { instrument: symbol, side }: OrderAction | StopAction): Result<string, Why> {
  const positionSide = sideReducedBy(body, { side });
  const position = body.positions.find((each) => each.symbol === symbol && each.positionSide === positionSide);
  return position === undefined
    ? fail(why("binance/no-position", { symbol, positionSide, next: "nothing is left to reduce" }))
    : ok(position.asset);
}

/** The margin asset of a symbol in which nothing may be held yet: the wallet whose name the symbol ends with. */
const quoteAsset = ({ wallets }: Body, symbol: string): string =>
  wallets.find(({ asset }) => symbol.endsWith(asset))?.asset ?? "";

/** By the venue's id of an order in the holding, or by a client id of ours. */
function cancelMessage(body: Body, name: string): Result<Draft<Message>, Why> {
  const lies = restingNamed(body, name);
  const open = body.orders.find(({ id }) => id === name);
  const ours = readNamedId(name, ID);
  const symbol = lies?.instrument ?? open?.symbol ?? ours?.symbol;
  if (symbol === undefined)
    return fail(why("binance/no-order", { order: name, next: "it is already gone; read the account again" }));
  const waits = lies === undefined ? (open?.conditional ?? ours?.kind === "ps") : lies.trigger !== undefined;
  const id = lies?.order ?? open?.id;
  const reference = `cancel:${name}`;
  return waits
    ? prepared(reference, { call: "cancel-stop", params: id === undefined ? { clientAlgoId: name } : { algoId: id } })
    : prepared(reference, {
        call: "cancel",
        params: { symbol, ...(id === undefined ? { origClientOrderId: name } : { orderId: id }) },
      });
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
  return prepared(namedId("pl", key, symbol, ID), { call: "margin", asset, at, before: text(isolated.wallet), params });
}
