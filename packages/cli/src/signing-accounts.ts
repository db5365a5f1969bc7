import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type SignerAccount, createRedact, redactedActor } from "@plimsoll/keeper";
import { openAuditedKeys } from "./audited-keys.ts";
import { openChain } from "./chain-line.ts";
import { openAll } from "./connect.ts";
import type { AccountKeys } from "./files/account-keys.ts";
import type { ChainAccount } from "./files/chain-account.ts";
import { type AccountConfig, type LayeredConfig, isOnChain } from "./files/config-file.ts";
import type { ExchangeAccount } from "./files/exchange-account.ts";
import { type HeldKey, type KeyRing, secretsOf } from "./files/key-ring.ts";
import type { Environment } from "./files/secrets.ts";
import { signerRulesOf } from "./files/signer-limits.ts";

/** An account that is signed for: its key is open, its limits are known. */
export interface SigningAccount extends SignerAccount {
  readonly account: AccountConfig;
  readonly key: Pick<HeldKey, "place" | "fingerprint">;
  readonly notices: readonly Why[];
  readonly close: () => Promise<void>;
}
type Signing = Omit<SigningAccount, "account" | "rules">;

/** Opens the keys that send, of every account that names one, and audits them; what an actor says afterwards carries no secret. */
export async function openSigning(
  { config, guards }: LayeredConfig,
  ring: KeyRing,
  environment: Environment,
): Promise<Result<readonly SigningAccount[], Why>> {
  const accounts = config.accounts.filter(({ keys }) => (keys as AccountKeys).trade !== undefined);
  if (accounts.length === 0) return fail(nothingToSign);
  return openAll(accounts, async (account): Promise<Result<SigningAccount, Why>> => {
    const opened = isOnChain(account)
      ? await signOnChain(account, ring, environment)
      : await signAtExchange(account, ring);
    return opened.ok ? ok({ ...opened.value, account, rules: signerRulesOf(account, guards) }) : opened;
  });
}

async function signAtExchange(account: ExchangeAccount, ring: KeyRing): Promise<Result<Signing, Why>> {
  const opened = await openAuditedKeys(account, ring, ["trade", "transfer"]);
  if (!opened.ok) return opened;
  const { keys, warnings } = opened.value;
  const close = async () => void (await Promise.all(keys.map((key) => key.close())));
  const trade = keys.find(({ held }) => held.use === "trade");
  const actor = trade?.actor?.();
  if (trade === undefined || actor === undefined) {
    await close();
    return fail(watchedOnly(account));
  }
  const redact = createRedact(keys.flatMap(({ held }) => secretsOf(held)));
  return ok({ actor: redactedActor(actor, redact), key: shownOf(trade.held), notices: warnings, close });
}

async function signOnChain(
  account: ChainAccount,
  ring: KeyRing,
  environment: Environment,
): Promise<Result<Signing, Why>> {
  const opened = await openChain(account, ring, environment);
  if (!opened.ok) return opened;
  const { line, wallet, held, secrets, confirmed } = opened.value;
  const actor = wallet === undefined ? undefined : line.actor?.(wallet);
  if (wallet === undefined || held === undefined || actor === undefined) return fail(watchedOnly(account));
  const expected = account.payer ?? account.user;
  if (wallet.address.toLowerCase() !== expected.toLowerCase()) return fail(otherWallet(wallet.address, expected));
  return ok({
    actor: redactedActor(actor, createRedact(secrets)),
    key: shownOf(held),
    notices: confirmed.ok ? [] : [confirmed.failure],
    close: async () => {},
  });
}

/** What of a key may be printed. */
const shownOf = ({ place, fingerprint }: HeldKey): SigningAccount["key"] => ({ place, fingerprint });

const nothingToSign = why("signer/no-keys", {
  detail: "no account of this config names a key that sends",
  next: "name one as keys.trade",
});

const watchedOnly = ({ venue }: AccountConfig): Why =>
  why("signer/watched-only", {
    detail: `accounts of ${venue} are watched only: nothing can be signed`,
    next: "remove keys.trade there",
  });

/** Without a key, serve reads the wallet that the config names: what it plans with must be what pays. */
const otherWallet = (wallet: string, expected: string): Why =>
  why("signer/other-wallet", {
    ...{ wallet, expected },
    detail: `the key is that of wallet ${wallet}; serve would read the wallet ${expected}`,
    next: `write payer: "${wallet}" for the account, or name the key of ${expected}`,
  });
