import type { Account, Book } from "@plimsoll/server/contract";
import {
  accountName,
  ageText,
  countText,
  figureText,
  healthWord,
  liquidationLines,
  reasonText,
} from "@plimsoll/server/display";
import Table from "cli-table3";

// oxfmt-ignore
export const plainBorders = {
  top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "",
  left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  ",
};

const tones = { safe: 32, watch: 36, act: 33, unknown: 35, danger: 31, liquidatable: 41 } as const;
const toned = (danger: Account["danger"], colour: boolean): string =>
  colour ? `\u001B[${tones[danger]}m${danger}\u001B[0m` : danger;

/** Boundaries of one account that the table names; the rest are counted, and all are in --json. */
const MOST_LINES = 3;

/** The book as people read it: a table, worst account first, the number behind each danger word, what protects it, what next. */
export function bookText(book: Book, colour: boolean): string {
  const reasons = book.accounts.map((account) => reasonLine(account, colour));
  return [bookTable(book, colour), "", ...reasons, "", ...guardLines(book)].join("\n");
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
  const table = new Table({
    head: ["danger", "account", "equity, health", "liquidated at (price now → move)", "age"],
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    chars: plainBorders,
  });
  for (const account of accounts) {
    const { title, detail } = accountName(account);
    const age = ageText(Math.max(0, at.ms - account.asOf.ms));
    table.push([
      toned(account.danger, colour),
      `${title}\n${detail}`,
      `${equityText(account)}\n${healthCell(account)}`,
      edgesText(account),
      account.stale ? `${age}, stale` : age,
    ]);
  }
  return table.toString();
}

/** Why something is unknown is said once, below the table. */
const equityText = ({ equity }: Account): string => (equity.is === "unknown" ? "unknown" : figureText(equity));

function healthCell({ health }: Account): string {
  if (health.is === "unknown") return "health unknown";
  return health.is === "no-debt" ? "no debt" : `health ${healthWord(health)}`;
}

function edgesText({ liquidation }: Account): string {
  if (liquidation.is === "unknown") return "unknown";
  const lines = liquidationLines(liquidation);
  const more = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

function guardLines({ guards }: Book): readonly string[] {
  if (guards.length === 0) {
    return [
      "No guard protects this book.",
      "Next: write one as in examples/loan.yaml, or let one watch live: plimsoll serve --config examples/plimsoll.yaml",
    ];
  }
  const armed = guards.filter(({ mode }) => mode === "armed").length;
  const shadow = guards.length - armed;
  const count = [armed > 0 && `${armed} armed`, shadow > 0 && `${shadow} in shadow`].filter(Boolean).join(", ");
  return [
    `${countText(guards.length, "guard")}, ${count}:`,
    ...guards.map(
      ({ name, holding, when, wants, ladder }) =>
        `  ${name}: ${holding}, when ${when}; wants ${wants}; may ${ladder.join(", else ")}`,
    ),
    ...(shadow > 0 ? ["In shadow a guard decides and does not send: it protects nobody."] : []),
    "check sends nothing. Next: let the guards watch live accounts: plimsoll serve --config plimsoll.yaml",
  ];
}
