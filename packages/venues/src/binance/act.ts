import type { Action, Actor, Holding, Prepared, Reply } from "@plimsoll/core/book";
import { type Result, type Why, assetId, compare, dec, fail, negate, why } from "@plimsoll/core/units";
import { wholeNumber } from "@plimsoll/venues/wire";
import * as z from "zod";
import { readBody } from "./read-holding.ts";
import { KeyCheck } from "./key-permission.ts";
import { type Message, makeMessage, readMessage } from "./message.ts";
import { classify } from "./outcomes.ts";
import { side, unreadable, venueNumber } from "./raw.ts";
import { readFlows, readOrder, replyOf } from "./read-order.ts";
import { type Client, type Wire, wireOf } from "./transport.ts";

type MarginMessage = Extract<Message, { readonly call: "margin" }>;
type OrderMessage = Extract<Message, { readonly call: "order" }>;
type CancelMessage = Extract<Message, { readonly call: "cancel" }>;

/** Within this time after it was made a margin move may be sent, and the venue takes a message no later than this after it was signed. */
const SEND_WITHIN_MS = 5_000;
const VENUE_TAKES_MS = 5_000;

/** Every call of an actor protects a position: one of weight at most 1 each. */
const PROTECTS = { weight: 1, purpose: "protect" } as const;

/** Acts on one USD-M account: reduce-only orders, margin of isolated positions, cancels. */
export class BinanceActor implements Actor {
  readonly #wire: Wire;
  readonly #check: KeyCheck;

  /** @param client as for the feed, with the account's trade key: it trades and cannot withdraw. */
  constructor(client: Client) {
    this.#wire = wireOf(client);
    this.#check = new KeyCheck(this.#wire);
  }

  async prepare(key: string, holding: Holding, action: Action): Promise<Result<Prepared, Why>> {
    const allowed = await this.#check.allowed();
    if (!allowed.ok) return allowed;
    const body = readBody(holding.body);
    return body.ok ? makeMessage(key, body.value, action, this.#wire.client.nonce()) : fail(body.failure);
  }

  async send(prepared: Prepared): Promise<Reply> {
    const message = readMessage(prepared);
    switch (message.call) {
      case "order":
        return this.#sendOrder(message);
      case "cancel":
        return this.#sendCancel(message);
      case "margin":
        return this.#sendMargin(message);
    }
  }

  async query(prepared: Prepared): Promise<Reply> {
    const message = readMessage(prepared);
    switch (message.call) {
      case "order":
        return this.#queryOrder(message, prepared.reference);
      case "cancel":
        return this.#queryCancel(message);
      case "margin":
        return this.#queryMargin(message);
    }
  }

  async #sendOrder(message: OrderMessage): Promise<Reply> {
    const answer = await this.#wire.call((client) => client.fapiPrivatePostOrder({ ...message.params }), PROTECTS);
    return answer.ok ? this.#orderReply(answer.value, message) : classify(answer.failure);
  }

  async #queryOrder(message: OrderMessage, reference: string): Promise<Reply> {
    const by = { symbol: message.params["symbol"], origClientOrderId: reference };
    const answer = await this.#wire.call((client) => client.fapiPrivateGetOrder(by), PROTECTS);
    return answer.ok ? this.#orderReply(answer.value, message) : questioned(classify(answer.failure));
  }

  async #orderReply(raw: unknown, { params, asset }: OrderMessage): Promise<Reply> {
    const order = readOrder(raw);
    if (!order.ok) return { is: "ambiguous", why: order.failure };
    const reply = replyOf(order.value, []);
    if (reply.is !== "done") return reply;
    const by = { symbol: params["symbol"], orderId: order.value.orderId };
    const trades = await this.#wire.call((client) => client.fapiPrivateGetUserTrades(by), PROTECTS);
    const flows = trades.ok ? readFlows(trades.value, asset) : undefined;
    return flows?.ok === true ? { is: "done", flows: flows.value } : reply;
  }

  async #sendCancel({ params }: CancelMessage): Promise<Reply> {
    const answer = await this.#wire.call((client) => client.fapiPrivateDeleteOrder({ ...params }), PROTECTS);
    return answer.ok ? { is: "done", flows: [] } : classify(answer.failure);
  }

  async #queryCancel({ params }: CancelMessage): Promise<Reply> {
    const answer = await this.#wire.call((client) => client.fapiPrivateGetOrder({ ...params }), PROTECTS);
    if (!answer.ok) return questioned(classify(answer.failure));
    const order = readOrder(answer.value);
    if (!order.ok) return { is: "ambiguous", why: order.failure };
    const { status } = order.value;
    if (status === "NEW" || status === "PARTIALLY_FILLED") return { is: "not-found" };
    return { is: "done", flows: [] };
  }

  async #sendMargin({ at, params, asset }: MarginMessage): Promise<Reply> {
    if (this.#wire.client.nonce() > at + SEND_WITHIN_MS)
      return {
        is: "refused",
        why: why("binance/too-late", { next: "the message waited too long: the guard decides anew" }),
      };
    const answer = await this.#wire.call((client) => client.fapiPrivatePostPositionMargin({ ...params }), PROTECTS);
    if (!answer.ok) return classify(answer.failure);
    const said = z.object({ code: z.literal(200) }).safeParse(answer.value);
    return said.success ? moved(params, asset) : { is: "ambiguous", why: unreadable("positionMargin", said.error) };
  }

  /** One matching move of the owner since the message was made is it; none is an answer only once it can no longer arrive. */
  async #queryMargin(message: MarginMessage): Promise<Reply> {
    const { params, at, asset } = message;
    const { symbol, type } = params;
    const asked = this.#wire.client.nonce();
    const by = { symbol, type, startTime: at };
    const answer = await this.#wire.call((client) => client.fapiPrivateGetPositionMarginHistory(by), PROTECTS);
    if (!answer.ok) return questioned(classify(answer.failure));
    const history = History.safeParse(answer.value);
    if (!history.success) return { is: "ambiguous", why: unreadable("positionMargin/history", history.error) };
    const matches = history.data.filter((row) => isThis(row, message));
    if (matches.length === 1) return moved(params, asset);
    if (matches.length === 0 && asked > at + SEND_WITHIN_MS + VENUE_TAKES_MS) return { is: "not-found" };
    const next = "ask again: margin moves carry no id of ours";
    return { is: "ambiguous", why: why("binance/margin-move-unclear", { matches: `${matches.length}`, next }) };
  }
}

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
function moved({ amount = "0", type }: MarginMessage["params"], asset: string): Reply {
  const value = dec(amount);
  return { is: "done", flows: [{ asset: assetId(asset), amount: type === "1" ? negate(value) : value }] };
}

/** A question that was refused says nothing about the message asked about. */
const questioned = (reply: Reply): Reply => (reply.is === "refused" ? { is: "ambiguous", why: reply.why } : reply);
