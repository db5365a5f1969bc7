import type { Actor, Reply } from "@plimsoll/core/book";
import { assetId, compare, dec, negate, why } from "@plimsoll/core/units";
import { type Call, type Line, confirmed, exchangeActor, lineOf, mayArrive, tooLate } from "@plimsoll/venues/exchange";
import { wholeNumber } from "@plimsoll/venues/wire";
import * as z from "zod";
import { askPermission } from "./key-permission.ts";
import { Message, makeMessage } from "./message.ts";
import { classify } from "./outcomes.ts";
import { side, unreadable, venueNumber } from "./raw.ts";
import { readBody } from "./read-holding.ts";
import { readFlows, readOrder, readStop, replyOf, stopReply } from "./read-order.ts";
import { type Client, wireOf } from "./transport.ts";
import { BINANCE } from "./written.ts";

type MarginMessage = Extract<Message, { readonly call: "margin" }>;
type OrderMessage = Extract<Message, { readonly call: "order" }>;
type CancelMessage = Extract<Message, { readonly call: "cancel" }>;
type StopMessage = Extract<Message, { readonly call: "stop" }>;
type CancelStopMessage = Extract<Message, { readonly call: "cancel-stop" }>;

/**
 * Acts on one USD-M account: reduce-only orders, stops that lie at the venue, margin of isolated positions, cancels.
 * @param client as for the feed, with the account's trade key: it trades and cannot withdraw.
 */
export function binanceActor(client: Client): Actor {
  const wire = wireOf(client);
  const line = lineOf(wire, classify);
  return exchangeActor(wire, {
    venue: BINANCE,
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

/** What an order became, with the money of its trades where it is done. */
async function orderReply(line: Line<Client>, raw: unknown, symbol: string | undefined, asset: string): Promise<Reply> {
  const order = readOrder(raw);
  if (!order.ok) return { is: "ambiguous", why: order.failure };
  const reply = replyOf(order.value, []);
  if (reply.is !== "done") return reply;
  const by = { symbol, orderId: order.value.orderId };
  const flows = readFlows(await line.extra((client) => client.fapiPrivateGetUserTrades(by)), asset);
  return flows.ok ? { is: "done", flows: flows.value } : reply;
}

const orders = (line: Line<Client>): Call<OrderMessage> => ({
  send: ({ params, asset }) =>
    line.send(
      (client) => client.fapiPrivatePostOrder({ ...params }),
      (answer) => orderReply(line, answer, params["symbol"], asset),
    ),
  query: ({ params, asset }, origClientOrderId) =>
    line.ask(
      (client) => client.fapiPrivateGetOrder({ symbol: params["symbol"], origClientOrderId }),
      (answer) => orderReply(line, answer, params["symbol"], asset),
    ),
});

function stops(line: Line<Client>): Call<StopMessage> {
  const query = ({ params: { symbol }, asset }: StopMessage, clientAlgoId: string) =>
    line.ask(
      (client) => client.fapiPrivateGetAlgoOrder({ clientAlgoId }),
      (answer) => {
        const stop = readStop(answer);
        if (!stop.ok) return { is: "ambiguous", why: stop.failure };
        const { actualOrderId: orderId } = stop.value;
        if (orderId === undefined) return stopReply(stop.value);
        return line.ask(
          (client) => client.fapiPrivateGetOrder({ symbol, orderId }),
          (order) => orderReply(line, order, symbol, asset),
        );
      },
    );
  return {
    send: (message, reference) =>
      line.send(
        (client) => client.fapiPrivatePostAlgoOrder({ ...message.params }),
        () => confirmed(BINANCE, () => query(message, reference)),
      ),
    query,
  };
}

const stopCancels = (line: Line<Client>): Call<CancelStopMessage> => ({
  send: ({ params }) =>
    line.send(
      (client) => client.fapiPrivateDeleteAlgoOrder({ ...params }),
      () => ({ is: "done", flows: [] }),
    ),
  query: ({ params }) =>
    line.ask(
      (client) => client.fapiPrivateGetAlgoOrder({ ...params }),
      (answer) => {
        const stop = readStop(answer);
        if (!stop.ok) return { is: "ambiguous", why: stop.failure };
        return stopReply(stop.value).is === "accepted" ? { is: "not-found" } : { is: "done", flows: [] };
      },
    ),
});

const cancels = (line: Line<Client>): Call<CancelMessage> => ({
  send: ({ params }) =>
    line.send(
      (client) => client.fapiPrivateDeleteOrder({ ...params }),
      () => ({ is: "done", flows: [] }),
    ),
  query: ({ params }) =>
    line.ask(
      (client) => client.fapiPrivateGetOrder({ ...params }),
      (answer) => {
        const order = readOrder(answer);
        if (!order.ok) return { is: "ambiguous", why: order.failure };
        const { status } = order.value;
        return status === "NEW" || status === "PARTIALLY_FILLED" ? { is: "not-found" } : { is: "done", flows: [] };
      },
    ),
});

/** A margin move carries no id: one matching move of the owner since the message was made is it. */
const margins = (line: Line<Client>, now: () => number): Call<MarginMessage> => ({
  send: async (message) =>
    tooLate(BINANCE, message.at, now()) ??
    line.send(
      (client) => client.fapiPrivatePostPositionMargin({ ...message.params }),
      (answer) => {
        const said = z.object({ code: z.literal(200) }).safeParse(answer);
        return said.success ? moved(message) : { is: "ambiguous", why: unreadable("positionMargin", said.error) };
      },
    ),
  query: (message) => {
    const { symbol, type } = message.params;
    const asked = now();
    return line.ask(
      (client) => client.fapiPrivateGetPositionMarginHistory({ symbol, type, startTime: message.at }),
      (answer) => {
        const history = History.safeParse(answer);
        if (!history.success) return { is: "ambiguous", why: unreadable("positionMargin/history", history.error) };
        const matches = history.data.filter((row) => isThis(row, message));
        if (matches.length === 1) return moved(message);
        if (matches.length === 0 && !mayArrive(message.at, asked)) return { is: "not-found" };
        const next = "ask again: margin moves carry no id of ours";
        return { is: "ambiguous", why: why("binance/margin-move-unclear", { matches: `${matches.length}`, next }) };
      },
    );
  },
});

const History = z.array(
  z.object({
    amount: venueNumber,
    type: wholeNumber,
    positionSide: side,
    deltaType: z.string().optional(),
    time: wholeNumber,
  }),
);

const isThis = (row: z.infer<typeof History>[number], { params, at }: MarginMessage): boolean =>
  row.time >= at &&
  `${row.type}` === params["type"] &&
  row.positionSide === params["positionSide"] &&
  (row.deltaType ?? "USER_ADJUST") === "USER_ADJUST" &&
  compare(row.amount, dec(params["amount"] ?? "0")) === 0;

/** What the cross wallet paid or got. */
function moved({ params: { amount = "0", type }, asset }: MarginMessage): Reply {
  const value = dec(amount);
  return { is: "done", flows: [{ asset: assetId(asset), amount: type === "1" ? negate(value) : value }] };
}
