/** A key of the venue: whose it is, its secret, what it may do. */
export interface ApiKey {
  readonly account: string;
  readonly key: string;
  readonly secret: string;
  /** Futures orders allowed; reading always is. */
  readonly trade?: boolean;
  /** Withdrawals allowed: a careful keeper refuses such a key. */
  readonly withdraw?: boolean;
}

/** One HTTP call, taken apart. `path` is without the host segment: "/fapi/v1/order". */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly apiKey: string | undefined;
  readonly params: ReadonlyMap<string, string>;
}

/** Takes a URL apart; a leading host segment, as a client redirected to this server sends it, is dropped. */
export function readRequest(method: string, url: string, body: string, apiKey: string | undefined): Request {
  const [full = "/", query = ""] = url.split("?");
  const path = full.replace(/^\/[^/]*\.[^/]*(?=\/)/, "");
  const params = new Map([...new URLSearchParams(query), ...new URLSearchParams(body)]);
  return { method, path, query, body, apiKey, params };
}
