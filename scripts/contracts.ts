// Compiles the contracts that ship and writes their bindings: npm run contracts, after any change of their sources.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderBindings } from "@plimsoll/contracts/compile";
import { root } from "./run.ts";

const rendered = await renderBindings();
if (!rendered.ok) {
  console.error(rendered.failure.facts["detail"] ?? JSON.stringify(rendered.failure));
  process.exit(1);
}
const folder = join(root, "packages/contracts/src/bindings");
mkdirSync(folder, { recursive: true });
for (const [file, text] of rendered.value) writeFileSync(join(folder, file), text);
console.log(`wrote ${[...rendered.value.keys()].join(", ")}`);
