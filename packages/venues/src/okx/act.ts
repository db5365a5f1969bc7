import type { Actor, Reply } from "@plimsoll/core/book";
import type { Result, Why } from "@plimsoll/core/units";
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
import { orderOf, readOrders, readStops, replyOf, stopReply } from "./read-order.ts";
import { readPositions } from "./read-positions.ts";
import { type Client, wireOf } from "./transport.ts";
import { OKX } from "./written.ts";

type Of<C extends Message["call"]> = Extract<Message, { readonly call: C }>;

/**
 * Acts on one trading account: reduce-only orders, stops that lie at the venue, margin of isolated positions, cancels.
 * @param client as for the feed, with the account's trade key: it trades and cannot withdraw.
 */
export function okxActor(client: Client): Actor {
  const wire = wireOf(client);
  const line = lineOf(wire, classify);
  return exchangeActor(wire, {
    venue: OKX,
    permission: () => askPermission(wire),
    readBody,
    message: Message,
    draft: makeMessage,
    calls: {
      order: orders(line),
      stop: stops(line),
      cancel: cancels(line),
      "cancel-stop": stopCancels(line),
      margin: margins(line, () => client.nonce()),
    },
  });
}

/** What the first row of an answer says; an answer without one says that there is no such order. */
const first =
  <T>(read: (raw: unknown) => Result<readonly T[], Why>, tell: (row: T) => Reply | Promise<Reply>) =>
  (answer: unknown): Reply | Promise<Reply> => {
    const rows = read(answer);
    if (!rows.ok) return { is: "ambiguous", why: rows.failure };
    const [row] = rows.value;
    return row === undefined ? { is: "not-found" } : tell(row);
  };

/** The venue only acknowledges: what became of an order is asked for. */
function orders(line: Line<Client>): Call<Of<"order">> {
  const query = ({ params: { instId }, coin }: Of<"order">, clOrdId: string) =>
    line.ask(
      (client) => client.privateGetTradeOrder({ instId, clOrdId }),
      first(readOrders, (order) => replyOf(order, coin)),
    );
  return {
    send: (message, reference) =>
      line.send(
        (client) => client.privatePostTradeOrder({ ...message.params }),
        () => confirmed(OKX, () => query(message, reference)),
      ),
    query,
  };
}

function stops(line: Line<Client>): Call<Of<"stop">> {
  const query = ({ params: { instId }, coin }: Of<"stop">, algoClOrdId: string) =>
    line.ask(
      (client) => client.privateGetTradeOrderAlgo({ algoClOrdId }),
      first(readStops, (stop) => {
        const ordId = orderOf(stop);
        if (ordId === undefined) return stopReply(stop);
        return line.ask(
          (client) => client.privateGetTradeOrder({ instId, ordId }),
          first(readOrders, (order) => replyOf(order, coin)),
        );
      }),
    );
  return {
    send: (message, reference) =>
      line.send(
        (client) => client.privatePostTradeOrderAlgo({ ...message.params }),
        () => confirmed(OKX, () => query(message, reference)),
      ),
    query,
  };
}

/** Of an order that still waits the cancel has not arrived. */
const gone = (reply: Reply): Reply =>
  reply.is === "accepted" || reply.is === "partly" ? { is: "not-found" } : { is: "done", flows: [] };

function cancels(line: Line<Client>): Call<Of<"cancel">> {
  const query = ({ params }: Of<"cancel">) =>
    line.ask(
      (client) => client.privateGetTradeOrder({ ...params }),
      first(readOrders, (order) => gone(replyOf(order, ""))),
    );
  return {
    send: (message) =>
      line.send(
        (client) => client.privatePostTradeCancelOrder({ ...message.params }),
        () => confirmed(OKX, () => query(message)),
      ),
    query,
  };
}

function stopCancels(line: Line<Client>): Call<Of<"cancel-stop">> {
  const query = ({ params: { algoId } }: Of<"cancel-stop">) =>
    line.ask(
      (client) => client.privateGetTradeOrderAlgo({ algoId }),
      first(readStops, (stop) => gone(stopReply(stop))),
    );
  return {
    send: (message) =>
      line.send(
        (client) => client.privatePostTradeCancelAlgos([{ ...message.params }]),
        () => confirmed(OKX, () => query(message)),
      ),
    query,
  };
}

const margins = (line: Line<Client>, now: () => number): Call<Of<"margin">> => ({
  send: async (message) =>
    tooLate(OKX, message.at, now()) ??
    line.send(
      (client) => client.privatePostAccountPositionMarginBalance({ ...message.params }),
      () => marginMoved(message),
    ),
  query: (message) => {
    const { instId, posSide } = message.params;
    const asked = now();
    return line.ask(
      (client) => client.privateGetAccountPositions({ instId }),
      (answer) => {
        const rows = readPositions(answer);
        if (!rows.ok) return { is: "ambiguous", why: rows.failure };
        const held = rows.value.find((row) => row.mgnMode === "isolated" && row.posSide === posSide);
        return replyOfMargin(OKX, message, held?.margin, asked);
      },
    );
  },
});
