import type { Actor, Reply } from "@plimsoll/core/book";
import {
  type Call,
  type Line,
  confirmed,
  exchangeActor,
  lineOf,
  marginMoved,
  replyOfMargin,
  tooLate,
} from "@plimsoll/venues/exchange";
import { askPermission } from "./key-permission.ts";
import { Message, makeMessage } from "./message.ts";
import { classify } from "./outcomes.ts";
import { readBody } from "./read-holding.ts";
import { type VenueOrder, isOpen, readFlows, readMargin, readOrders, replyOf } from "./read-order.ts";
import { type Client, WEIGHT, wireOf } from "./transport.ts";
import { BYBIT } from "./written.ts";

type OrderMessage = Extract<Message, { readonly call: "order" }>;
type CancelMessage = Extract<Message, { readonly call: "cancel" }>;
type MarginMessage = Extract<Message, { readonly call: "margin" }>;
type By = Readonly<Record<string, string>>;

/**
 * Acts on one unified trading account: reduce-only orders, stops that lie at the venue, margin of isolated positions, cancels.
 * @param client as for the feed, with the account's trade key: it trades and cannot withdraw.
 */
export function bybitActor(client: Client): Actor {
  const wire = wireOf(client);
  const line = lineOf(wire, classify, { send: WEIGHT.private, ask: WEIGHT.private, extra: WEIGHT.private });
  return exchangeActor(wire, {
    venue: BYBIT,
    permission: () => askPermission(wire),
    readBody,
    message: Message,
    draft: makeMessage,
    calls: { order: orders(line), cancel: cancels(line), margin: margins(line, () => client.nonce()) },
  });
}

/** The order of an id among those that are open or ended lately, else among all that are kept. */
function findOrder(line: Line<Client>, by: By, tell: (order: VenueOrder) => Reply | Promise<Reply>): Promise<Reply> {
  const first = (otherwise: () => Reply | Promise<Reply>) => (answer: unknown) => {
    const read = readOrders(answer);
    if (!read.ok) return { is: "ambiguous", why: read.failure } as const;
    const [order] = read.value.result.list;
    return order === undefined ? otherwise() : tell(order);
  };
  const past = () =>
    line.ask(
      (client) => client.privateGetV5OrderHistory(by),
      first(() => ({ is: "not-found" })),
    );
  return line.ask((client) => client.privateGetV5OrderRealtime(by), first(past));
}

/** The venue only acknowledges: what became of an order is asked for. */
function orders(line: Line<Client>): Call<OrderMessage> {
  const query = ({ params, coin }: OrderMessage, orderLinkId: string) => {
    const category = String(params["category"]);
    return findOrder(line, { category, symbol: String(params["symbol"]), orderLinkId }, async (order) => {
      const reply = replyOf(order);
      if (reply.is !== "done") return reply;
      const fills = await line.extra((client) =>
        client.privateGetV5ExecutionList({ category, orderId: order.orderId, limit: 100 }),
      );
      return { is: "done", flows: readFlows(fills, coin) };
    });
  };
  return {
    send: (message, reference) =>
      line.send(
        (client) => client.privatePostV5OrderCreate({ ...message.params }),
        () => confirmed(BYBIT, () => query(message, reference)),
      ),
    query,
  };
}

function cancels(line: Line<Client>): Call<CancelMessage> {
  const query = ({ params }: CancelMessage) =>
    findOrder(line, params as By, (order) => (isOpen(order) ? { is: "not-found" } : { is: "done", flows: [] }));
  return {
    send: (message) =>
      line.send(
        (client) => client.privatePostV5OrderCancel({ ...message.params }),
        () => confirmed(BYBIT, () => query(message)),
      ),
    query,
  };
}

const margins = (line: Line<Client>, now: () => number): Call<MarginMessage> => ({
  send: async (message) =>
    tooLate(BYBIT, message.at, now()) ??
    line.send(
      (client) => client.privatePostV5PositionAddMargin({ ...message.params }),
      () => marginMoved(message),
    ),
  query: (message) => {
    const { category, symbol, positionIdx } = message.params;
    const asked = now();
    return line.ask(
      (client) => client.privateGetV5PositionList({ category, symbol }),
      (answer) => replyOfMargin(BYBIT, message, readMargin(answer, Number(positionIdx)), asked),
    );
  },
});
