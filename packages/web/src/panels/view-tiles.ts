import { type Danger, dangers } from "@plimsoll/core/risk";
import type { Book } from "@plimsoll/server/contract";
import { countText, moneyText, percentText } from "@plimsoll/server/display";
import type { AccountRow } from "./view-account.ts";

export interface Tile {
  readonly title: string;
  readonly value: readonly string[];
  readonly note: string;
  readonly tone?: Danger;
}

/** The figures on top of the overview: what there is, how far it is to the nearest line, what protects it. */
export function viewTiles(book: Book, rows: readonly AccountRow[]): readonly Tile[] {
  return [equityTile(book), nearestTile(book, rows), coverageTile(book)];
}

function equityTile({ equity, accounts }: Book): Tile {
  const title = "Equity in accounts";
  const missing = accounts.filter((account) => account.equity.is === "unknown" || account.equity.is === "stale").length;
  const note =
    missing === 0
      ? `all of ${countText(accounts.length, "account")}; reserves outside not counted`
      : `without ${countText(missing, "account")} whose equity is not known`;
  if (equity.length === 0) return { title, value: [accounts.length === 0 ? "no accounts" : "unknown"], note };
  return { title, value: equity.map(({ total }) => moneyText(total)), note };
}

function nearestTile({ nearest, accounts }: Book, rows: readonly AccountRow[]): Tile {
  const title = "Nearest liquidation";
  const taken = accounts.filter(({ liquidation }) => liquidation.is === "already-below").length;
  if (taken > 0)
    return {
      title,
      value: ["already below"],
      note: `${countText(taken, "account")} may be taken now`,
      tone: "liquidatable",
    };
  const row = rows.find(({ key }) => key === nearest?.key);
  if (nearest === undefined || row === undefined)
    return { title, value: ["none"], note: "no price reaches a line of a known account" };
  const money = nearest.headroom ? `, ${moneyText(nearest.headroom)} of headroom` : "";
  return {
    title,
    value: [`${percentText(nearest.distance)} away`],
    note: `${row.name}, ${row.detail}${money}`,
    tone: row.danger,
  };
}

function coverageTile({ coverage: { armed, shadow, none }, accounts }: Book): Tile {
  const open = [shadow > 0 && `${shadow} in shadow only`, none > 0 && `${none} without a guard`]
    .filter(Boolean)
    .join(", ");
  return {
    title: "Guarded",
    value: [`${armed} of ${accounts.length}`],
    note: open === "" ? "every account has an armed guard" : `not protected: ${open}`,
  };
}

/** How many accounts carry each danger word, worst first; words that none carries are left out. */
export function countDangers(
  rows: readonly AccountRow[],
): readonly { readonly danger: Danger; readonly count: number }[] {
  return dangers
    .toReversed()
    .map((danger) => ({ danger, count: rows.filter((row) => row.danger === danger).length }))
    .filter((entry) => entry.count > 0);
}
