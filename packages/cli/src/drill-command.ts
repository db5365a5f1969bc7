import { basename } from "node:path";
import {
  type AccountResult,
  type Drill,
  type DrillResult,
  type Left,
  type SetResult,
  type Variant,
  asWritten,
  brokenMusts,
  differences,
  mirrored,
  multiplied,
  outcomesOf,
  readDrillFile,
  readOutcomes,
  recordName,
  runDrill,
  shippedDrills,
  writeOutcomes,
} from "@plimsoll/lab";
import { sha256 } from "@plimsoll/keeper";
import {
  type Exact,
  type Result,
  type Why,
  brief,
  fail,
  isNegative,
  ok,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import { engineOf } from "@plimsoll/venues";
import { reasonText } from "@plimsoll/server/display";
import { Command, Option } from "commander";
import { positiveDecimal, seedNumber } from "./arguments.ts";
import { drillJson } from "./drill-json.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { plainTable } from "./table.ts";
import { wrapText } from "./wrap-text.ts";

interface Options {
  readonly all?: true;
  readonly multiply?: Exact;
  readonly mirror?: true;
  readonly seed: bigint;
  readonly explain?: true;
  readonly write?: true;
  readonly json?: true;
}

/** plimsoll drill: what a crisis does to a book, with guards off and on, in virtual time. */
export function drillCommand(out: Out, finish: Finish): Command {
  return new Command("drill")
    .description("what a recorded crisis does to a book, with guards off and on; without a name the list of drills")
    .argument("[drill]", "a drill's name, or a drill file of your own")
    .option("--all", "play every drill that comes with the program")
    .option("--multiply <factor>", "every move so many times as far, for example 1.25", positiveDecimal)
    .option("--mirror", "prices rise where they fell and shorts hold what longs held")
    .addOption(
      new Option("--seed <number>", "order book noise of the simulated exchange")
        .argParser(seedNumber)
        .default(1n, "1"),
    )
    .option("--explain", "every action with its reason")
    .option("--write", "record these outcomes as the accepted ones")
    .option("--json", "results as JSON")
    .action((name: string | undefined, options: Options) => {
      const drills = readDrills(name, options);
      if (!drills.ok) {
        sayFailure(out, drills.failure);
        return finish(failureCode(drills.failure));
      }
      if (name === undefined && options.all !== true) return list(out, drills.value, options);
      const results: DrillResult[] = [];
      for (const drill of drills.value) {
        const result = runDrill(variantOf(drill, options), { engineOf, sha256 }, options.seed);
        if (!result.ok) {
          sayFailure(out, result.failure);
          return finish(exitCodes.error);
        }
        results.push(result.value);
      }
      finish(report(out, results, options));
    });
}

/** The drills asked for: one by its name or path, or all. */
function readDrills(name: string | undefined, { all }: Options): Result<readonly Drill[], Why> {
  const shipped = shippedDrills();
  const wanted = name === undefined || all === true ? shipped : [pathOf(name, shipped)];
  const drills: Drill[] = [];
  for (const path of wanted) {
    if (path === undefined)
      return fail(
        why("usage", { detail: `no drill is named ${name}`, next: `write one of: ${shipped.map(nameOf).join(", ")}` }),
      );
    const read = readDrillFile(path);
    if (!read.ok) return read;
    drills.push(read.value);
  }
  return ok(drills);
}

const nameOf = (path: string): string => basename(path, ".yaml");
const pathOf = (name: string, shipped: readonly string[]): string | undefined =>
  name.includes(".") ? name : shipped.find((path) => nameOf(path) === name);

function variantOf(drill: Drill, { mirror, multiply }: Options): Variant {
  const turned = mirror === true ? mirrored(drill) : asWritten(drill);
  return multiply === undefined ? turned : multiplied(turned, multiply);
}

function list(out: Out, drills: readonly Drill[], { json }: Options): void {
  if (json === true)
    return out.line(
      JSON.stringify(
        drills.map(({ id, title, shows }) => ({ id, title, shows: shows.map(({ says }) => says) })),
        undefined,
        2,
      ),
    );
  out.line(
    plainTable(
      ["drill", "what it is", "accounts", "guard sets"],
      drills.map(({ id, title, accounts, guardSets }) => [
        id,
        title,
        String(accounts.length),
        String(guardSets.length),
      ]),
    ),
  );
  out.line("\nNext: plimsoll drill 2025-10-10, or plimsoll drill --all");
}

/** Prints results and compares them with what is recorded. @returns 0 where they are as recorded and as they must. */
function report(out: Out, results: readonly DrillResult[], { json, explain, write, seed }: Options): number {
  const now = outcomesOf(results);
  const recorded = readOutcomes();
  const known = results.filter((result) => seed === 1n && recorded[recordName(result)] !== undefined);
  const changed = differences(recorded, outcomesOf(known));
  const broken = results.flatMap((result) => (result.variant === "" ? brokenMusts(result) : []));
  if (write === true) writeOutcomes(now);
  if (json === true) out.line(JSON.stringify(drillJson(results, changed, broken), undefined, 2));
  else {
    for (const result of results) out.line(drillText(result, out, explain === true));
    for (const line of broken) out.line(`not as it must: ${line}`);
    for (const line of changed) out.line(`${write === true ? "recorded" : "not as recorded"}: ${line}`);
    if (changed.length > 0 && write !== true) out.line("Next: find out why; if it is meant, record it with --write");
  }
  return (changed.length > 0 && write !== true) || broken.length > 0 ? exitCodes.error : exitCodes.safe;
}

function drillText(result: DrillResult, out: Out, explain: boolean): string {
  const { title, drill, variant, sets, shown, assumed, leftOut } = result;
  const rows = sets.flatMap((set) => set.accounts.map((account) => rowOf(set, account)));
  const lines = [
    `${title} (${[drill, variant].filter((word) => word !== "").join(", ")})`,
    plainTable(
      ["guards", "account", "fate", "smallest health", "cost, gas USD", "equity at the end", "against nothing"],
      rows,
    ),
    ...(explain ? sets.flatMap(explained) : []),
    ...sets.flatMap(({ guardSet, accounts }) =>
      accounts.flatMap(({ account, left, unit }) => (left ? [leftText(guardSet, account, left, unit)] : [])),
    ),
    ...shown.map(({ says, is, figure }) => `${seen[is]}: ${says}${figure === undefined ? "" : ` (${figure})`}`),
    ...sets.flatMap(({ guardSet, refusals }) => refusals.map((refusal) => `bad on purpose, ${guardSet}: ${refusal}`)),
    ...leftOut.map((each) => `left out: ${each}`),
    `assumed: ${assumed.length === 0 ? "nothing" : assumed.join("; ")}`,
    "rules: those of today's terms, not of the day",
  ];
  return `${lines.map((line) => (line.includes("\n") ? line : wrapText(line, out.columns, 2))).join("\n")}\n`;
}

const seen = { seen: "shown", "not-seen": "not shown", told: "mind" } as const;

const leftText = (guardSet: string, account: string, { at, is, lost, most }: Left, unit: string): string => {
  const bound = most === undefined ? "nothing covered it" : `${is} the bound of ${money(most)} ${unit}`;
  return `${guardSet}, ${account}: dead since ${moment(at)}, ${money(lost)} ${unit} lost since, ${bound}`;
};

const rowOf = ({ guardSet, must }: SetResult, account: AccountResult): string[] => [
  must === undefined ? guardSet : `${guardSet} (must ${must})`,
  account.account,
  account.at === undefined
    ? account.fate
    : `${account.fate}\n${new Date(account.at).toISOString().slice(5, 16).replace("T", " ")}`,
  account.smallestHealth === undefined ? "none" : brief(account.smallestHealth, 3),
  `${money(account.cost)}, ${money(account.gas)}`,
  account.equityEnd === undefined ? "unknown" : `${money(account.equityEnd)} ${account.unit}`,
  account.againstNothing === undefined || guardSet === "nothing" ? "" : signed(account.againstNothing),
];

const moment = (at: number): string => new Date(at).toISOString().slice(5, 19).replace("T", " ");
const money = (value: Exact): string => text(rescale(value, 2, "half-even"));
const signed = (value: Exact): string => `${isNegative(value) ? "" : "+"}${money(value)}`;

const explained = ({ guardSet, accounts, told }: SetResult): readonly string[] => [
  ...told.map(({ at, account, danger, code, arrived }) => {
    const lost = arrived ? "" : ", which nobody got";
    return `${guardSet}, ${account}, ${moment(at)}: told ${danger} (${code})${lost}`;
  }),
  ...accounts.flatMap(({ account, how, actions }) => [
    ...(how === undefined ? [] : [`${guardSet}, ${account}: ${how}`]),
    ...actions.map(({ at, what, result, because, why: reason }) => {
      const came = reason === undefined ? result : `${result}, ${reasonText(reason)}`;
      return `${guardSet}, ${account}, ${moment(at)}: ${what}: ${came}. Because ${because}`;
    }),
  ]),
];
