import type { Account, Book } from "@plimsoll/server/contract";
import {
  accountName,
  ageText,
  comingText,
  countText,
  figureText,
  healthWord,
  liquidationLines,
  reasonText,
} from "@plimsoll/server/display";
import Table from "cli-table3";
import type { Out } from "./out.ts";
import { wrapText } from "./wrap-text.ts";

// oxfmt-ignore
const plainBorders = {
  top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "",
  left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  ",
};

/** Columns without borders; cells may have several lines. */
export function plainTable(head: string[], rows: readonly string[][]): string {
  const style = { head: [], border: [], "padding-left": 0, "padding-right": 0 };
  const table = new Table({ head, style, chars: plainBorders });
  table.push(...rows);
  return table.toString().replaceAll(/ +$/gm, "");
}

const tones = { safe: 32, watch: 36, act: 33, unknown: 35, danger: 31, liquidatable: 41 } as const;
const toned = (danger: Account["danger"], colour: boolean): string =>
  colour ? `\u001B[${tones[danger]}m${danger}\u001B[0m` : danger;

/** Boundaries of one account that the table names; the rest are counted, and all are in --json. */
const MOST_LINES = 3;

/** How wide and how colourful the reader's terminal is. */
export type Screen = Pick<Out, "colour" | "columns">;

/** The book as people read it: a table, worst account first, the number behind each danger word, what protects it, what next. */
export function bookText(book: Book, { colour, columns }: Screen): string {
  const reasons = book.accounts.map((account) => wrapText(reasonLine(account, colour), columns, 4));
  const guards = guardLines(book).map((line) => wrapText(line, columns, line.startsWith(" ") ? 10 : 2));
  const coming = comingLines(book).map((line) => wrapText(line, columns, 4));
  return [bookTable(book, colour), "", ...reasons, "", ...coming, ...guards].join("\n");
}

/** An account that is not safe and why, in one line. */
export function reasonLine(account: Account, colour: boolean): string {
  return `${toned(account.danger, colour)}  ${fullName(account)}: ${reasonText(account.because)}`;
}

export function fullName(account: Account): string {
  const { title, detail } = accountName(account);
  return `${title}, ${detail}`;
}

/** Fits 80 columns where names are short: what belongs together stands in one cell. */
function bookTable({ accounts, at }: Book, colour: boolean): string {
  const rows = accounts.map((account) => {
    const { title, detail } = accountName(account);
    return [
      toned(account.danger, colour),
      `${title}\n${detail}`,
      `${equityText(account)}\n${healthCell(account)}`,
      edgesText(account),
      ageText(Math.max(0, at.ms - account.asOf.ms)),
    ];
  });
  return plainTable(["danger", "account", "equity, health", "liquidated at", "age"], rows);
}

/** Why something is unknown is said once, below the table. */
const equityText = ({ equity }: Account): string => (equity.is === "unknown" ? "unknown" : figureText(equity));

function healthCell({ health, stale }: Account): string {
  if (health.is === "unknown") return "health unknown";
  return health.is === "no-debt" ? "no debt" : `health ${healthWord(health)}${stale ? " (stale)" : ""}`;
}

function edgesText({ liquidation }: Account): string {
  if (liquidation.is === "unknown") return "unknown";
  const lines = liquidationLines(liquidation);
  const more = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

/** Changes of rules that are known to be coming, under the account that they concern. */
function comingLines({ accounts }: Book): readonly string[] {
  const lines = accounts.flatMap((account) =>
    (account.coming ?? []).map((change) => `  ${fullName(account)}, ${comingText(change, account.danger)}`),
  );
  return lines.length === 0 ? [] : ["Changes of rules that are coming:", ...lines, ""];
}

function guardLines({ guards }: Book): readonly string[] {
  if (guards.length === 0) {
    return [
      "No guard protects this book.",
      "Next: write a guard as in examples/loan.yaml, or let one watch live accounts: plimsoll serve --config examples/plimsoll.yaml",
    ];
  }
  const armed = guards.filter(({ mode }) => mode === "armed").length;
  const shadow = armed < guards.length ? "; in shadow a guard decides and does not send: it protects nobody" : "";
  return [
    `${countText(guards.length, "guard")}, ${armed === 0 ? "none" : armed} armed${shadow}.`,
    ...guards.flatMap(({ name, mode, holding, when, wants, ladder }) => [
      `  ${name} (${mode}, protects ${holding})`,
      `    when  ${when}`,
      `    wants ${wants}`,
      `    may   ${ladder.join(", else ")}`,
    ]),
    "Next: let guards watch live accounts: plimsoll serve --config examples/plimsoll.yaml",
  ];
}
