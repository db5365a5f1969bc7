import type { Explain } from "@plimsoll/core/margin";
import type { Account, PricePoint } from "@plimsoll/server/contract";
import { grouped, healthText, moneyText, pointText, priceText } from "@plimsoll/server/display";
import { type Screen, fullName } from "./table.ts";
import { wrapText } from "./wrap-text.ts";

/** The work behind an account's figures: each line of the account, then a tree with one figure a row and how it came about. */
export function explainText(
  account: Account,
  work: Explain | undefined,
  outlook: readonly string[],
  { columns }: Screen,
): string {
  if (work === undefined) return `\n${fullName(account)}\n  nothing to explain: the account could not be assessed`;
  const rows = rowsOf(work, 1);
  const [names, values] = [
    Math.max(...rows.map(({ name }) => name.length)),
    Math.max(...rows.map(({ value }) => value.length)),
  ];
  const figures = rows.map(({ name, value, how }) =>
    `${name.padEnd(names)}  ${value.padStart(values)}  ${how}`.trimEnd(),
  );
  const sources = [...new Set(sourcesOf(work))].map((source) => `  source: ${source}`);
  const lines = account.lines.flatMap(({ name, required, surplus, health, meaning }) => [
    `  ${name} line: ${moneyText(required, "ceil")} needed, ${moneyText(surplus)} to spare, health ${healthText(health)}`,
    `    ${meaning}`,
  ]);
  const edges = pointsOf(account.liquidation).map(
    (point) => `  liquidated at ${pointText(point)}, now ${priceText(point.now)}`,
  );
  return ["", fullName(account), ...lines, ...edges, ...outlook.map((line) => `  ${line}`), ...figures, ...sources]
    .map((line) => wrapText(line, columns, 6))
    .join("\n");
}

function pointsOf(liquidation: Account["liquidation"]): readonly PricePoint[] {
  if (liquidation.is === "price") return [liquidation.nearest, ...liquidation.others];
  return liquidation.is === "both" ? [liquidation.down, liquidation.up, ...liquidation.others] : [];
}

interface Row {
  readonly name: string;
  readonly value: string;
  readonly how: string;
}

const rowsOf = ({ name, value, formula = "", parts = [] }: Explain, depth: number): readonly Row[] => [
  { name: `${"  ".repeat(depth)}${name}`, value: shown(value), how: formula },
  ...parts.flatMap((part) => rowsOf(part, depth + 1)),
];

const sourcesOf = ({ source, parts = [] }: Explain): readonly string[] => [
  ...(source === undefined ? [] : [source]),
  ...parts.flatMap(sourcesOf),
];

/** Digits as the engine has them, grouped, without zeros at the end. */
const shown = (value: string): string =>
  /^-?\d+(\.\d+)?$/.test(value) ? grouped(value.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "")) : value;
