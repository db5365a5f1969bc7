import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Artifacts,
  type CompileJob,
  compileOnce,
  linked,
  settings,
  sha256,
  withLock,
} from "@plimsoll/contracts/compile";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Abi, type Hex, encodeDeployData } from "viem";
import { type Chain, defaultCache } from "./chain.ts";
import { findDependencies } from "./dependencies.ts";
import type { Contract } from "./rpc.ts";

const deployGas = 10_000_000n;

/** Contracts of our own that answer as a protocol's do, for which there is no package. */
export interface Double {
  /** Under the package, for example "solidity-sky". */
  readonly folder: string;
  /** One Solidity file there, without its ending. */
  readonly file: string;
  readonly contracts: readonly string[];
}

/** Deploys one contract of a double; the arguments are those of its constructor. */
export type DeployDouble = (name: string, ...args: readonly unknown[]) => Promise<Result<Contract, Why>>;

/** Compiles a double, or reads what an earlier run compiled. @returns what deploys its contracts; why not: no compiler. */
export async function openDouble(
  chain: Chain,
  double: Double,
  cacheFolder: string = defaultCache(),
): Promise<Result<DeployDouble, Why>> {
  const compiled = await compileDouble(double, cacheFolder);
  if (!compiled.ok) return compiled;
  return ok(async (name, ...args) => {
    const artifact = compiled.value[name];
    if (artifact === undefined) throw new Error(`invariant broken: ${name} was not compiled`);
    const { abi } = artifact;
    const bytecode = linked(artifact, {});
    const data = (encodeDeployData as (deploy: { abi: Abi; args: readonly unknown[]; bytecode: Hex }) => Hex)({
      ...{ abi, args, bytecode },
    });
    const [from = "0x" as Hex] = chain.accounts;
    const { status, contractAddress: address } = await chain.rpc.send({ from, data, gas: deployGas });
    if (status === "0x1" && address !== null) return ok({ address, abi });
    return fail(why("chain/deploy-reverted", { what: name, next: "check what its constructor is given" }));
  });
}

async function compileDouble(
  { folder, file, contracts }: Double,
  cacheFolder: string,
): Promise<Result<Artifacts, Why>> {
  const tools = findDependencies();
  if (!tools.ok) return tools;
  const place = join(import.meta.dirname, "../..", folder, "/");
  const job: CompileJob = {
    solc: tools.value.solc,
    sources: [["double/", place]],
    settings,
    entries: contracts.map((name) => ({ file: `double/${file}.sol`, name })),
  };
  const source = readFileSync(join(place, `${file}.sol`), "utf8");
  const key = sha256(JSON.stringify([settings, source, contracts, tools.value.versions])).slice(0, 16);
  return withLock(join(cacheFolder, `${file}-lock`), () =>
    compileOnce(job, join(cacheFolder, `${file}-${key}.json`), () => {}),
  );
}
