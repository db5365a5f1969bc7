import { type Spread, type Timed, ratioOf, spreadOf } from "./harness.ts";
import type { Machine } from "./machine.ts";
import type { Counted, Row } from "./row.ts";

/** A row with its figures, as `--json` prints it. */
export interface Measured {
  readonly name: string;
  readonly question: string;
  readonly unit: string;
  readonly clock: Row["clock"];
  readonly rounds: number;
  readonly microsPerUnit: readonly ({ readonly name: string } & Spread)[];
  /** How many times as fast `of` is as `against`. */
  readonly ratios: readonly ({ readonly of: string; readonly against: string } & Spread)[];
  readonly checked: readonly string[];
  /** What the last round answered; it also shows that the work was done. */
  readonly answers: Readonly<Record<string, number>>;
}

export function measuredOf(
  name: string,
  { question, unit, clock, ratios, checked }: Row,
  timed: readonly Timed[],
): Measured {
  const find = (wanted: string) => {
    const found = timed.find((one) => one.name === wanted);
    if (found === undefined) throw new Error(`invariant broken: no contender is called "${wanted}"`);
    return found;
  };
  return {
    ...{ name, question, unit, clock, checked },
    rounds: timed[0]?.micros.length ?? 0,
    microsPerUnit: timed.map((one) => ({ name: one.name, ...spreadOf(one.micros) })),
    ratios: ratios.map(([of, against]) => ({ of, against, ...ratioOf(find(of), find(against)) })),
    answers: Object.fromEntries(timed.map((one) => [one.name, one.answers.at(-1)!])),
  };
}

export const machineText = ({ node, processor, cores, load, at }: Machine): string =>
  `${at}  node ${node}, ${cores} cores of ${processor}, load ${load.join(" ")}`;

/** Three significant digits, with thousands set apart. */
const figure = (value: number): string =>
  value >= 1000 ? Math.round(Number(value.toPrecision(3))).toLocaleString("en-US") : `${Number(value.toPrecision(3))}`;
const spread = ({ median, min, max }: Spread, suffix = ""): string =>
  `${`${figure(median)}${suffix}`.padStart(10)}  ${figure(min)} to ${figure(max)}`;

export function rowText({ name, question, unit, clock, rounds, microsPerUnit, ratios, checked }: Measured): string {
  const labels = ratios.map(({ of, against }) => `${of} : ${against}`);
  const width = Math.max(...[...labels, ...microsPerUnit.map((one) => one.name)].map(({ length }) => length));
  return [
    `${name}: ${question}`,
    `  times as fast, median and range of ${rounds} interleaved rounds`,
    ...ratios.map((ratio, i) => `    ${labels[i]!.padEnd(width)}  ${spread(ratio, "x")}`),
    `  microseconds per ${unit}, ${clock === "wall" ? "as waited for" : "processor time"}`,
    ...microsPerUnit.map((one) => `    ${one.name.padEnd(width)}  ${spread(one)}`),
    ...checked.map((line) => `  checked: ${line}`),
    "",
  ].join("\n");
}

export function countedText({ name, question, columns, lines, checked }: Counted): string {
  const width = Math.max(...lines.map((line) => line.name.length));
  const row = (label: string, cells: readonly string[]) =>
    `    ${label.padEnd(width)}${cells.map((cell) => cell.padStart(11)).join("")}`;
  return [
    `${name}: ${question}`,
    row("", columns),
    ...lines.map((line) => row(line.name, line.figures.map(figure))),
    ...checked.map((line) => `  checked: ${line}`),
    "",
  ].join("\n");
}
