import { pro } from "ccxt";
import type { ApiKey, RunningExchange } from "@plimsoll/sim/exchange";

/** Rewrites every address of a client to this port; the host becomes the first path segment. */
type Urls = string | { readonly [name: string]: Urls };
function redirect(urls: Urls, port: number): Urls {
  if (typeof urls === "string") return urls.replace(/^(http|ws)s?:\/\/([^/]+)/, `$1://127.0.0.1:${port}/$2`);
  return Object.fromEntries(Object.entries(urls).map(([name, value]) => [name, redirect(value, port)]));
}

/** The real ccxt client on a simulated venue, on its clock, without pacing. */
export function clientOf(
  running: RunningExchange,
  { key, secret }: Pick<ApiKey, "key" | "secret">,
): InstanceType<typeof pro.binanceusdm> {
  const client = new pro.binanceusdm({
    apiKey: key,
    secret,
    enableRateLimit: false,
    timeout: 20_000,
    options: { fetchCurrencies: false, fetchMargins: false },
  });
  client.urls = { ...client.urls, api: redirect(client.urls["api"] as Urls, running.port) } as typeof client.urls;
  client.nonce = () => running.exchange.now();
  return client;
}
