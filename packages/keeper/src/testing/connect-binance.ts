import type { Actor } from "@plimsoll/core/book";
import { type Ms, fail, ok, why } from "@plimsoll/core/units";
import type { Connection } from "@plimsoll/keeper";
import { BinanceActor, BinanceFeed } from "@plimsoll/venues/binance";
import { pro } from "ccxt";
import { HOLDING, type Life, type Twist } from "./life.ts";

type Urls = string | { readonly [name: string]: Urls };
/** Rewrites every address of the client to the venue's port; the host becomes the first path segment. */
function redirect(urls: Urls, port: number): Urls {
  if (typeof urls === "string") return urls.replace(/^(http|ws)s?:\/\/([^/]+)/, `$1://127.0.0.1:${port}/$2`);
  return Object.fromEntries(Object.entries(urls).map(([name, value]) => [name, redirect(value, port)]));
}

/** A connection to the simulated venue through the real client, on a clock that the test may set ahead. */
export async function connect({ port, key, secret, twist }: Life, clock: () => Ms): Promise<Connection> {
  const client = new pro.binanceusdm({
    apiKey: key,
    secret,
    enableRateLimit: false,
    timeout: 3_000,
    options: { fetchCurrencies: false, fetchMargins: false },
  });
  client.urls = { ...client.urls, api: redirect(client.urls["api"] as Urls, port) } as typeof client.urls;
  client.milliseconds = clock;
  await client.loadHttpProxyAgent(); // ccxt opens sockets without TLS only after this
  const feed = new BinanceFeed(client, { holding: HOLDING, symbols: ["BTCUSDT"] });
  const actor = twisted(new BinanceActor(client), twist);
  return { holding: HOLDING, feed, ...(actor === undefined ? {} : { actor }) };
}

function twisted(actor: Actor, twist: Twist): Actor | undefined {
  const { prepare, ...rest } = {
    prepare: actor.prepare.bind(actor),
    send: actor.send.bind(actor),
    query: actor.query.bind(actor),
  };
  switch (twist) {
    case "none":
      return actor;
    case "mute":
      return undefined;
    case "unprepared":
      return { ...rest, prepare: async () => fail(why("test/unprepared")) };
    case "rests":
      return {
        ...rest,
        prepare: async (...asked) => {
          const made = await prepare(...asked);
          return made.ok ? ok({ ...made.value, wire: made.value.wire.replace('"IOC"', '"GTC"') }) : made;
        },
      };
  }
}
