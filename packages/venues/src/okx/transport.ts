import { type Dialect, RESERVED_FOR_PROTECTION, RateBudget, Transport } from "@plimsoll/venues/exchange";
import type { pro } from "ccxt";
import { OKX } from "./written.ts";

/** The client that carries our calls: ccxt's class with sockets. Only its addresses, signatures and sockets are used. */
export type Client = InstanceType<typeof pro.okx>;
export type Wire = Transport<Client>;

/** Each path has a limit of its own; the lowest of those asked here is 5 calls in 2 s. @source OKX API documentation, account/config */
const LIMIT = { weight: 50, windowMs: 2_000, reserved: RESERVED_FOR_PROTECTION, by: "account" } as const;

/** Refusals come with HTTP status 200 too: the answer's code is not "0", or that of its first row is not. */
export const dialect: Dialect = {
  venue: OKX,
  refusal: (_status, body) => {
    const row = /"sCode"\s*:\s*"(\d+)"/.exec(body)?.[1];
    if (row !== undefined && row !== "0") return { code: Number(row), message: wordsOf("sMsg", body) };
    const said = /"code"\s*:\s*"(\d+)"/.exec(body)?.[1];
    return said === undefined || said === "0" ? undefined : { code: Number(said), message: wordsOf("msg", body) };
  },
};

const wordsOf = (field: "msg" | "sMsg", body: string): string =>
  new RegExp(`"${field}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)"`).exec(body)?.[1] ?? body;

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

/** How long one look at what is followed lasts: instruments that come later are subscribed to then. */
const LOOK_MS = 1_000;

/** Waits for the next marks of these instruments. */
export async function followMarks(client: Client, instruments: ReadonlySet<string>): Promise<unknown> {
  const symbols = [...instruments].flatMap(
    (id) => client.markets_by_id?.[id]?.map((market: { symbol: string }) => market.symbol).slice(0, 1) ?? [],
  );
  return symbols.length === 0
    ? client.sleep(LOOK_MS)
    : Promise.race([client.watchMarkPrices(symbols), client.sleep(LOOK_MS)]);
}

/** Waits for index prices of these coins in USD: the library has no call for an index that is not a market of its own. */
export async function followCoins(client: Client, coins: ReadonlySet<string>): Promise<unknown> {
  const url = client.getUrl("index-tickers", "public");
  const opened = [...coins].map((coin) => {
    const arg = { channel: "index-tickers", instId: `${coin}-USD` };
    const hash = `index-tickers:${arg.instId}`;
    return client.watch(url, hash, { op: "subscribe", args: [arg] }, hash);
  });
  return Promise.race([...opened, client.sleep(LOOK_MS)]);
}
