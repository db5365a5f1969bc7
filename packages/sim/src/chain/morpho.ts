import { join } from "node:path";
import {
  type Artifacts,
  type CompileJob,
  compileOnce,
  entryOf,
  findPackage,
  linked,
  settings,
  sha256,
  withLock,
} from "@plimsoll/contracts/compile";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type Abi, type Hex, encodeAbiParameters, encodeDeployData, keccak256, zeroAddress } from "viem";
import { type Chain, defaultCache } from "./chain.ts";
import { findDependencies } from "./dependencies.ts";
import { type Contract, transact } from "./rpc.ts";

/** An isolated market as `createMarket` wants it. */
interface MarketParams {
  readonly loanToken: Hex;
  readonly collateralToken: Hex;
  readonly oracle: Hex;
  readonly irm: Hex;
  readonly lltv: bigint;
}
export interface LocalMorphoMarket {
  readonly id: Hex;
  readonly params: MarketParams;
  /** Symbols of the chain's tokens. */
  readonly loan: string;
  readonly collateral: string;
}
export interface MorphoMarketSetup {
  readonly loan: string;
  readonly collateral: string;
  /** WAD, below 1. */
  readonly lltv: bigint;
  /** As the oracle answers: 36 + decimals of the loan token - decimals of the collateral. */
  readonly price: bigint;
  readonly irm: "utilisation" | "none";
  /** WAD share of the interest, at most 0.25. */
  readonly fee?: bigint;
}

/** The real Morpho Blue on a running local chain, with the package's own oracle and a rate that equals utilisation. */
export interface LocalMorpho {
  readonly morpho: Contract;
  /** Every event and error of the contracts, which the contract's own ABI lacks in part. */
  readonly events: Abi;
  readonly createMarket: (setup: MorphoMarketSetup) => Promise<LocalMorphoMarket>;
  readonly setPrice: (market: LocalMorphoMarket, price: bigint) => Promise<void>;
}

const pinnedTo = "0.8.19";
const contracts = ["Morpho", "libraries/EventsLib", "mocks/IrmMock", "mocks/OracleMock"];
const deployGas = 10_000_000n;

/**
 * Deploys Morpho Blue 1.0.0 on a chain that runs: one second the first time, which compiles, then a few transactions.
 * The sources are those of the npm package, a development dependency; they ask for compiler 0.8.19 and get the one installed.
 */
export async function openMorpho(
  chain: Chain,
  cacheFolder: string = defaultCache(),
): Promise<Result<LocalMorpho, Why>> {
  const compiled = await compileMorpho(cacheFolder);
  if (!compiled.ok) return compiled;
  const artifacts = compiled.value;
  const [admin = "0x"] = chain.accounts;
  const deploy = async (name: string, args: readonly unknown[] = []): Promise<Contract> => {
    const artifact = artifacts[name];
    if (artifact === undefined) throw new Error(`invariant broken: ${name} was not compiled`);
    const data = encodeDeployData({ abi: artifact.abi, args, bytecode: linked(artifact, {}) });
    const { status, contractAddress } = await chain.rpc.send({ from: admin, data, gas: deployGas });
    if (status !== "0x1" || contractAddress === null) throw new Error(`invariant broken: deploying ${name} reverted`);
    return { address: contractAddress, abi: artifact.abi };
  };
  const call = async (contract: Contract, functionName: string, ...args: readonly unknown[]) => {
    const { status } = await transact(chain.rpc, admin, contract, functionName, args);
    if (status !== "0x1") throw new Error(`invariant broken: ${functionName} of Morpho reverted`);
  };
  const morpho = await deploy("Morpho", [admin]);
  const irm = await deploy("IrmMock");
  await call(morpho, "enableIrm", irm.address);
  await call(morpho, "enableIrm", zeroAddress);
  await call(morpho, "setFeeRecipient", chain.addresses.treasury);
  const enabled = new Set<bigint>();
  return ok({
    morpho,
    events: artifacts["EventsLib"]?.abi ?? [],
    createMarket: async ({ loan, collateral, lltv, price, irm: rate, fee }) => {
      if (!enabled.has(lltv)) await call(morpho, "enableLltv", lltv);
      enabled.add(lltv);
      const oracle = await deploy("OracleMock");
      await call(oracle, "setPrice", price);
      const params: MarketParams = {
        loanToken: chain.addresses.tokens[loan] ?? "0x",
        collateralToken: chain.addresses.tokens[collateral] ?? "0x",
        oracle: oracle.address,
        irm: rate === "none" ? zeroAddress : irm.address,
        lltv,
      };
      await call(morpho, "createMarket", params);
      if (fee !== undefined) await call(morpho, "setFee", params, fee);
      return { id: marketId(params), params, loan, collateral };
    },
    setPrice: ({ params }, price) =>
      call({ address: params.oracle, abi: artifacts["OracleMock"]!.abi }, "setPrice", price),
  });
}

/** @source morpho-blue 1.0.0, MarketParamsLib.id: the hash of the five fields */
const marketId = ({ loanToken, collateralToken, oracle, irm, lltv }: MarketParams): Hex =>
  keccak256(
    encodeAbiParameters(
      [{ type: "address" }, { type: "address" }, { type: "address" }, { type: "address" }, { type: "uint256" }],
      [loanToken, collateralToken, oracle, irm, lltv],
    ),
  );

async function compileMorpho(cacheFolder: string): Promise<Result<Artifacts, Why>> {
  const tools = findDependencies();
  if (!tools.ok) return tools;
  const found = findPackage("@morpho-org/morpho-blue");
  if (!found.ok) return found;
  const { folder, version } = found.value;
  const job: CompileJob = {
    solc: tools.value.solc,
    sources: [["morpho/", join(folder, "src/")]],
    settings,
    entries: contracts.map(entryOf("morpho/")),
    pinnedTo,
  };
  const key = sha256(JSON.stringify([settings, contracts, version, tools.value.versions])).slice(0, 16);
  return withLock(join(cacheFolder, "morpho-lock"), () =>
    compileOnce(job, join(cacheFolder, `morpho-${key}.json`), () => {}),
  );
}
