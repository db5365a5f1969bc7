import { createHash } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Artifacts, withLock } from "@plimsoll/contracts/compile";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type Abi, type Hex, toHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { artifactsKey, compileMarket } from "./compile.ts";
import { type Addresses, abisOf, deployMarket } from "./deploy.ts";
import { type Dependencies, findDependencies } from "./dependencies.ts";
import { genesis, marketOpens } from "./market.ts";
import { startNode } from "./node.ts";
import { type Contract, type Receipt, type Rpc, rpcOf, transact } from "./rpc.ts";

export interface ChainOptions {
  /** Where compiled contracts and the deployed market are kept between starts. */
  readonly cacheFolder?: string;
  /** Told what takes long: compiling (once) and deploying (once). */
  readonly progress?: (line: string) => void;
  /** Seconds between blocks when nothing else is asked for. */
  readonly blockSeconds?: number;
}

/** A local chain with the real Aave v3.6 market on it. */
export interface Chain {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly addresses: Addresses;
  /** ABIs by contract name, custom errors of the libraries included. */
  readonly abis: Readonly<Record<string, Abi>>;
  /** What was compiled, for whoever deploys more of it. */
  readonly artifacts: Artifacts;
  /** Unlocked and rich; account 0 administers the market. */
  readonly accounts: readonly Hex[];
  readonly rpc: Rpc;
  contract(name: string, address: Hex): Contract;
  /** Sets a reserve's oracle price, USD with 8 decimals. */
  setPrice(symbol: string, price: bigint): Promise<Receipt>;
  /** Timestamp of the next block, seconds; must be later than the last one's. */
  setNextTime(timestamp: number): Promise<void>;
  /** An empty block, at `timestamp` when it is given. */
  mine(timestamp?: number): Promise<void>;
  stop(): Promise<void>;
}

const chainId = 31_337;
const mnemonic = "test test test test test test test test test test test junk";
const accountCount = 20;
/** Key material of test account `index`: known to everybody, worth nothing anywhere else. */
export const testAccount = (index: number) => mnemonicToAccount(mnemonic, { addressIndex: index });
const accounts: readonly Hex[] = Array.from(
  { length: accountCount },
  (_, index) => testAccount(index).address.toLowerCase() as Hex,
);

const nodeArgs = [
  ...["--chain-id", String(chainId), "--mnemonic", mnemonic, "--accounts", String(accountCount)],
  ...["--balance", "1000000", "--hardfork", "cancun", "--timestamp", String(genesis)],
];
export const defaultCache = () => join(import.meta.dirname, "../../../../.cache/chain");

/**
 * Starts a chain on an ephemeral loopback port in under a second; the first start ever compiles and deploys (10 to 30 s).
 * It stops with `stop`, and when this process ends in any way.
 * @returns a failure when compiler, contracts or node are not installed (a published package has none of them).
 */
export async function startChain(options: ChainOptions = {}): Promise<Result<Chain, Why>> {
  const found = findDependencies();
  if (!found.ok) return found;
  const cacheFolder = options.cacheFolder ?? defaultCache();
  const market = await readMarket(found.value, cacheFolder, options.progress ?? (() => {}));
  if (!market.ok) return market;
  const { stateFile, addresses, artifacts } = market.value;
  const node = await startNode(found.value.anvil, [...nodeArgs, "--load-state", stateFile]);
  if (!node.ok) return node;
  const rpc = rpcOf(node.value.rpcUrl);
  await rpc.request("anvil_setLoggingEnabled", [false]);
  const chain = chainOf(node.value.rpcUrl, rpc, addresses, artifacts, () => node.value.stop());
  await rpc.request("anvil_setBlockTimestampInterval", [options.blockSeconds ?? 12]);
  // A loaded node counts its blocks' seconds from genesis again: without this the first block would lie in the past.
  await chain.mine(marketOpens);
  return ok(chain);
}

function chainOf(
  rpcUrl: string,
  rpc: Rpc,
  addresses: Addresses,
  artifacts: Artifacts,
  stop: () => Promise<void>,
): Chain {
  const [admin = "0x"] = accounts;
  const abis = abisOf(artifacts);
  const contract = (name: string, address: Hex): Contract => ({ address, abi: abis[name] ?? [] });
  const setNextTime = async (timestamp: number) => {
    await rpc.request("evm_setNextBlockTimestamp", [toHex(timestamp)]);
  };
  return {
    rpcUrl,
    chainId,
    addresses,
    abis,
    artifacts,
    accounts,
    rpc,
    contract,
    setPrice: (symbol, price) =>
      transact(rpc, admin, contract("PriceFeed", addresses.feeds[symbol] ?? "0x"), "set", [price]),
    setNextTime,
    mine: async (timestamp) => {
      if (timestamp !== undefined) await setNextTime(timestamp);
      await rpc.request("evm_mine", []);
    },
    stop,
  };
}

interface Market {
  readonly stateFile: string;
  readonly addresses: Addresses;
  readonly artifacts: Artifacts;
}

const deployment = ["market.ts", "deploy.ts", "chain.ts"];

/** The deployed market's state file and addresses: from the cache, or made now by one of the starters while the others wait. */
async function readMarket(
  found: Dependencies,
  cacheFolder: string,
  progress: (line: string) => void,
): Promise<Result<Market, Why>> {
  return withLock(join(cacheFolder, "lock"), async () => {
    const compiled = await compileMarket(found, cacheFolder, progress);
    if (!compiled.ok) return compiled;
    const artifacts = compiled.value;
    const texts = deployment.map((name) => readFileSync(join(import.meta.dirname, name), "utf8"));
    const key = createHash("sha256")
      .update(JSON.stringify([artifactsKey(found), texts]))
      .digest("hex")
      .slice(0, 16);
    const stateFile = join(cacheFolder, `market-${key}.state.json`);
    const addressFile = join(cacheFolder, `market-${key}.addresses.json`);
    const cached = await readFile(addressFile, "utf8").catch(() => undefined);
    if (cached !== undefined) return ok({ stateFile, addresses: JSON.parse(cached) as Addresses, artifacts });
    progress("deploying the market, once");
    const deployed = await deployInto(found.anvil, artifacts, stateFile);
    if (!deployed.ok) return deployed;
    await writeFile(`${addressFile}.part`, JSON.stringify(deployed.value));
    await rename(`${addressFile}.part`, addressFile);
    return ok({ stateFile, addresses: deployed.value, artifacts });
  });
}

/** Deploys on a fresh node which writes its state when it ends. */
async function deployInto(anvil: string, artifacts: Artifacts, stateFile: string): Promise<Result<Addresses, Why>> {
  await rm(stateFile, { force: true });
  const node = await startNode(anvil, [...nodeArgs, "--dump-state", stateFile]);
  if (!node.ok) return node;
  try {
    const rpc = rpcOf(node.value.rpcUrl);
    await rpc.request("anvil_setBlockTimestampInterval", [1]);
    const [admin = "0x", ...rest] = accounts;
    return ok(await deployMarket(rpc, artifacts, admin, rest.at(-1) ?? "0x"));
  } finally {
    await node.value.stop();
  }
}
