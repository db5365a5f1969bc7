import type { Action } from "@plimsoll/core/book";
import { type OrderAction, type StopAction, restingNamed } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, fail, ok, text, trim, why } from "@plimsoll/core/units";
import { type Draft, namedId, noSuchAction, readNamedId, watchedAs } from "@plimsoll/venues/exchange";
import * as z from "zod";
import { currencyOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { DERIBIT } from "./written.ts";

const params = z.record(z.string(), z.string());
const placed = { side: z.enum(["buy", "sell"]), currency: z.string(), at: z.number(), params };

/** What goes over the wire, as the intent's journal keeps it; parameters are the venue's own words. */
export const Message = z.discriminatedUnion("call", [
  /** `at` is the client's clock when it was made; `currency` is where the venue looks for its label. */
  z.object({ call: z.literal("order"), ...placed }),
  /** An order that waits for its price. */
  z.object({ call: z.literal("stop"), ...placed }),
  z.object({ call: z.literal("cancel"), params }),
  z.object({ call: z.literal("cancel-label"), params }),
]);
export type Message = z.infer<typeof Message>;
export type Placed = Extract<Message, { readonly call: "order" | "stop" }>;

/** @source docs.deribit.com, private/sell: a label has 64 characters at most */
const LABEL = { separator: ".", longest: 64 };

/** The venue takes an order no later than this after it was made: labels are not unique, so that a late copy would act twice. */
export const VALID_FOR_MS = 8_000;

/** Turns an action into a message; `at` is the client's clock. */
export function makeMessage(key: string, body: Body, action: Action, at: number): Result<Draft<Message>, Why> {
  switch (action.do) {
    case "order":
      return orderMessage(key, body, action, at);
    case "stop":
      return stopMessage(key, body, action, at);
    case "cancel":
      return cancelMessage(body, action.order);
    case "move-margin":
    case "supply":
    case "repay":
    case "withdraw":
      return noSuchAction(DERIBIT, action.do);
  }
}

const plain = (value: Exact): string => text(trim(value));
const refuse = (code: string, instrument: string, next: string): Result<never, Why> =>
  fail(why(`${DERIBIT}/${code}`, { instrument, next }));

/** A limit order that fills at once or not at all. It reduces, or opens what it says that it protects another position by. */
function orderMessage(key: string, body: Body, order: OrderAction, at: number): Result<Draft<Message>, Why> {
  const { instrument, size, limit, reduceOnly, hedges } = order;
  if (!reduceOnly && hedges === undefined) return refuse("not-reduce-only", instrument, "send reduce-only orders");
  const own = { type: "limit", price: plain(limit), time_in_force: "immediate_or_cancel" };
  return placing("order", key, body, order, { ...own, amount: plain(size), reduce_only: `${reduceOnly}` }, at);
}

const TRIGGERS = { mark: "mark_price", index: "index_price", last: "last_price" } as const;

/** Waits at the venue; the type says on which side of its trigger: a stop goes with the loss, a take against it. */
function stopMessage(key: string, body: Body, stop: StopAction, at: number): Result<Draft<Message>, Why> {
  const { instrument, side, size, trigger, limit } = stop;
  if (size === "all") return refuse("no-stop-of-all", instrument, "name the size");
  const watched = watchedAs(DERIBIT, TRIGGERS, trigger.kind);
  if (!watched.ok) return watched;
  const kind = (trigger.when === "at-or-below") === (side === "sell") ? "stop" : "take";
  const own = {
    type: `${kind}_${limit === undefined ? "market" : "limit"}`,
    amount: plain(size),
    trigger: watched.value,
    trigger_price: plain(trigger.at),
    reduce_only: "true",
    ...(limit !== undefined && { price: plain(limit), time_in_force: "good_til_cancelled" }),
  };
  return placing("stop", key, body, stop, own, at);
}

/** What orders and stops share; without a position there is nothing to reduce. */
function placing(
  call: Placed["call"],
  key: string,
  body: Body,
  { instrument, side }: OrderAction | StopAction,
  own: Readonly<Record<string, string>>,
  at: number,
): Result<Draft<Message>, Why> {
  if (own["reduce_only"] === "true" && !body.positions.some((each) => each.instrument === instrument))
    return refuse("no-position", instrument, "nothing is left to reduce; read the account again");
  const label = namedId(call === "order" ? "pl" : "ps", key, instrument, LABEL);
  const shared = { instrument_name: instrument, label, valid_until: `${at + VALID_FOR_MS}` };
  const message = { call, side, currency: currencyOf(instrument), at, params: { ...shared, ...own } };
  return ok({ reference: label, message });
}

/** By the venue's id of an order in the holding, or by a label of ours, which every copy of it has. */
function cancelMessage(body: Body, name: string): Result<Draft<Message>, Why> {
  const reference = `cancel:${name}`;
  const id = restingNamed(body, name)?.order ?? body.orders.find((each) => each.id === name)?.id;
  const ours = readNamedId(name, LABEL);
  if (ours !== undefined) {
    const by = { label: name, currency: currencyOf(ours.symbol) };
    return ok({ reference, message: { call: "cancel-label", params: by } });
  }
  if (id !== undefined) return ok({ reference, message: { call: "cancel", params: { order_id: id } } });
  return fail(why(`${DERIBIT}/no-order`, { order: name, next: "it is already gone; read the account again" }));
}
