import { fileURLToPath } from "node:url";
import { venues } from "@plimsoll/venues";
import { expect, test } from "vitest";
import { type Rollup, build } from "vite";

/** What a browser loads with each of some files, by name: the folders of this repository and the packages that its bundle takes from. */
async function bundled(paths: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, readonly string[]>> {
  const entry = Object.fromEntries(
    [...paths].map(([name, path]) => [name, fileURLToPath(new URL(path, import.meta.url))]),
  );
  const made = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: false, lib: { entry, formats: ["es"] } },
  });
  const outputs = (Array.isArray(made) ? made : [made]) as readonly Rollup.RollupOutput[];
  const chunks = new Map(
    outputs.flatMap(({ output }) => output.flatMap((part) => (part.type === "chunk" ? [[part.fileName, part]] : []))),
  );
  /** Modules of a chunk and of those it imports; what is no chunk is a package left outside. */
  const modulesOf = (name: string, seen = new Set<string>()): readonly string[] => {
    const chunk = chunks.get(name);
    if (chunk === undefined) return [name];
    if (seen.has(name)) return [];
    seen.add(name);
    return [...Object.keys(chunk.modules), ...chunk.imports.flatMap((each) => modulesOf(each, seen))];
  };
  const from = (id: string) => /(?:packages|.*node_modules)\/((?:@[^/]+\/)?[^/]+(?:\/src\/[^/]+)?)/.exec(id)?.[1] ?? id;
  const entries = [...chunks.values()].filter(({ isEntry }) => isEntry);
  return new Map(
    entries.map(({ name, fileName }) => [name, [...new Set(modulesOf(fileName).map(from))].toSorted()] as const),
  );
}

const doors = venues.map(({ id }) => [id, `./${id}/margin.ts`] as const);
const brought = await bundled(new Map([...doors, ["reader", "./binance/read-holding.ts"]]));

test.each(venues.map(({ id }) => id))("the margin door of %s brings core and nothing else", (venue) => {
  const core = ["core/src/book", "core/src/margin", "core/src/math", "core/src/units"];
  // the margin systems of one exchange share its rules
  const shared = venue.startsWith("binance-") ? ["venues/src/binance"] : [];
  const expected = [...shared, `venues/src/${venue}`];
  const door = brought.get(venue)!;
  expect(door.filter((each) => !core.includes(each)).filter((each) => !expected.includes(each))).toEqual([]);
  expect(door).toContain(expected[0]);
});

test("a file that reads outside data does bring more", () => {
  expect(brought.get("reader")).toEqual(expect.arrayContaining(["venues/src/wire", "zod"]));
});
