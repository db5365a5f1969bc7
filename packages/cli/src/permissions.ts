import { join, resolve } from "node:path";
import type { Guard } from "@plimsoll/core/policy";
import { type Exact, type Ms, type Result, type Why, holdingId, ms, ok, text, trim } from "@plimsoll/core/units";
import { KEY_STORE, askRules, createRedact, redactWhy, signerSocketIn } from "@plimsoll/keeper";
import type { WalletReach } from "@plimsoll/venues/chain";
import { type KeyUse, keyUses, keyWarnings, refuseWithdrawals } from "@plimsoll/venues/wire";
import { type BlastRadius, boundsOf, mayOf, worstOf } from "./blast-radius.ts";
import { openChain } from "./chain-line.ts";
import { timerText, timerWarnings } from "./dead-man-text.ts";
import { otherSecrets, signedText } from "./doctor-secrets.ts";
import { type ExchangeKey, openExchangeKeys } from "./exchange-key.ts";
import type { AccountKeys } from "./files/account-keys.ts";
import type { ChainAccount } from "./files/chain-account.ts";
import { type Config, type LayeredConfig, isOnChain } from "./files/config-file.ts";
import type { ExchangeAccount } from "./files/exchange-account.ts";
import type { HeldKey, KeyRing } from "./files/key-ring.ts";
import { type Environment, placeOf } from "./files/secrets.ts";

const NOTHING = { read: "no", trade: "no", transfer: "no", withdraw: "no" } as const;
const EVERYTHING = { read: "yes", trade: "yes", transfer: "yes", withdraw: "yes" } as const;

/**
 * The blast radius of every secret of a config; each venue and chain is asked now. A secret that cannot be had is unread. Keys that a
 * signer has are its secret: it is asked what it signs.
 */
export async function readPermissions(
  { config, guards }: Pick<LayeredConfig, "config" | "guards">,
  ring: KeyRing,
  environment: Environment,
): Promise<readonly (BlastRadius | Unread)[]> {
  const radii: (BlastRadius | Unread)[] = [];
  for (const account of config.accounts) {
    const own = guards.filter(({ scope }) => scope.holding === account.name);
    const read = isOnChain(account)
      ? await ofChain(account, config.signer ? undefined : ring, environment)
      : await ofExchange(account, ring, config.signer ? ["read"] : keyUses, own);
    radii.push(...(read.ok ? read.value : [{ secret: `keys of ${account.name}`, unread: read.failure }]));
  }
  if (config.signer) radii.push(...(await ofSigner(config)));
  return [...radii, ...ofOthers(config), ...ofStore(config)];
}

/** A secret of which nothing could be found out. */
export interface Unread {
  readonly secret: string;
  readonly unread: Why;
}

async function ofExchange(
  account: ExchangeAccount,
  ring: KeyRing,
  uses: readonly KeyUse[],
  guards: readonly Guard[],
): Promise<Result<readonly BlastRadius[], Why>> {
  const keys = await openExchangeKeys(account, ring, uses);
  if (!keys.ok) return keys;
  try {
    const now = ms(Date.now());
    return ok(await Promise.all(keys.value.map((key) => ofExchangeKey(account, key, now, guards))));
  } finally {
    await Promise.all(keys.value.map((key) => key.close()));
  }
}

async function ofExchangeKey(
  { name, venue }: ExchangeAccount,
  key: ExchangeKey,
  now: Ms,
  guards: readonly Guard[],
): Promise<BlastRadius> {
  const { held, permission, deadMan } = key;
  const [said, timer] = [await permission(), await deadMan()];
  const refused = refuseWithdrawals(venue, said);
  const can = mayOf(said);
  return {
    ...named(`${held.use} key of ${name}`, `account ${name} at ${venue}`, held),
    can,
    facts: [...boundsOf(said), timerText(timer)],
    worst: worstOf(can),
    warnings: [
      ...(refused.ok ? [] : [refused.failure]),
      ...(await timerWarnings(timer, name, key, guards)),
      ...keyWarnings(held.use, said, now),
    ],
  };
}

const named = (secret: string, on: string, { place, fingerprint }: HeldKey) => ({ secret, on, place, fingerprint });

