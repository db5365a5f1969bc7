// docs/venues.md from the rule tables of packages/venues/src/*/README.md. Without --write it only says whether the page is current.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.ts";

const venues = join(root, "packages/venues/src");
const page = join(root, "docs/venues.md");

/** Words that a status may use, strongest first, and what they mean. */
const statuses = [
  ["contract", "compared with the real contracts on a local chain"],
  ["figure", "reproduces figures that the venue or the protocol's own tests produced"],
  ["documentation", "the venue says so"],
  ["source", "read in the source of the protocol, not run"],
  ["copies", "public copies that agree with each other"],
  ["derived", "follows from other rules"],
  ["assumed", "not confirmed: replaced as soon as the venue shows otherwise"],
] as const;
type Status = (typeof statuses)[number][0];

/** A rule as a venue's README states it. */
interface Rule {
  readonly rule: string;
  readonly source: string;
  readonly status: string;
  readonly test: string;
}

interface Venue {
  readonly folder: string;
  readonly title: string;
  readonly about: string;
  readonly rules: readonly Rule[];
}

const problems: string[] = [];

function readVenue(folder: string): Venue {
  const text = readFileSync(join(venues, folder, "README.md"), "utf8");
  const [head = "", ...rest] = text.split("\n");
  const about = rest.join("\n").trim().split("\n\n")[0]!.replaceAll("\n", " ");
  return { folder, title: head.replace(/^# /, ""), about, rules: rulesOf(folder, text) };
}

/** Rows of every table that has a rule, a status and a test. */
function rulesOf(folder: string, text: string): readonly Rule[] {
  const rules: Rule[] = [];
  let columns: readonly string[] = [];
  for (const line of text.split("\n")) {
    if (!line.startsWith("|")) {
      columns = [];
      continue;
    }
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells.includes("rule") && cells.includes("status") && cells.includes("test")) columns = cells;
    else if (columns.length > 0 && !/^[-:]+$/.test(cells[0] ?? "")) rules.push(ruleOf(folder, columns, cells));
  }
  if (rules.length === 0) problems.push(`${folder}/README.md has no table with rule, status and test`);
  return rules;
}

function ruleOf(folder: string, columns: readonly string[], cells: readonly string[]): Rule {
  const cell = (name: string) => cells[columns.findIndex((column) => column.startsWith(name))] ?? "";
  const rule = { rule: cell("rule"), source: cell("source"), status: cell("status"), test: cell("test") };
  const where = `${folder}/README.md, "${rule.rule.slice(0, 60)}"`;
  if (cells.length !== columns.length) problems.push(`${where}: ${cells.length} cells in a table of ${columns.length}`);
  if (wordsOf(rule.status).length === 0)
    problems.push(`${where}: status "${rule.status}" has none of ${statuses.map(([word]) => word).join(", ")}`);
  for (const [file] of rule.test.matchAll(/[\w./-]+\.test\.ts/g))
    if (!existsSync(join(venues, folder, file)) && !existsSync(join(root, file)))
      problems.push(`${where}: there is no test ${file}`);
  const proved = wordsOf(rule.status).at(-1) !== "assumed";
  if (proved && !/\.test\.ts/.test(rule.test)) problems.push(`${where}: no test is named`);
  return rule;
}

const wordsOf = (status: string): readonly Status[] =>
  statuses.map(([word]) => word).filter((word) => new RegExp(`\\b${word}`).test(status));

/** A rule counts as its weakest word. */
const countOf = (rules: readonly Rule[], word: Status): number =>
  rules.filter(({ status }) => wordsOf(status).at(-1) === word).length;

function pageOf(all: readonly Venue[]): string {
  const words = statuses.map(([word]) => word);
  const lines = [
    "# Venues and what their rules rest on",
    "",
    "Made by `npm run docs:venues` from the README of each folder in `packages/venues/src`; do not edit it here.",
    "A rule counts as the weakest word of its status:",
    "",
    ...statuses.map(([word, meaning]) => `- **${word}**: ${meaning}`),
    "",
    `| venue | rules | ${words.join(" | ")} |`,
    `|---|---|${words.map(() => "---").join("|")}|`,
    ...all.map(({ folder, rules }) => {
      const counts = words.map((word) => countOf(rules, word) || "").join(" | ");
      return `| [${folder}](#${folder}) | ${rules.length} | ${counts} |`;
    }),
  ];
  for (const { folder, title, about, rules } of all) {
    lines.push("", `## ${folder}`, "", `${title}. ${about}`, "");
    lines.push("| rule | source | status | test |", "|---|---|---|---|");
    for (const { rule, source, status, test } of rules) lines.push(`| ${rule} | ${source} | ${status} | ${test} |`);
  }
  return `${lines.join("\n")}\n`;
}

const folders = readdirSync(venues, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(venues, entry.name, "margin.ts")))
  .map(({ name }) => name);
for (const folder of folders)
  if (!existsSync(join(venues, folder, "README.md"))) problems.push(`${folder} has no README.md`);
const made = pageOf(folders.filter((folder) => existsSync(join(venues, folder, "README.md"))).map(readVenue));
if (problems.length > 0) {
  console.error(problems.map((problem) => `venues-doc: ${problem}`).join("\n"));
  process.exitCode = 1;
} else if (process.argv.includes("--write")) writeFileSync(page, made);
else if (!existsSync(page) || readFileSync(page, "utf8") !== made) {
  console.error("docs/venues.md is not current: npm run docs:venues");
  process.exitCode = 1;
}
