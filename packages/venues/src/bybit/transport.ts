import { type Dialect, RESERVED_FOR_PROTECTION, RateBudget, Transport } from "@plimsoll/venues/exchange";
import type { pro } from "ccxt";
import { BYBIT } from "./written.ts";

/** The client that carries our calls: ccxt's class with sockets. Only its addresses, signatures and sockets are used. */
export type Client = InstanceType<typeof pro.bybit>;
export type Wire = Transport<Client>;

/**
 * Each private path has a limit of its own beside the address's, a second and user: at this weight even a reading that asks one path
 * alone stays below it. @source the same page: 10 readings a second, of the fee rate 5
 */
export const WEIGHT = { private: 12, feeRate: 24 } as const;
/** Calls an address may make. @source bybit-exchange.github.io/docs/v5/rate-limit: 600 in 5 seconds */
const LIMIT = {
  weight: 600,
  windowMs: 5_000,
  reserved: RESERVED_FOR_PROTECTION,
  by: "address",
  acting: 2 * WEIGHT.private,
} as const;

/** An address that asked too often is let in again after this long. @source the same page */
const BANNED_MS = 600_000;
/** Codes of "too many visits": of the user, of the address. Limits count by the second. @source bybit-exchange.github.io/docs/v5/error */
const TOO_MANY = new Set([10_006, 10_018]);

/** Refusals come with HTTP status 200 too: the code of the answer is not 0. What the venue cannot say (10000, 10016) is one as well. */
export const dialect: Dialect = {
  venue: BYBIT,
  refusal: (_status, body) => {
    const code = /"retCode"\s*:\s*"?(-?\d+)/.exec(body)?.[1];
    if (code === undefined || Number(code) === 0) return undefined;
    return { code: Number(code), message: /"retMsg"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? body };
  },
  restMs: ({ status, code }) => {
    if (status === 403) return BANNED_MS;
    return code !== undefined && TOO_MANY.has(code) ? 1_000 : undefined;
  },
};

const wires = new WeakMap<Client, Wire>();

/** The one transport of a client: everything that asks through it shares what the venue lets it spend. */
export function wireOf(client: Client): Wire {
  const known = wires.get(client);
  if (known !== undefined) return known;
  // a client for a venue on this machine has no limits to keep
  const wire = new Transport(client, dialect, client.enableRateLimit ? new RateBudget(LIMIT) : undefined);
  wires.set(client, wire);
  return wire;
}