/** A wallet's key does all that its wallet can; without one the wallet is still worth a look for what it allowed. */
async function ofChain(
  account: ChainAccount,
  ring: KeyRing | undefined,
  environment: Environment,
): Promise<Result<readonly BlastRadius[], Why>> {
  const opened = await openChain(account, ring, environment);
  if (!opened.ok) return opened;
  const { line, held, wallet, secrets } = opened.value;
  const owner = wallet?.address ?? account.user;
  const reach = await line.reach();
  const on = `wallet ${owner} on chain ${account.chainId}`;
  const none = { secret: `wallet of ${account.name}`, on, place: "nowhere here: it is watched only" };
  const radius: BlastRadius = {
    ...(held === undefined ? none : named(`trade key of ${account.name}`, on, held)),
    can: held === undefined ? NOTHING : EVERYTHING,
    facts: reach.ok ? walletFacts(reach.value) : ["balances and allowances: not read, unknown"],
    worst:
      held === undefined
        ? "of this machine gets no key of it; whoever controls a contract named above takes what is allowed to it"
        : "takes everything that this wallet holds, and spends what others allowed it to",
    warnings: reach.ok ? [] : [redactWhy(createRedact(secrets), reach.failure)],
  };
  return ok([radius]);
}

function walletFacts({ native, spender, tokens }: WalletReach): readonly string[] {
  return [
    `native balance ${text(trim(native))}`,
    ...tokens.map(
      ({ asset, balance, allowance }) =>
        `${asset}: holds ${text(trim(balance))}, allows ${spender} to take ${allowed(allowance)}`,
    ),
    "allowances to other contracts: not read, unknown",
  ];
}

/** Wallets grant "any amount" as the largest number there is; what was used of it leaves it as good as that. */
const ANY_AMOUNT = 2n ** 255n;
const allowed = (allowance: Exact): string =>
  allowance.digits >= ANY_AMOUNT ? "any amount" : allowance.digits === 0n ? "nothing" : text(trim(allowance));

/** Who holds the signer's key does what that key can; who reaches its socket does what it signs. */
async function ofSigner({ accounts, dataDir }: Config): Promise<readonly (BlastRadius | Unread)[]> {
  const socket = signerSocketIn(resolve(dataDir));
  const names = accounts.filter(({ keys }) => (keys as AccountKeys).trade !== undefined).map(({ name }) => name);
  return Promise.all(
    names.map(async (name): Promise<BlastRadius | Unread> => {
      const secret = `trade key of ${name}`;
      const said = await askRules(socket, holdingId(name));
      if (!said.ok) return { secret, unread: said.failure };
      return {
        ...{ secret, on: `account ${name}`, place: `plimsoll signer at ${socket}` },
        can: { read: "unknown", trade: "unknown", transfer: "unknown", withdraw: "unknown" },
        facts: [`signs: ${signedText(said.value)}`, "what the key itself may do is said where the signer has it"],
        worst: "who reaches the socket gets no more signed than that; who has the key itself is not bounded by it",
        warnings: [],
      };
    }),
  );
}

const worstOther = {
  rpc: "sees which addresses you watch and uses up your quota; the operator behind it can show you a false chain",
  store: "reads the whole journal and destroys it; altered entries break its chain of hashes",
  token: "sees the whole book on the dashboard; nothing can be sent through it",
} as const;

const ofOthers = (config: Config): readonly BlastRadius[] =>
  otherSecrets(config).map(({ kind, what, source }) => ({
    secret: what,
    on: "what it opens",
    place: placeOf(source),
    can: { ...NOTHING, read: "yes" },
    facts: [],
    worst: worstOther[kind],
    warnings: [],
  }));

/** What opens the key store, and what signs evidence. */
function ofStore({ accounts, dataDir, keyStore }: Config): readonly BlastRadius[] {
  const inStore = accounts.flatMap(({ keys }) => Object.values(keys)).filter((key) => typeof key === "string").length;
  const { identity, passphrase } = keyStore;
  const lock =
    identity !== undefined
      ? `file ${identity}`
      : passphrase !== undefined
        ? placeOf(passphrase)
        : "variable PLIMSOLL_KEYS_PASSPHRASE, or asked for at start";
  const opener: BlastRadius = {
    secret: "lock of the key store",
    on: `every key in ${keyStore.file ?? join(dataDir, KEY_STORE)}`,
    place: lock,
    can: { read: "unknown", trade: "unknown", transfer: "unknown", withdraw: "unknown" },
    facts: [`${inStore} of its keys are named by this config, above; it may hold others`],
    worst: "who also has the store's file does what every key in it can",
    warnings: [],
  };
  const evidence: BlastRadius = {
    secret: "evidence key",
    on: "evidence files",
    place: `file ${join(dataDir, "evidence-key.pem")}`,
    can: NOTHING,
    facts: [],
    worst: "signs false evidence in your name; moves nothing",
    warnings: [],
  };
  return [...(inStore > 0 ? [opener] : []), evidence];
}
