import type { Actor, DeadMan, Feed } from "@plimsoll/core/book";
import { type Result, type Why, ok, why } from "@plimsoll/core/units";
import { type Redact, createRedact, redactWhy } from "@plimsoll/keeper";
import { type ClientOptions, type FeedSettings, type KeyPermission, type KeyUse, keyUses } from "@plimsoll/venues/wire";
import { type ExchangeAccount, accessOfAccount } from "./files/exchange-account.ts";
import { type HeldKey, type KeyRing, secretsOf } from "./files/key-ring.ts";

/** One connection to an exchange: with a key, or with none to what is public. */
export interface ExchangeLine {
  readonly feed: (settings: FeedSettings) => Feed;
  /** Absent where this build only watches the venue. */
  readonly actor?: () => Actor;
  readonly close: () => Promise<void>;
}

/** One key of an exchange account and what can be done with it; each has a connection of its own. */
export interface ExchangeKey extends ExchangeLine {
  readonly held: HeldKey;
  readonly permission: () => Promise<KeyPermission>;
  /** Whether a timer at the venue cancels the account's orders; asks, and sets nothing. */
  readonly deadMan: () => Promise<DeadMan>;
}

/** The keys that an account names for these uses; the first that cannot be had is the failure. Nothing is asked of the venue yet. */
export async function openExchangeKeys(
  account: ExchangeAccount,
  ring: KeyRing,
  uses: readonly KeyUse[] = keyUses,
): Promise<Result<readonly ExchangeKey[], Why>> {
  const found: HeldKey[] = [];
  for (const use of uses) {
    const key = await ring.find(account, use);
    if (!key.ok) return key;
    if (key.value !== undefined) found.push(key.value);
  }
  return ok(await Promise.all(found.map((held) => openKey(account, held))));
}

async function openKey(account: ExchangeAccount, held: HeldKey): Promise<ExchangeKey> {
  const access = accessOfAccount(account);
  const { line, client } = await openLine(account, held.parts);
  const redact = createRedact(secretsOf(held));
  return {
    ...{ ...line, held },
    permission: async () => cleaned(await access.permission(client), redact),
    deadMan: async () =>
      access.deadMan === undefined ? untold(account) : cleaned(await access.deadMan(client), redact),
  };
}

/** What is public of an account, at a venue that is read by its address. */
export const openPublic = async (account: ExchangeAccount): Promise<ExchangeLine> => (await openLine(account, {})).line;

async function openLine(account: ExchangeAccount, parts: HeldKey["parts"]) {
  const access = accessOfAccount(account);
  const client = await access.client(clientOptions(account, parts));
  const { actor } = access;
  const line: ExchangeLine = {
    feed: (settings) => access.feed(client, settings),
    ...(actor !== undefined && { actor: () => actor(client) }),
    close: () => client.close(),
  };
  return { line, client };
}

/** What the client of an account is made of. */
export function clientOptions(account: ExchangeAccount, parts: HeldKey["parts"]): ClientOptions {
  const given = { ...parts, localPort: account.localPort, ...("user" in account && { user: account.user }) };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Why nothing was said may quote the signed request that failed. */
const cleaned = <S extends KeyPermission | DeadMan>(said: S, redact: Redact): S =>
  said.is === "unknown" ? { ...said, why: redactWhy(redact, said.why) } : said;

const untold = ({ venue }: ExchangeAccount): DeadMan => ({
  is: "unknown",
  why: why("venue/dead-man-not-told", {
    venue,
    detail: `${venue} does not tell`,
    next: "see to it that no other program sets one",
  }),
});
