import type { Book } from "@plimsoll/server/contract";
import type { LiveState, Presence } from "./live/index.ts";
import { type AccountRow, viewAccountRow } from "./panels/view-account.ts";

/** What a screen draws: the book with its rows as they may be trusted now. */
export interface ScreenProps {
  readonly state: LiveState & { readonly scenery: NonNullable<LiveState["scenery"]> };
  readonly presence: Presence;
  readonly rows: readonly AccountRow[];
}

export const readRows = (book: Book, { ageMs, stale }: Presence): readonly AccountRow[] =>
  book.accounts.map((account) => viewAccountRow(account, { at: book.at, ageMs, stale }));
