import { keyUses } from "@plimsoll/venues/wire";
import { type Finding, broken } from "./finding.ts";
import type { ChainAccount } from "./files/chain-account.ts";
import { type AccountConfig, type Config, isOnChain } from "./files/config-file.ts";
import type { KeyRing } from "./files/key-ring.ts";
import { type Environment, type SecretSource, placeOf, readSecret } from "./files/secrets.ts";

/** Whether every secret of a config is there, and where it comes from; never a value. */
export async function secretFindings(
  config: Config,
  ring: KeyRing,
  environment: Environment,
): Promise<readonly Finding[]> {
  const keys: Finding[] = [];
  for (const account of config.accounts) keys.push(...(await keyFindings(account, ring)));
  const others = otherSecrets(config).map(({ what, source }): Finding => {
    const read = readSecret(source, environment);
    return read.ok ? { is: "good", what, detail: `from ${placeOf(source)}` } : broken(what, read.failure);
  });
  return [...keys, ...others];
}

async function keyFindings(account: AccountConfig, ring: KeyRing): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const use of keyUses) {
    const what = `${account.name}.keys.${use}`;
    const key = await ring.find(account, use);
    if (!key.ok) findings.push(broken(what, key.failure));
    else if (key.value !== undefined)
      findings.push({ is: "good", what, detail: `from ${key.value.place}, fingerprint ${key.value.fingerprint}` });
  }
  if (account.keys.trade === undefined)
    findings.push({
      is: "note",
      what: `${account.name}.keys.trade`,
      detail: "no trade key is named: this account is watched only",
      next: "name one to let guards act on it",
    });
  return findings;
}

/** What is secret in a config beside the keys of accounts. */
export function otherSecrets({ accounts, server, store }: Config): readonly Named[] {
  const rpcs = accounts.flatMap((account) => (isOnChain(account) ? endpointsOf(account) : []));
  return [
    ...rpcs,
    ...(store === "sqlite" ? [] : [{ kind: "store" as const, what: "store.postgres", source: store.postgres }]),
    ...(server.token === undefined ? [] : [{ kind: "token" as const, what: "server.token", source: server.token }]),
  ];
}

const endpointsOf = ({ name, rpc }: ChainAccount): readonly Named[] =>
  rpc.flatMap((source, place) =>
    typeof source === "string"
      ? []
      : [{ kind: "rpc", what: rpc.length === 1 ? `${name}.rpc` : `${name}.rpc[${place}]`, source }],
  );

interface Named {
  readonly kind: "rpc" | "store" | "token";
  readonly what: string;
  readonly source: SecretSource;
}
