import { type Dialect, RESERVED_FOR_PROTECTION, RateBudget, Transport } from "@plimsoll/venues/exchange";
import type { dydx } from "ccxt";
import { DYDX } from "./names.ts";

/** The client that carries our questions to the indexer: ccxt's class. Only its addresses are used. */
export type Client = InstanceType<typeof dydx>;
export type Wire = Transport<Client>;

/** Questions that an address may ask in ten seconds. @source dYdX documentation, indexer limits: 100 requests in 10 s */
const LIMIT = { weight: 100, windowMs: 10_000, reserved: RESERVED_FOR_PROTECTION, by: "address" } as const;

/** Refusals come with an HTTP status. */
const dialect: Dialect = { venue: DYDX, refusal: () => undefined };

const wires = new WeakMap<Client, Wire>();

/** The one transport of a client. */
export function wireOf(client: Client): Wire {
  const known = wires.get(client);
  if (known !== undefined) return known;
  const wire = new Transport(client, dialect, client.enableRateLimit ? new RateBudget(LIMIT) : undefined);
  wires.set(client, wire);
  return wire;
}
