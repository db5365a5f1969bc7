import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Hex, encodeDeployData } from "viem";
import { type Chain, defaultCache } from "./chain.ts";
import { type Artifacts, type CompileJob, compileOnce, entryOf, linked, settings, sha256 } from "./compile.ts";
import { findDependencies } from "./dependencies.ts";
import { withLock } from "./lock.ts";
import type { Contract } from "./rpc.ts";

/** A line with a kink from utilization to a rate per second, all at scale 1e18. */
interface Curve {
  readonly kink: bigint;
  readonly base: bigint;
  readonly slopeLow: bigint;
  readonly slopeHigh: bigint;
}
export interface CometSetup {
  /** Symbols are those of the chain's tokens. */
  readonly base: string;
  readonly baseScale: bigint;
  readonly baseBorrowMin: bigint;
  readonly targetReserves: bigint;
  readonly storeFrontPriceFactor: bigint;
  readonly supplyCurve: Curve;
  readonly borrowCurve: Curve;
  readonly assets: readonly {
    readonly symbol: string;
    readonly scale: bigint;
    readonly borrowCollateralFactor: bigint;
    readonly liquidateCollateralFactor: bigint;
    readonly liquidationFactor: bigint;
    readonly supplyCap: bigint;
  }[];
}

const folder = join(import.meta.dirname, "../../solidity-comet/");
const deployGas = 10_000_000n;

/**
 * Deploys our own ledger with the formulas of Compound v3 and the functions by which a reader asks, on the chain's tokens and prices. It
 * is no proof of the real contracts: none of them are to be had as a package.
 */
export async function openComet(
  chain: Chain,
  { base, assets, ...setup }: CometSetup,
  cacheFolder: string = defaultCache(),
): Promise<Result<Contract, Why>> {
  const compiled = await compileComet(cacheFolder);
  if (!compiled.ok) return compiled;
  const artifact = compiled.value["CometLedger"];
  if (artifact === undefined) throw new Error("invariant broken: CometLedger was not compiled");
  const { tokens, feeds } = chain.addresses;
  const listed = assets.map(({ symbol, ...factors }, offset) => ({
    offset,
    asset: tokens[symbol],
    priceFeed: feeds[symbol],
    ...factors,
  }));
  const constants = { ...setup, baseToken: tokens[base], baseTokenPriceFeed: feeds[base] };
  const [from = "0x" as Hex] = chain.accounts;
  const data = encodeDeployData({ abi: artifact.abi, args: [constants, listed], bytecode: linked(artifact, {}) });
  const { status, contractAddress: address } = await chain.rpc.send({ from, data, gas: deployGas });
  if (status === "0x1" && address !== null) return ok({ address, abi: artifact.abi });
  return fail(
    why("chain/deploy-reverted", { what: "CometLedger", next: "check the symbols and factors of the setup" }),
  );
}

async function compileComet(cacheFolder: string): Promise<Result<Artifacts, Why>> {
  const tools = findDependencies();
  if (!tools.ok) return tools;
  const job: CompileJob = {
    solc: tools.value.solc,
    sources: [["comet/", folder]],
    settings,
    entries: [entryOf("comet/")("CometLedger")],
  };
  const source = readFileSync(join(folder, "CometLedger.sol"), "utf8");
  const key = sha256(JSON.stringify([settings, source, tools.value.versions])).slice(0, 16);
  return withLock(join(cacheFolder, "comet-lock"), () =>
    compileOnce(job, join(cacheFolder, `comet-${key}.json`), () => {}),
  );
}
