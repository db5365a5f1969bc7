import type { Account, Book } from "@plimsoll/server/contract";
import { ageText, healthWord, liquidationText, moneyText, percentText, reasonText } from "@plimsoll/server/display";
import Table from "cli-table3";

// oxfmt-ignore
export const plainBorders = {
  top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "",
  left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  ",
};

const tones = { safe: 32, watch: 36, act: 33, unknown: 35, danger: 31, liquidatable: 41 } as const;
const toned = (danger: Account["danger"], colour: boolean): string =>
  colour ? `\u001B[${tones[danger]}m${danger}\u001B[0m` : danger;

const equityText = ({ equity }: Account): string => {
  if (equity.is === "known") return moneyText(equity.amount);
  return equity.is === "stale" ? `${moneyText(equity.last)} (stale)` : reasonText(equity.why);
};

/** The book as a table for people: worst account first, then the number that decided each danger word. */
export function bookTable(book: Book, colour: boolean): string {
  const head = ["danger", "account", "equity", "health", "liquidated at", "distance", "age"];
  const table = new Table({
    head,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 1 },
    chars: plainBorders,
  });
  for (const account of book.accounts) {
    const { danger, holding, health, liquidation, distance, asOf } = account;
    table.push([
      toned(danger, colour),
      `${holding}\n${account.account}`,
      equityText(account),
      healthWord(health),
      liquidationText(liquidation),
      distance === undefined ? "none" : percentText(distance),
      ageText(Math.max(0, book.at.ms - asOf.ms)),
    ]);
  }
  const reasons = book.accounts.map(
    (account) => `${account.holding}, ${toned(account.danger, colour)}: ${reasonText(account.because)}`,
  );
  const guards =
    book.guards.length === 0
      ? "No guard protects this book."
      : `${book.guards.length} guards; those in shadow decide and do not send: they protect nobody.`;
  return [table.toString(), "", ...reasons, "", guards].join("\n");
}
