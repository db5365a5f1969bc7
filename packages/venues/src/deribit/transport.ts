import { type Dialect, RESERVED_FOR_PROTECTION, RateBudget, Transport } from "@plimsoll/venues/exchange";
import type { pro } from "ccxt";
import { DERIBIT } from "./written.ts";

/** The client that carries our calls: ccxt's class with sockets. Only its addresses, signatures and sockets are used. */
export type Client = InstanceType<typeof pro.deribit>;
export type Wire = Transport<Client>;

/**
 * A call costs 500 credits of a pool of 50,000, which refills with 10,000 a second: 100 calls at once, as many again every
 * 5 seconds. To run it dry ends the session. @source Deribit, rate limits, calls that do not reach the matching engine
 */
const CALLS = { weight: 100, windowMs: 5_000 };

/** Refusals are JSON-RPC errors: `{"error":{"code","message","data":{"reason"}}}`, mostly with HTTP status 400. */
const dialect: Dialect = {
  venue: DERIBIT,
  refusal: (_status, body) => {
    const [, error] = /"error"\s*:\s*(\{.*\})/s.exec(body) ?? [];
    const code = /"code"\s*:\s*(-?\d+)/.exec(error ?? "")?.[1];
    if (error === undefined || code === undefined) return undefined;
    const said = (name: string) => new RegExp(`"${name}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)"`).exec(error)?.[1];
    const words = [said("message"), said("reason"), said("param")].filter((each) => each !== undefined);
    return { code: Number(code), message: words.length === 0 ? error : words.join(": ") };
  },
};

const wires = new WeakMap<Client, Wire>();

/** The one transport of a client: whoever uses it shares what the venue lets an account spend. */
export function wireOf(client: Client): Wire {
  const known = wires.get(client);
  if (known !== undefined) return known;
  const limit = { ...CALLS, reserved: RESERVED_FOR_PROTECTION, by: "account" } as const;
  // a client for a simulated venue, or for a recording, has no limits to keep
  const wire = new Transport(client, dialect, client.enableRateLimit ? new RateBudget(limit) : undefined);
  wires.set(client, wire);
  return wire;
}
