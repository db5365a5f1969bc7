import type { Actor, Reply } from "@plimsoll/core/book";
import { rescale, why } from "@plimsoll/core/units";
import {
  type Call,
  type Line,
  confirmed,
  exchangeActor,
  lineOf,
  marginMoved,
  replyOfMargin,
} from "@plimsoll/venues/exchange";
import { askPermission } from "./key-permission.ts";
import { Message, makeMessage } from "./message.ts";
import { HYPERLIQUID, dexOf } from "./names.ts";
import { classify } from "./outcomes.ts";
import { AMOUNT_SCALE } from "./position.ts";
import { readBody } from "./read-holding.ts";
import { type VenueOrder, assetNumber, readCash, readFlows, readOrder, refusalIn, replyOf } from "./read-order.ts";
import { type Client, wireOf } from "./transport.ts";

type Of<C extends Message["call"]> = Extract<Message, { readonly call: C }>;
/** @source Hyperliquid documentation, rate limits: an action 1, orderStatus and clearinghouseState 2, other questions 20 */
const WEIGHTS = { send: 1, ask: 2, extra: 20 };

/** No clock that is read with is further off, ms. */
const AHEAD_MS = 60_000;

type Fields = Readonly<Record<string, unknown>>;

/** After this time the venue takes a message no more, ms: from then on what it does not know will never be. */
const VALID_MS = 10_000;

/**
 * Acts for one address: reduce-only orders, stops that lie at the venue, margin of isolated positions, cancels.
 * @param client as for the feed, with the key of an agent that the owner approved: it trades and cannot move money away.
 */
export function hyperliquidActor(client: Client): Actor {
  const wire = wireOf(client);
  const desk = new Desk(client, lineOf(wire, classify, WEIGHTS));
  return exchangeActor(wire, {
    venue: HYPERLIQUID,
    permission: () => askPermission(client),
    readBody,
    message: Message,
    // two messages of one millisecond have numbers of their own
    draft: (key, body, action) => makeMessage(key, body, action, client.incrementingNonce()),
    calls: { order: orders(desk), cancel: cancels(desk), margin: margins(desk) },
  });
}

/** Signed actions and questions of one client, and the numbers of its coins. */
class Desk {
  readonly client: Client;
  readonly line: Line<Client>;
  readonly #numbers = new Map<string, number>();

  constructor(client: Client, line: Line<Client>) {
    this.client = client;
    this.line = line;
  }

  /** Sends one action under its number, valid for a while; the order of its fields is part of what is signed. */
  async act(
    coin: string,
    nonce: number,
    action: (asset: number) => object,
    read: (answer: unknown) => Reply | Promise<Reply>,
  ) {
    const asset = await this.#numberOf(coin);
    if (asset === undefined) return unnumbered(coin);
    const [made, expiresAfter] = [action(asset), nonce + VALID_MS];
    return this.line.send((client) => {
      const signature = client.signL1Action(made, nonce, undefined, expiresAfter);
      return client.privatePostExchange({ action: made, nonce, signature, expiresAfter });
    }, read);
  }

  ask(type: string, more: Fields, read: (answer: unknown) => Reply | Promise<Reply>): Promise<Reply> {
    return this.line.ask((client) => client.publicPostInfo({ type, user: client.walletAddress, ...more }), read);
  }

  /** The order of an id, or by its cloid, in any state. */
  order(oid: string | number, tell: (order: VenueOrder) => Reply | Promise<Reply>): Promise<Reply> {
    return this.ask("orderStatus", { oid }, (answer) => {
      const order = readOrder(answer);
      if (!order.ok) return { is: "ambiguous", why: order.failure };
      return order.value === undefined ? { is: "not-found" } : tell(order.value);
    });
  }

  /** The fills since shortly before a message was made: our clock may be ahead of the venue's. */
  fills(madeAt: number): Promise<unknown> {
    const startTime = madeAt - AHEAD_MS;
    return this.line.extra((client) =>
      client.publicPostInfo({ type: "userFillsByTime", user: client.walletAddress, startTime }),
    );
  }

  async #numberOf(coin: string): Promise<number | undefined> {
    const known = this.#numbers.get(coin);
    if (known !== undefined) return known;
    const dex = dexOf(coin);
    const [meta, dexes] = await Promise.all([
      this.line.extra((client) => client.publicPostInfo({ type: "meta", ...(dex !== "" && { dex }) })),
      this.line.extra((client) => client.publicPostInfo({ type: "perpDexs" })),
    ]);
    const number = assetNumber(coin, dex, meta, dexes);
    if (number !== undefined) this.#numbers.set(coin, number);
    return number;
  }
}

const unnumbered = (coin: string): Reply => ({
  is: "refused",
  why: why("hyperliquid/no-asset-number", { coin, next: "nothing was sent: the venue did not tell the coin's number" }),
  remedy: "wait",
});

function orders(desk: Desk): Call<Of<"order">> {
  const query = ({ nonce, token }: Of<"order">, cloid: string) =>
    desk.order(cloid, async (order) => {
      const reply = replyOf(order);
      if (reply.is !== "done") return reply;
      return { is: "done", flows: readFlows(await desk.fills(nonce), order.oid, token) };
    });
  return {
    send: (message, cloid) =>
      desk.act(
        message.coin,
        message.nonce,
        (asset) => orderAction(message, asset, cloid),
        (answer) => refusalIn(answer) ?? confirmed(HYPERLIQUID, () => query(message, cloid)),
      ),
    query,
  };
}

/** @source hyperliquid.gitbook.io, exchange endpoint, place an order: asset, is buy, price, size, reduce only, type, cloid */
const orderAction = (message: Of<"order">, a: number, c: string) => {
  const { isBuy: b, price: p, size: s, reduceOnly: r, trigger, whole } = message;
  const waits = trigger && { isMarket: trigger.isMarket, triggerPx: trigger.triggerPx, tpsl: trigger.tpsl };
  const t = waits === undefined ? { limit: { tif: "Ioc" } } : { trigger: waits };
  return { type: "order", orders: [{ a, b, p, s, r, t, c }], grouping: whole ? "positionTpsl" : "na" };
};

function cancels(desk: Desk): Call<Of<"cancel">> {
  const query = ({ order: o }: Of<"cancel">) =>
    desk.order(o, (order) => {
      const { is } = replyOf(order);
      return is === "accepted" || is === "partly" ? { is: "not-found" } : { is: "done", flows: [] };
    });
  return {
    send: (message) =>
      desk.act(
        message.coin,
        message.nonce,
        (a) => ({ type: "cancel", cancels: [{ a, o: message.order }] }),
        (answer) => refusalIn(answer) ?? confirmed(HYPERLIQUID, () => query(message)),
      ),
    query,
  };
}

/** A coin has one position: `isBuy` says nothing. @source hyperliquid.gitbook.io, exchange endpoint, update isolated margin */
const margins = (desk: Desk): Call<Of<"margin">> => ({
  send: (message) => {
    const ntli = Number(rescale(message.change, AMOUNT_SCALE, "down").digits);
    return desk.act(
      message.coin,
      message.at,
      (asset) => ({ type: "updateIsolatedMargin", asset, isBuy: true, ntli }),
      () => marginMoved(message),
    );
  },
  query: (message) => {
    const [asked, dex] = [desk.client.nonce(), dexOf(message.coin)];
    return desk.ask("clearinghouseState", dex === "" ? {} : { dex }, (answer) =>
      replyOfMargin(HYPERLIQUID, message, readCash(answer, message.coin), asked),
    );
  },
});
