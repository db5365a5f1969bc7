import { type Dialect, RESERVED_FOR_PROTECTION, RateBudget, Transport } from "@plimsoll/venues/exchange";
import type { pro } from "ccxt";
import { HYPERLIQUID } from "./names.ts";

/** The client that carries our questions: ccxt's class with sockets. Only its addresses and sockets are used. */
export type Client = InstanceType<typeof pro.hyperliquid>;
export type Wire = Transport<Client>;

/** Request weight an address has a minute. @source Hyperliquid documentation, rate limits */
const LIMIT = { weight: 1_200, windowMs: 60_000, reserved: RESERVED_FOR_PROTECTION, by: "address", acting: 3 } as const;
/** What a question costs: a few are cheap, `userRole` is dear, all others the same. @source as above */
const WEIGHTS: Readonly<Record<string, number>> = { clearinghouseState: 2, exchangeStatus: 2, userRole: 60 };
const USUAL_WEIGHT = 20;

/** Refusals of questions come with an HTTP status; of actions in the answer. */
const dialect: Dialect = {
  venue: HYPERLIQUID,
  refusal: (_status, body) => (/^\s*\{\s*"status"\s*:\s*"err"/.test(body) ? { message: body } : undefined),
};

const wires = new WeakMap<Client, Wire>();

/** The one transport of a client. */
export function wireOf(client: Client): Wire {
  const known = wires.get(client);
  if (known !== undefined) return known;
  // a client for a venue on this machine has no limits to keep
  const wire = new Transport(client, dialect, client.enableRateLimit ? new RateBudget(LIMIT) : undefined);
  wires.set(client, wire);
  return wire;
}

/** One question of the info endpoint by its type. */
export const askInfo = (wire: Wire, type: string, more: Readonly<Record<string, string>> = {}) =>
  wire.ask(type, (each) => each.publicPostInfo({ type, ...more }), WEIGHTS[type] ?? USUAL_WEIGHT);

/** How long one look at what is followed lasts: coins that come later are subscribed to then. */
const LOOK_MS = 1_000;

/**
 * Keeps subscriptions open: resolves after a while, rejects when the connection fails. The messages are seen by the tap, raw, so
 * that no call of the library has to exist for them.
 */
export function followAll(
  client: Client,
  subscriptions: readonly Readonly<Record<string, string>>[],
): Promise<unknown> {
  const { ws } = client.urls["api"] as { readonly ws: { readonly public: string } };
  const opened = subscriptions.map((subscription) => {
    const name = JSON.stringify(subscription);
    return client.watch(ws.public, name, { method: "subscribe", subscription }, name);
  });
  return Promise.race([...opened, client.sleep(LOOK_MS)]);
}
