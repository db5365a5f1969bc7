import { resolve } from "node:path";
import { ZERO, holdingId, text, trim } from "@plimsoll/core/units";
import { type SignedFor, askRules, signerSocketIn } from "@plimsoll/keeper";
import { type KeyUse, keyUses } from "@plimsoll/venues/wire";
import { type Finding, broken } from "./finding.ts";
import type { AccountKeys } from "./files/account-keys.ts";
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
  for (const account of config.accounts)
    keys.push(...(await keyFindings(account, ring, config.signer ? ["read"] : keyUses)));
  const signed = config.signer ? await signerFindings(config) : [];
  const others = otherSecrets(config).map(({ what, source }): Finding => {
    const read = readSecret(source, environment);
    return read.ok ? { is: "good", what, detail: `from ${placeOf(source)}` } : broken(what, read.failure);
  });
  return [...keys, ...signed, ...others];
}

/** Keys that send are with the signer: it is asked what it signs. */
async function signerFindings({ accounts, dataDir }: Config): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name } of accounts.filter(namesTradeKey)) {
    const what = `${name}.keys.trade`;
    const said = await askRules(signerSocketIn(resolve(dataDir)), holdingId(name));
    findings.push(
      said.ok
        ? { is: "good", what, detail: `the signer has it and signs: ${signedText(said.value)}` }
        : broken(what, said.failure),
    );
  }
  return findings;
}

const namesTradeKey = ({ keys }: AccountConfig): boolean => (keys as AccountKeys).trade !== undefined;

/** What a signer signs for an account, and what of the day's limits is taken. */
export function signedText({ rules: { instruments, assets, hedges }, spent }: SignedFor): string {
  const taken = (what: string) => text(trim(spent.find((each) => each.what === what)?.amount ?? ZERO));
  return [
    "cancels",
    ...(instruments.length === 0 ? [] : [`reduces and stops in ${instruments.join(", ")}`]),
    ...assets.map(
      ({ asset, perDay }) => `${text(trim(perDay))} ${asset} in any 24 hours, ${taken(`asset ${asset}`)} taken`,
    ),
    ...hedges.map(
      ({ instrument, perDay }) =>
        `hedges of ${text(trim(perDay))} ${instrument} in any 24 hours, ${taken(`hedge ${instrument}`)} taken`,
    ),
  ].join("; ");
}

async function keyFindings(
  account: AccountConfig,
  ring: KeyRing,
  uses: readonly KeyUse[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const use of uses) {
    const what = `${account.name}.keys.${use}`;
    const key = await ring.find(account, use);
    if (!key.ok) findings.push(broken(what, key.failure));
    else if (key.value !== undefined)
      findings.push({ is: "good", what, detail: `from ${key.value.place}, fingerprint ${key.value.fingerprint}` });
  }
  if (!namesTradeKey(account))
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
