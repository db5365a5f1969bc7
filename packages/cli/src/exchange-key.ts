import type { Actor, Feed } from "@plimsoll/core/book";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type Redact, createRedact, redactWhy } from "@plimsoll/keeper";
import { BinanceActor, askKey, binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { type FeedSettings, type KeyPermission, keyUses } from "@plimsoll/venues/wire";
import type { AccountConfig } from "./files/config-file.ts";
import { type HeldKey, type KeyRing, secretsOf } from "./files/key-ring.ts";

export type ExchangeAccount = Extract<AccountConfig, { venue: "binance" }>;

/** One key of an exchange account and what can be done with it; each has a connection of its own. */
export interface ExchangeKey {
  readonly held: HeldKey;
  readonly feed: (settings: FeedSettings) => Feed;
  readonly actor: () => Actor;
  readonly permission: () => Promise<KeyPermission>;
  readonly close: () => Promise<void>;
}

/** Every key that an account names; the first that cannot be had is the failure. Nothing is asked of the venue yet. */
export async function openExchangeKeys(
  account: ExchangeAccount,
  ring: KeyRing,
): Promise<Result<readonly ExchangeKey[], Why>> {
  const found: HeldKey[] = [];
  for (const use of keyUses) {
    const key = await ring.find(account, use);
    if (!key.ok) return key;
    if (key.value !== undefined) found.push(key.value);
  }
  return ok(await Promise.all(found.map((held) => openBinanceKey(account, held))));
}

async function openBinanceKey({ localPort }: ExchangeAccount, held: HeldKey): Promise<ExchangeKey> {
  const { key = "", secret = "" } = held.parts;
  const client = await binanceClient({ key, secret, ...(localPort !== undefined && { localPort }) });
  return {
    held,
    feed: (settings) => binanceFeed(client, settings),
    actor: () => new BinanceActor(client),
    permission: async () => cleaned(await askKey(client), createRedact(secretsOf(held))),
    close: () => client.close(),
  };
}

/** Why nothing was said may quote the signed request that failed. */
const cleaned = (permission: KeyPermission, redact: Redact): KeyPermission =>
  permission.is === "unknown" ? { ...permission, why: redactWhy(redact, permission.why) } : permission;
