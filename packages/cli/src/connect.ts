import { type Ms, type Result, type Why, fail, holdingId, ms, ok, why } from "@plimsoll/core/units";
import { type Connection, createRedact, redacted } from "@plimsoll/keeper";
import { keyWarnings, refuseWithdrawals } from "@plimsoll/venues/wire";
import { openChain } from "./chain-line.ts";
import { type ExchangeKey, openExchangeKeys, openPublic } from "./exchange-key.ts";
import type { ChainAccount } from "./files/chain-account.ts";
import { type AccountConfig, type Config, isOnChain } from "./files/config-file.ts";
import { type ExchangeAccount, accessOfAccount } from "./files/exchange-account.ts";
import { type KeyRing, secretsOf } from "./files/key-ring.ts";
import type { Environment } from "./files/secrets.ts";

/** A connected account and what must be closed with it. */
export interface Connected {
  readonly connection: Connection;
  /** Values that must never appear in a log. */
  readonly secrets: readonly string[];
  /** What its keys may do that they should not, and what cannot be done without them. */
  readonly notices: readonly Why[];
  readonly close: () => Promise<void>;
}

/** Connects every account of a config; the first that cannot be is the failure, with the account's name. */
export async function connectAll(
  { accounts, termsEvery }: Config,
  ring: KeyRing,
  environment: Environment,
): Promise<Result<readonly Connected[], Why>> {
  const made = await Promise.all(accounts.map((account) => connect(account, ring, environment, termsEvery)));
  const connected = made.flatMap((each) => (each.ok ? [each.value] : []));
  for (const [index, each] of made.entries()) {
    if (each.ok) continue;
    await Promise.all(connected.map(({ close }) => close()));
    return fail(why(each.failure.code, { account: accounts[index]?.name ?? "", ...each.failure.facts }));
  }
  return ok(connected);
}

const connect = (account: AccountConfig, ring: KeyRing, environment: Environment, termsEvery: Ms) =>
  isOnChain(account)
    ? connectChain(account, ring, environment, termsEvery)
    : connectExchange(account, ring, termsEvery);

/** Reads with the read key alone, sends with the trade key alone; the transfer key is looked at and put away. */
async function connectExchange(
  account: ExchangeAccount,
  ring: KeyRing,
  termsEveryMs: Ms,
): Promise<Result<Connected, Why>> {
  const opened = await openExchangeKeys(account, ring);
  if (!opened.ok) return opened;
  const keys = opened.value;
  const open = accessOfAccount(account).readBy === "address" ? await openPublic(account) : undefined;
  const close = async () =>
    void (await Promise.all([...keys, ...(open === undefined ? [] : [open])].map((each) => each.close())));
  const audited = await Promise.all(keys.map((key) => auditKey(account.venue, key, ms(Date.now()))));
  const refused = audited.find((each) => !each.ok);
  if (refused?.ok === false) {
    await close();
    return refused;
  }
  const [read, trade] = (["read", "trade"] as const).map((use) => keys.find(({ held }) => held.use === use));
  const holding = holdingId(account.name);
  const secrets = keys.flatMap(({ held }) => secretsOf(held));
  const feed = (open ?? read!).feed({ holding, termsEveryMs });
  const actor = trade?.actor?.();
  const connection = { holding, feed, ...(actor !== undefined && { actor }) };
  return ok({
    connection: redacted(connection, createRedact(secrets)),
    secrets,
    notices: [
      ...audited.flatMap((each) => (each.ok ? each.value : [])),
      ...(actor === undefined ? [watchOnly(account)] : []),
    ],
    close,
  });
}

/** Asks the venue what a key may do. A key that can withdraw is a failure; what else is wrong with it is the answer. */
async function auditKey(
  venue: string,
  { held, permission }: ExchangeKey,
  now: Ms,
): Promise<Result<readonly Why[], Why>> {
  const said = await permission();
  const allowed = refuseWithdrawals(venue, said);
  if (!allowed.ok)
    return fail(why(allowed.failure.code, { key: held.use, place: held.place, ...allowed.failure.facts }));
  return ok(keyWarnings(held.use, said, now));
}

async function connectChain(
  account: ChainAccount,
  ring: KeyRing,
  environment: Environment,
  termsEveryMs: Ms,
): Promise<Result<Connected, Why>> {
  const opened = await openChain(account, ring, environment);
  if (!opened.ok) return opened;
  const { line, wallet, secrets, confirmed } = opened.value;
  const holding = holdingId(account.name);
  const actor = wallet === undefined ? undefined : line.actor?.(wallet);
  const connection = { holding, feed: line.feed({ holding, termsEveryMs }), ...(actor !== undefined && { actor }) };
  return ok({
    connection: redacted(connection, createRedact(secrets)),
    secrets,
    notices: [
      ...(confirmed.ok ? [] : [why(confirmed.failure.code, { account: account.name, ...confirmed.failure.facts })]),
      ...(actor === undefined ? [line.actor === undefined ? neverActs(account) : watchOnly(account)] : []),
    ],
    close: async () => {},
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
