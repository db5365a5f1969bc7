import type { Actor, Flow, Reply } from "@plimsoll/core/book";
import { type Why, dec, why } from "@plimsoll/core/units";
import { type Call, type Line, confirmed, exchangeActor, lineOf } from "@plimsoll/venues/exchange";
import { askPermission } from "./key-permission.ts";
import { Message, type Placed, VALID_FOR_MS, makeMessage } from "./message.ts";
import { classify } from "./outcomes.ts";
import { resultOf, whole } from "./raw.ts";
import { readBody } from "./read-holding.ts";
import {
  type VenueOrder,
  isWaiting,
  readBecame,
  readFlows,
  readOrder,
  readOrders,
  readPlaced,
  replyOf,
  unfollowed,
} from "./read-order.ts";
import { type Client, wireOf } from "./transport.ts";
import { DERIBIT } from "./written.ts";

type CancelMessage = Extract<Message, { readonly call: "cancel" }>;
type CancelLabelMessage = Extract<Message, { readonly call: "cancel-label" }>;

/** Clocks further apart than a second are refused with every reading; a second more is for the way back. */
const CLOCKS_APART_MS = 2_000;

/**
 * Acts on one login: reduce-only orders, stops that lie at the venue, cancels.
 * @param client as for the feed, with the account's trade key: it trades and cannot withdraw.
 */
export function deribitActor(client: Client): Actor {
  const wire = wireOf(client);
  const line = lineOf(wire, classify);
  const orders = placing(line, () => client.nonce());
  return exchangeActor(wire, {
    venue: DERIBIT,
    permission: () => askPermission(wire),
    readBody,
    message: Message,
    draft: makeMessage,
    calls: {
      order: {
        send: (message) => orders.send(message, (answer) => orders.first(answer, message)),
        query: orders.query,
      },
      // an acknowledgement is no proof that a stop lies there
      stop: {
        send: (message, label) => orders.send(message, () => confirmed(DERIBIT, () => orders.query(message, label))),
        query: orders.query,
      },
      cancel: cancels(line),
      "cancel-label": labelCancels(line),
    },
  });
}

const ambiguous = (reason: Why): Reply => ({ is: "ambiguous", why: reason });

/** Orders and stops: how they are sent, and what the venue shows under their label. */
function placing(line: Line<Client>, now: () => number) {
  const meant = async (orders: readonly VenueOrder[], { params }: Placed): Promise<Reply> => {
    const reply = replyOf(orders, dec(params["amount"] ?? "0"));
    return reply.is === "done" ? { is: "done", flows: await flowsOf(line, orders) } : reply;
  };
  const query = (message: Placed, label: string): Promise<Reply> => {
    const asked = now();
    return line.ask(
      (client) => client.privateGetGetOrderStateByLabel({ currency: message.currency, label }),
      (answer) => {
        const found = readOrders(answer);
        if (!found.ok) return ambiguous(found.failure);
        if (found.value.length > 0) return followed(line, found.value, message).then((all) => meant(all, message));
        return mayArrive(message, asked) ? ambiguous(notThereYet) : { is: "not-found" };
      },
    );
  };
  const first = (answer: unknown, message: Placed): Reply | Promise<Reply> => {
    const placed = readPlaced(answer);
    return placed.ok ? meant([placed.value], message) : ambiguous(placed.failure);
  };
  const send = ({ side, params }: Placed, read: (answer: unknown) => Reply | Promise<Reply>): Promise<Reply> =>
    line.send(
      (client) => (side === "buy" ? client.privateGetBuy({ ...params }) : client.privateGetSell({ ...params })),
      read,
    );
  return { send, query, first };
}

/**
 * The orders of a label, with those that its trigger orders became: whether these have the label too is not documented, and the history
 * of trigger orders names them.
 */
async function followed(line: Line<Client>, orders: readonly VenueOrder[], { currency, params }: Placed) {
  const triggers = unfollowed(orders);
  if (triggers.length === 0) return orders;
  const request = { currency, instrument_name: params["instrument_name"], count: "100" };
  const told = await line.extra((client) => client.request("get_trigger_order_history", "private", "GET", request));
  const became: VenueOrder[] = [];
  for (const order_id of readBecame(told, triggers)) {
    const read = readOrder(await line.extra((client) => client.privateGetGetOrderState({ order_id })));
    if (read.ok) became.push(read.value);
  }
  return [...became, ...orders];
}

/** Whether the venue may still take a message that it does not know: until `valid_until`, by its clock. */
const mayArrive = ({ at }: Placed, asked: number): boolean => asked <= at + VALID_FOR_MS + CLOCKS_APART_MS;
const notThereYet = why(`${DERIBIT}/not-there-yet`, {
  next: "ask again: it may still arrive, until it is no longer valid",
});

/** The money of their trades, as far as the venue tells it. */
async function flowsOf(line: Line<Client>, orders: readonly VenueOrder[]): Promise<readonly Flow[]> {
  const flows: Flow[] = [];
  for (const { order_id } of orders) {
    const read = readFlows(await line.extra((client) => client.privateGetGetUserTradesByOrder({ order_id })));
    if (read.ok) flows.push(...read.value);
  }
  return flows;
}

const DONE: Reply = { is: "done", flows: [] };

const cancels = (line: Line<Client>): Call<CancelMessage> => ({
  send: ({ params }) =>
    line.send(
      (client) => client.privateGetCancel({ ...params }),
      () => DONE,
    ),
  query: ({ params }) =>
    line.ask(
      (client) => client.privateGetGetOrderState({ ...params }),
      (answer) => {
        const order = readOrder(answer);
        if (!order.ok) return ambiguous(order.failure);
        return isWaiting(order.value) ? { is: "not-found" } : DONE;
      },
    ),
});

/** Every copy of what has a label of ours. */
const labelCancels = (line: Line<Client>): Call<CancelLabelMessage> => ({
  send: ({ params }) =>
    line.send(
      (client) => client.privateGetCancelByLabel({ ...params }),
      (answer) => {
        const count = resultOf("cancelled", whole, answer);
        if (!count.ok) return ambiguous(count.failure);
        return count.value > 0 ? DONE : { is: "refused", why: nothingOpen };
      },
    ),
  query: ({ params }) =>
    line.ask(
      (client) => client.privateGetGetOrderStateByLabel({ ...params }),
      (answer) => {
        const found = readOrders(answer);
        if (!found.ok) return ambiguous(found.failure);
        return found.value.length === 0 || found.value.some(isWaiting) ? { is: "not-found" } : DONE;
      },
    ),
});
const nothingOpen = why(`${DERIBIT}/nothing-open`, { next: "the order is no longer open; read the account again" });
