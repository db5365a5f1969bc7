import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-drill-"));
afterAll(() => rmSync(folder, { recursive: true }));

const page = readFileSync(fileURLToPath(new URL("../../../docs/drills.md", import.meta.url)), "utf8");
const block = (kind: string): string => new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";

/** The page's example in a file, changed. */
function example(change: (text: string) => string = (text) => text): string {
  const path = join(folder, "half-an-hour.yaml");
  writeFileSync(path, change(block("yaml")));
  return path;
}

test("the example of the page prints what the page shows, and its exit code is 0", async () => {
  const { code, lines } = await runInTest("drill", example());
  expect(lines.trimEnd()).toBe(block("text").trimEnd());
  expect(code).toBe(0);
});

test("a set that does not come to what it must is named, and the exit code says so", async () => {
  const early = example((text) => text.replace("below: 4, release: 5, urgent: 2", "below: 20, release: 22, urgent: 8"));
  const { code, lines } = await runInTest("drill", early);
  expect(lines).toContain("not as it must: half-an-hour, too late: desk must die and survived");
  expect(code).toBe(1);
});

test("further and mirrored: a variant of it, without the sets that are bad at the written path", async () => {
  const { code, lines } = await runInTest("drill", example(), "--mirror", "--multiply", "1.25", "--json");
  const { drills } = JSON.parse(lines);
  expect(
    drills.map(({ variant, sets }: { variant: string; sets: { guardSet: string }[] }) => [
      variant,
      sets.map(({ guardSet }) => guardSet),
    ]),
  ).toEqual([["mirrored x1.25", ["nothing", "in time"]]]);
  expect(code).toBe(0);
});

test("without a name the list of drills; a name that is none is refused with those that are", async () => {
  const list = await runInTest("drill");
  expect(list.code).toBe(0);
  expect(list.lines).toContain("2020-03-12-covid");
  const strange = await runInTest("drill", "2019");
  expect(strange.code).toBe(2);
  expect(strange.errors).toContain("no drill is named 2019");
  expect(strange.errors).toContain("Next: write one of: 2020-03-12-covid, ");
});

test("a drill file that is wrong is refused at its line", async () => {
  const wrong = example((text) => text.replace("to: 76500", "to: cheap"));
  const { code, errors } = await runInTest("drill", wrong);
  expect(code).toBe(2);
  expect(errors).toMatch(/half-an-hour\.yaml:15:\d+ channels\[0\]\.steps\[1\]\.to: .*found "cheap"/);
});
