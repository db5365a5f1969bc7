import { type Result, type Why, fail, holdingId, ok, why } from "@plimsoll/core/units";
import type { Connection } from "@plimsoll/keeper";
import { type AaveSource, aaveActor, aaveFeed, readWalletKey } from "@plimsoll/venues/aave-v3";
import { BinanceActor, binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import type { AccountConfig, Config, SecretSource } from "./files/config-file.ts";
import { readSecret } from "./files/secrets.ts";
import { marketOf } from "./markets.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A connected account and what must be closed with it. */
export interface Connected {
  readonly connection: Connection;
  /** Values that must never appear in a log. */
  readonly secrets: readonly string[];
  readonly close: () => Promise<void>;
}

/** Connects every account of a config; the first that cannot be is the failure, with the account's name. */
export async function connectAll(
  { accounts }: Config,
  environment: Environment,
): Promise<Result<readonly Connected[], Why>> {
  const connected: Connected[] = [];
  for (const account of accounts) {
    const one =
      account.venue === "binance" ? await connectBinance(account, environment) : connectAave(account, environment);
    if (!one.ok) {
      await Promise.all(connected.map(({ close }) => close()));
      return fail(why(one.failure.code, { account: account.name, ...one.failure.facts }));
    }
    connected.push(one.value);
  }
  return ok(connected);
}

async function connectBinance(
  account: Extract<AccountConfig, { venue: "binance" }>,
  environment: Environment,
): Promise<Result<Connected, Why>> {
  const [key, secret] = [readSecret(account.key, environment), readSecret(account.secret, environment)];
  if (!key.ok) return key;
  if (!secret.ok) return secret;
  const { localPort } = account;
  const client = await binanceClient({
    key: key.value,
    secret: secret.value,
    ...(localPort !== undefined && { localPort }),
  });
  const holding = holdingId(account.name);
  return ok({
    connection: { holding, feed: binanceFeed(client, { holding }), actor: new BinanceActor(client) },
    secrets: [key.value, secret.value],
    close: () => client.close(),
  });
}

function connectAave(
  account: Extract<AccountConfig, { venue: "aave-v3" }>,
  environment: Environment,
): Result<Connected, Why> {
  const rpc = typeof account.rpc === "string" ? ok(account.rpc) : readSecret(account.rpc, environment);
  if (!rpc.ok) return rpc;
  const market = marketOf(account.addressesProvider ?? account.market ?? "ethereum-core", account.chainId);
  if (!market.ok) return market;
  const signer = account.signer === undefined ? ok(undefined) : readSigner(account.signer, environment);
  if (!signer.ok) return signer;
  const source: AaveSource = {
    rpcUrl: rpc.value,
    user: account.user as `0x${string}`,
    ...market.value,
    ...(account.multicall !== undefined && { multicall: account.multicall as `0x${string}` }),
    ...(signer.value !== undefined && { payer: signer.value.address }),
  };
  const holding = holdingId(account.name);
  const feed = aaveFeed(holding, source);
  return ok({
    connection: { holding, feed, ...(signer.value !== undefined && { actor: aaveActor(source, signer.value) }) },
    secrets: [rpc.value],
    close: async () => {},
  });
}

function readSigner(source: SecretSource, environment: Environment) {
  const key = readSecret(source, environment);
  return key.ok ? readWalletKey(key.value) : key;
}
