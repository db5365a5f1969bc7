// npm run new:venue -- NAME: a folder with the shape that every venue has, and its line in venues/src/index.ts. Its
// conformance suite runs at once and fails: nothing is written yet. A second argument names another house than this one.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binOf, root } from "./run.ts";

const templates = join(import.meta.dirname, "new-venue");

function refuse(problem: string): never {
  console.error(`new:venue: ${problem}`);
  process.exit(2);
}

const [name = "", house = root] = process.argv.slice(2);
const venues = join(house, "packages/venues/src");
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
  refuse(`"${name}" is no name of a venue: npm run new:venue -- a-venue (small letters, digits, "-")`);
const folder = join(venues, name);
if (existsSync(folder)) refuse(`${folder} exists already`);

const today = new Date().toISOString().slice(0, 10);
const pascal = name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
const filled = (text: string): string =>
  text
    .replaceAll("__venueName__", camel)
    .replaceAll("__Venue__", pascal)
    .replaceAll("__VENUE__", name.replaceAll("-", "_").toUpperCase())
    .replaceAll("__venue__", name)
    .replaceAll("__month__", today.slice(0, 7))
    .replaceAll("__date__", today);

mkdirSync(join(folder, "terms"), { recursive: true });
for (const template of readdirSync(templates)) {
  const target = template === "terms.json.txt" ? join("terms", `${today}.json`) : template.replace(/\.txt$/, "");
  writeFileSync(join(folder, target), filled(readFileSync(join(templates, template), "utf8")));
}

const list = join(venues, "index.ts");
const text = readFileSync(list, "utf8");
const withImport = text.replace(/(\n\/\*\* Every margin system)/, `import { ${camel} } from "./${name}/index.ts";\n$1`);
const withVenue = withImport.replace(/(readonly VenueModule\[\] = \[[^\]]*?),?\s*\];/, `$1, ${camel}];`);
if (withVenue === withImport || withImport === text) refuse(`${list} has another shape: add ${camel} there by hand`);
writeFileSync(list, withVenue);
spawnSync(process.execPath, [binOf("oxfmt"), folder, list], { cwd: root, stdio: "inherit" });

console.log(`packages/venues/src/${name} is there and listed. Its suite fails until the engine is written:
  npx vitest run --project unit packages/venues/src/${name}
Then: README.md with the venue's rules, docs by npm run docs:venues, schemas by npm run schemas -w plimsoll.`);
