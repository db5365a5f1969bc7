import { resolve } from "node:path";
import { type Ms, type Result, type Why, fail, holdingId, ok, why } from "@plimsoll/core/units";
import { type Connection, SignerLine, createRedact, redacted, signerActor, signerSocketIn } from "@plimsoll/keeper";
import { keyUses } from "@plimsoll/venues/wire";
import { openAuditedKeys } from "./audited-keys.ts";
import { openChain } from "./chain-line.ts";
import { type ExchangeKey, openPublic } from "./exchange-key.ts";
import type { AccountKeys } from "./files/account-keys.ts";
import type { ChainAccount } from "./files/chain-account.ts";
import { type AccountConfig, type Config, isOnChain } from "./files/config-file.ts";
import { type ExchangeAccount, accessOfAccount } from "./files/exchange-account.ts";
import { type KeyRing, secretsOf } from "./files/key-ring.ts";
import type { Environment } from "./files/secrets.ts";
import { type Standing, unableBy } from "./standing.ts";

/** A connected account and what must be closed with it. */
export interface Connected {
  readonly connection: Connection;
  /** Values that must never appear in a log. */
  readonly secrets: readonly string[];
  /** What its keys may do that they should not, and what cannot be done without them. */
  readonly notices: readonly Why[];
  /** Asks the venue what stands around the account; absent where nobody can tell. */
  readonly standing?: () => Promise<Standing>;
  readonly close: () => Promise<void>;
}

/** Connects every account of a config; where it says `signer`, no key that sends is opened, and a signer acts. */
export const connectAll = (
  { accounts, termsEvery, signer, dataDir }: Config,
  ring: KeyRing,
  environment: Environment,
): Promise<Result<readonly Connected[], Why>> =>
  openAll(accounts, (account) => {
    const hand = signer ? reachSigner(account, signerSocketIn(resolve(dataDir))) : undefined;
    return isOnChain(account)
      ? connectChain(account, signer ? undefined : ring, environment, termsEvery, hand)
      : connectExchange(account, ring, termsEvery, signer, hand);
  });

/** Opens every account; the first that cannot be is the failure, with the account's name, and the others are closed. */
export async function openAll<T extends Pick<Connected, "close">>(
  accounts: readonly AccountConfig[],
  open: (account: AccountConfig) => Promise<Result<T, Why>>,
): Promise<Result<readonly T[], Why>> {
  const made = await Promise.all(accounts.map(open));
  const opened = made.flatMap((each) => (each.ok ? [each.value] : []));
  for (const [index, each] of made.entries()) {
    if (each.ok) continue;
    await Promise.all(opened.map(({ close }) => close()));
    return fail(why(each.failure.code, { account: accounts[index]?.name ?? "", ...each.failure.facts }));
  }
  return ok(opened);
}

/** How this process acts for an account whose key it does not have. */
type Hand = Required<Pick<Connection, "actor" | "away">> & Pick<Connected, "close">;

/** @returns undefined where the account names no key that sends: a signer has none either. */
function reachSigner({ name, keys }: AccountConfig, socket: string): Hand | undefined {
  if ((keys as AccountKeys).trade === undefined) return undefined;
  const line = new SignerLine(socket);
  return { actor: signerActor(line, holdingId(name)), away: () => line.away, close: () => line.close() };
}

/** Reads with the read key alone, sends with the trade key alone or through a signer; the transfer key is looked at and put away. */
async function connectExchange(
  account: ExchangeAccount,
  ring: KeyRing,
  termsEveryMs: Ms,
  isKeyless: boolean,
  hand: Hand | undefined,
): Promise<Result<Connected, Why>> {
  const opened = await openAuditedKeys(account, ring, isKeyless ? ["read"] : keyUses);
  if (!opened.ok) {
    await hand?.close();
    return opened;
  }
  const { keys, warnings, trade: key } = opened.value;
  const open = accessOfAccount(account).readBy === "address" ? await openPublic(account) : undefined;
  const close = async () => void (await Promise.all([...keys, open, hand].map(async (each) => each?.close())));
  const [read, trade] = (["read", "trade"] as const).map((use) => keys.find(({ held }) => held.use === use));
  const holding = holdingId(account.name);
  const secrets = keys.flatMap(({ held }) => secretsOf(held));
  const feed = (open ?? read!).feed({ holding, termsEveryMs });
  const actor = hand?.actor ?? trade?.actor?.();
  const connection = {
    ...{ holding, feed, ...(actor !== undefined && { actor }), ...(hand && { away: hand.away }) },
    ...(key !== undefined && { key }),
  };
  return ok({
    connection: redacted(connection, createRedact(secrets)),
    secrets,
    notices: [...warnings, ...(actor === undefined ? [watchOnly(account)] : [])],
    ...(keys.length > 0 && { standing: () => standingOf(trade ?? keys[0]!, trade) }),
    close,
  });
}

async function standingOf(key: ExchangeKey, trade: ExchangeKey | undefined): Promise<Standing> {
  const deadMan = await key.deadMan();
  return { deadMan, unable: trade === undefined ? [] : unableBy(await trade.permission()) };
}

async function connectChain(
  account: ChainAccount,
  ring: KeyRing | undefined,
  environment: Environment,
  termsEveryMs: Ms,
  hand: Hand | undefined,
): Promise<Result<Connected, Why>> {
  const opened = await openChain(account, ring, environment);
  if (!opened.ok) {
    await hand?.close();
    return opened;
  }
  const { line, wallet, secrets, confirmed } = opened.value;
  const holding = holdingId(account.name);
  const actor = hand?.actor ?? (wallet === undefined ? undefined : line.actor?.(wallet));
  const feed = line.feed({ holding, termsEveryMs });
  const connection = {
    ...{ holding, feed, ...(actor !== undefined && { actor }), ...(hand && { away: hand.away }) },
    // whoever has a wallet's key can do all that the wallet can
    ...(wallet !== undefined && { key: { acts: "yes", until: "never" } as const }),
  };
  return ok({
    connection: redacted(connection, createRedact(secrets)),
    secrets,
    notices: [
      ...(confirmed.ok ? [] : [why(confirmed.failure.code, { account: account.name, ...confirmed.failure.facts })]),
      ...(actor === undefined ? [line.actor === undefined ? neverActs(account) : watchOnly(account)] : []),
    ],
    close: async () => hand?.close(),
  });
}

const neverActs = ({ name, venue }: AccountConfig): Why =>
  why("key/watch-only", {
    account: name,
    detail: `accounts of ${venue} are watched only: nothing can be sent for this one`,
    next: "act on it yourself when it is told to be in danger",
  });

const watchOnly = ({ name }: AccountConfig): Why =>
  why("key/watch-only", {
    account: name,
    detail: "no trade key is named: this account is watched only, nothing can be sent for it",
    next: "name one as keys.trade to let guards act on it",
  });
