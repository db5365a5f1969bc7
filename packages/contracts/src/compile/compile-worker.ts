// Runs the compiler in a process of its own (20 s, 300 MB): standard input names the job, standard output gets the artifacts.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { CompileJob, CompilerOutput } from "./compile.ts";

interface Compiler {
  compile(input: string, callbacks: { import: (path: string) => { contents: string } | { error: string } }): string;
}

const job = JSON.parse(await text(process.stdin)) as CompileJob;
const compiler = createRequire(import.meta.url)(job.solc) as Compiler;

const pathOf = (name: string): string | undefined => {
  for (const [prefix, folder] of job.sources) {
    if (!name.startsWith(prefix)) continue;
    const path = join(folder, name.slice(prefix.length));
    if (existsSync(path)) return path;
  }
  return undefined;
};
const read = (name: string) => {
  const path = pathOf(name);
  if (path === undefined) return { error: `no file for ${name}` };
  const contents = readFileSync(path, "utf8");
  if (job.pinnedTo === undefined) return { contents };
  return { contents: contents.replace(`pragma solidity ${job.pinnedTo};`, `pragma solidity >=${job.pinnedTo};`) };
};

const sources = Object.fromEntries(
  job.entries.map(({ file }) => {
    const found = read(file);
    if ("error" in found) throw new Error(found.error);
    return [file, { content: found.contents }];
  }),
);
const runtime = ["evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences"];
const wanted = ["abi", "evm.bytecode.object", "evm.bytecode.linkReferences", ...(job.runtime ? runtime : [])];
const outputSelection: Record<string, Record<string, readonly string[]>> = {};
for (const { file, name } of job.entries) (outputSelection[file] ??= {})[name] = wanted;
const input = { language: "Solidity", sources, settings: { ...job.settings, outputSelection } };
const output = JSON.parse(compiler.compile(JSON.stringify(input), { import: read })) as CompilerOutput;
process.stdout.write(JSON.stringify(output));
