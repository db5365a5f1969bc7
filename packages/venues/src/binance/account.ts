import type { Actor, Feed } from "@plimsoll/core/book";
import { localVenue } from "@plimsoll/venues/wire";
import { BinanceActor } from "./act.ts";
import { BinanceFeed, type FeedSettings } from "./feed.ts";
import { type KeyPermission, askPermission } from "./key-permission.ts";
import type { Client } from "./transport.ts";

export interface AccountSettings extends FeedSettings {
  readonly key: string;
  readonly secret: string;
  /** A simulated venue on this machine instead of the real one. */
  readonly localPort?: number;
  /** The clock that stamps messages; only for a simulated venue with a time of its own. */
  readonly clock?: () => number;
}

/** One USD-M account ready to be read and acted on. */
export interface BinanceAccount {
  readonly feed: Feed;
  readonly actor: Actor;
  /** What the venue says that the key may do. */
  readonly permission: () => Promise<KeyPermission>;
  readonly close: () => Promise<void>;
}

const TIMEOUT_MS = 5_000;

/** Connects an account. The client library is loaded with the first call: it is large, and many who import this room never call. */
export function binanceAccount(settings: AccountSettings): BinanceAccount {
  let opened: Promise<Connected> | undefined;
  const connected = () => (opened ??= connect(settings));
  return {
    feed: {
      snapshot: async () => (await connected()).feed.snapshot(),
      watch: async (on) => (await connected()).feed.watch(on),
    },
    actor: {
      prepare: async (...all) => (await connected()).actor.prepare(...all),
      send: async (prepared) => (await connected()).actor.send(prepared),
      query: async (prepared) => (await connected()).actor.query(prepared),
    },
    permission: async () => askPermission((await connected()).client),
    close: async () => (await opened)?.client.close(),
  };
}

interface Connected {
  readonly client: Client;
  readonly feed: Feed;
  readonly actor: Actor;
}

async function connect({ key, secret, localPort, clock, ...feed }: AccountSettings): Promise<Connected> {
  const { pro } = await import("ccxt");
  const enableRateLimit = localPort === undefined;
  const client: Client = new pro.binanceusdm({ apiKey: key, secret, enableRateLimit, timeout: TIMEOUT_MS });
  if (clock !== undefined) client.milliseconds = clock;
  if (localPort !== undefined) await localVenue(client, localPort);
  return { client, feed: new BinanceFeed(client, feed), actor: new BinanceActor(client) };
}
