import { type Result, type Why, invariant, ok } from "@plimsoll/core/units";
import type { Artifact } from "./compile.ts";
import { compileOwn } from "./own.ts";

/** What is put on chains: the name that its binding has, and its path under `solidity`. */
const shipped = { guardian: "Guardian", pairRoute: "routes/PairRoute" } as const;

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const kebab = (name: string) => name.replaceAll(/[A-Z]/g, "-$&").toLowerCase();

/**
 * The files of `src/bindings` as the compiler makes them from the sources now: interfaces as types for viem, code as bytes.
 * @returns text by file name; or why there is none.
 */
export async function renderBindings(): Promise<Result<ReadonlyMap<string, string>, Why>> {
  const compiled = await compileOwn(Object.values(shipped));
  if (!compiled.ok) return compiled;
  const files = Object.entries(shipped).map(([variable, path]): [string, string] => {
    const artifact = compiled.value[nameOf(path)];
    invariant(artifact !== undefined, `the compiler left out ${path}`);
    return [`${kebab(variable)}.ts`, render(variable, path, artifact)];
  });
  const doors = files.map(([file]) => `export * from "./${file}";\n`).toSorted();
  return ok(new Map([...files, ["index.ts", `${heading}${doors.join("")}`]]));
}

const heading = "// Made by `npm run contracts` from the Solidity sources; not edited by hand.\n";

function render(variable: string, path: string, { abi, bytecode, runtime }: Artifact): string {
  invariant(runtime !== undefined, "the job asks for run-time code");
  const entries = abi.map((entry) => `  ${JSON.stringify(entry)},\n`).join("");
  return `${heading}import type { Code } from "./code.ts";

/** Interface of ${path}.sol, its errors included. */
// oxfmt-ignore
export const ${variable}Abi = [
${entries}] as const;

/** What ${path}.sol compiles to. */
// oxfmt-ignore
export const ${variable}Code: Code = {
  creation: "0x${bytecode}",
  runtime: "0x${runtime.code}",
  immutables: ${JSON.stringify(runtime.immutables)},
};
`;
}
