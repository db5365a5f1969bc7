import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Abi, Hex } from "viem";

/** What becomes of one contract. */
export interface Artifact {
  readonly abi: Abi;
  /** Creation code without 0x, with holes where libraries are linked. */
  readonly bytecode: string;
  readonly links: readonly { readonly library: string; readonly start: number; readonly length: number }[];
  /** Where the job asks for it. */
  readonly runtime?: Runtime;
}
/** Code as it lies on the chain, without 0x, zero where the constructor writes immutables. */
export interface Runtime {
  readonly code: string;
  /** Bytes. */
  readonly immutables: readonly { readonly start: number; readonly length: number }[];
}
export type Artifacts = Readonly<Record<string, Artifact>>;

interface Entry {
  readonly file: string;
  readonly name: string;
}
export interface CompileJob {
  readonly solc: string;
  /** Import prefix in Solidity to folder on disk. */
  readonly sources: readonly (readonly [prefix: string, folder: string])[];
  readonly settings: object;
  readonly entries: readonly Entry[];
  readonly runtime?: true;
  /** Sources that ask for exactly this compiler are read as asking for at least it: there is one compiler here. */
  readonly pinnedTo?: string;
}
interface Place {
  start: number;
  length: number;
}
interface LinkedCode {
  object: string;
  linkReferences: Record<string, Record<string, Place[]>>;
}
interface RuntimeCode {
  object: string;
  immutableReferences?: Record<string, Place[]>;
}
export interface CompilerOutput {
  readonly errors?: readonly { severity: string; formattedMessage: string }[];
  readonly contracts?: Record<
    string,
    Record<string, { abi: Abi; evm: { bytecode: LinkedCode; deployedBytecode?: RuntimeCode } }>
  >;
}

export const settings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: "cancun",
  metadata: { bytecodeHash: "none" },
};

export const entryOf = (prefix: string) => (path: string) => ({
  file: `${prefix}${path}.sol`,
  name: path.slice(path.lastIndexOf("/") + 1),
});

export const sha256 = (value: string) => createHash("sha256").update(value).digest("hex");

/** What an earlier run left in `file`, or what the compiler makes of the job now. Call under the lock of the file's folder. */
export async function compileOnce(
  job: CompileJob,
  file: string,
  progress: (seconds: number) => void,
): Promise<Result<Artifacts, Why>> {
  await mkdir(dirname(file), { recursive: true });
  const cached = await readFile(file, "utf8").catch(() => undefined);
  if (cached !== undefined) return ok(JSON.parse(cached) as Artifacts);
  const compiled = await runCompiler(job, progress);
  if (!compiled.ok) return compiled;
  await writeFile(`${file}.part`, JSON.stringify(compiled.value));
  await rename(`${file}.part`, file);
  return compiled;
}

async function runCompiler(job: CompileJob, progress: (seconds: number) => void): Promise<Result<Artifacts, Why>> {
  const started = performance.now();
  const tell = () => progress(Math.round((performance.now() - started) / 1000));
  tell();
  const timer = setInterval(tell, 1_000);
  const child = spawn(process.execPath, [join(import.meta.dirname, "compile-worker.ts")], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(JSON.stringify(job));
  const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  clearInterval(timer);
  const refused = (detail: string) =>
    fail(why("chain/compiler-failed", { detail: detail.slice(0, 2_000), next: "run npm ci and try again" }));
  if (output === "") return refused(complaint);
  const { errors = [], contracts = {} } = JSON.parse(output) as CompilerOutput;
  const wrong = errors.filter(({ severity }) => severity === "error");
  if (wrong.length > 0) return refused(wrong.map(({ formattedMessage }) => formattedMessage).join("\n"));
  return ok(Object.fromEntries(job.entries.map(({ file, name }) => [name, artifactOf(contracts[file]?.[name])])));
}

function artifactOf(contract: NonNullable<CompilerOutput["contracts"]>[string][string] | undefined): Artifact {
  if (contract === undefined) throw new Error("invariant broken: the compiler left out a contract that was asked for");
  const { object, linkReferences } = contract.evm.bytecode;
  const links = Object.values(linkReferences).flatMap((libraries) =>
    Object.entries(libraries).flatMap(([library, places]) => places.map((place) => ({ library, ...place }))),
  );
  const deployed = contract.evm.deployedBytecode;
  return {
    abi: contract.abi,
    bytecode: object,
    links,
    ...(deployed !== undefined && { runtime: runtimeOf(deployed) }),
  };
}

const runtimeOf = ({ object, immutableReferences = {} }: RuntimeCode): Runtime => ({
  code: object,
  immutables: Object.values(immutableReferences).flat(),
});

/** Creation code with its libraries filled in. @throws when a library was not deployed before: a bug. */
export function linked({ bytecode, links }: Artifact, libraries: Readonly<Record<string, Hex>>): Hex {
  let code = bytecode;
  for (const { library, start, length } of links) {
    const address = libraries[library];
    if (address === undefined) throw new Error(`invariant broken: library ${library} is not deployed yet`);
    code = code.slice(0, start * 2) + address.slice(2).toLowerCase() + code.slice((start + length) * 2);
  }
  return `0x${code}`;
}
