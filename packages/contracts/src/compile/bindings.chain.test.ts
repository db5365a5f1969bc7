import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderBindings } from "./bindings.ts";

test("the bindings are what the compiler makes of the sources: after a change, npm run contracts", async () => {
  const rendered = await renderBindings();
  if (!rendered.ok) throw new Error(JSON.stringify(rendered.failure));
  expect(rendered.value.size).toBeGreaterThan(1);
  for (const [file, text] of rendered.value)
    expect(readFileSync(join(import.meta.dirname, "../bindings", file), "utf8") === text, `${file} differs`).toBe(true);
});
