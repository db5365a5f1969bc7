import { fileURLToPath } from "node:url";
import { venues } from "@plimsoll/venues";
import { expect, test } from "vitest";
import { type Rollup, build } from "vite";

/** What a browser loads with a file: the folders of this repository and the packages that its bundle takes from. */
async function bundled(path: string): Promise<readonly string[]> {
  const entry = fileURLToPath(new URL(path, import.meta.url));
  const made = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: false, lib: { entry, formats: ["es"] } },
  });
  const outputs = (Array.isArray(made) ? made : [made]) as readonly Rollup.RollupOutput[];
  const modules = outputs.flatMap(({ output }) =>
    output.flatMap((part) => (part.type === "chunk" ? [...part.imports, ...Object.keys(part.modules)] : [])),
  );
  const from = (id: string) => /(?:packages|.*node_modules)\/((?:@[^/]+\/)?[^/]+(?:\/src\/[^/]+)?)/.exec(id)?.[1] ?? id;
  return [...new Set(modules.map(from))].toSorted();
}

test.each(venues.map(({ id }) => id))("the margin door of %s brings core and nothing else", async (venue) => {
  const brought = await bundled(`./${venue}/margin.ts`);
  const core = ["core/src/book", "core/src/margin", "core/src/math", "core/src/units"];
  // the margin systems of one exchange share its rules
  const shared = venue.startsWith("binance-") ? ["venues/src/binance"] : [];
  const expected = [...shared, `venues/src/${venue}`];
  expect(brought.filter((each) => !core.includes(each)).filter((each) => !expected.includes(each))).toEqual([]);
  expect(brought).toContain(expected[0]);
});

test("a file that reads outside data does bring more", async () => {
  const brought = await bundled("./binance/read-holding.ts");
  expect(brought).toEqual(expect.arrayContaining(["venues/src/wire", "zod"]));
});
