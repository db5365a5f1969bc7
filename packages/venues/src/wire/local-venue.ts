import type { Exchange } from "ccxt";

/**
 * Points an exchange client at a server on this machine: every address of `urls.api` becomes `http://127.0.0.1:PORT/HOST/...`
 * (`ws` for sockets), so the first path segment names the host and one server can play several. For simulations and tests.
 * @param exchange a client that has not yet opened a connection; it is changed and returned.
 */
export async function localVenue<E extends Exchange>(exchange: E, port: number): Promise<E> {
  const urls = exchange.urls as { api: unknown };
  urls.api = redirected(urls.api, port);
  exchange.options["fetchCurrencies"] = false;
  exchange.options["fetchMargins"] = false;
  // without its agent ccxt refuses plain ws:// addresses
  await exchange.loadHttpProxyAgent();
  return exchange;
}

function redirected(address: unknown, port: number): unknown {
  if (typeof address === "string") {
    return address.replace(/^(http|ws)s?:\/\//, (_, kind: string) => `${kind}://127.0.0.1:${port}/`);
  }
  if (typeof address !== "object" || address === null) return address;
  return Object.fromEntries(Object.entries(address).map(([name, each]) => [name, redirected(each, port)]));
}
