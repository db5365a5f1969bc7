import { type Dialect, RESERVED_FOR_PROTECTION, RateBudget, Transport } from "@plimsoll/venues/exchange";
import type { pro } from "ccxt";
import { BINANCE } from "./written.ts";

/** The client that carries our calls: ccxt's USD-M class with sockets. Only its addresses, signatures and sockets are used. */
export type Client = InstanceType<typeof pro.binanceusdm>;
export type Wire = Transport<Client>;

/** Request weight an address has a minute. @source Binance USD-M exchangeInfo, rateLimits REQUEST_WEIGHT. */
const WEIGHT_A_MINUTE = 2_400;

/** Refusals carry a code below 0 and words, also some that come with status 200. */
const dialect: Dialect = {
  venue: BINANCE,
  refusal: (_status, body) => {
    const said = /"code"\s*:\s*"?(-?\d+)/.exec(body)?.[1];
    if (said === undefined || Number(said) >= 0) return undefined;
    return { code: Number(said), message: /"msg"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? body };
  },
};

const wires = new WeakMap<Client, Wire>();

/** The one transport of a client: feed and actor share what the venue lets an address spend. */
export function wireOf(client: Client): Wire {
  const known = wires.get(client);
  if (known !== undefined) return known;
  const limit = {
    weight: WEIGHT_A_MINUTE,
    windowMs: 60_000,
    reserved: RESERVED_FOR_PROTECTION,
    by: "address",
  } as const;
  // a client for a simulated venue has no limits to keep
  const wire = new Transport(client, dialect, client.enableRateLimit ? new RateBudget(limit) : undefined);
  wires.set(client, wire);
  return wire;
}
