import { type Danger, worse } from "@plimsoll/core/risk";
import type { Book, HouseMode } from "@plimsoll/server/contract";

export interface Status {
  /** Whether anything may be sent and any guard is armed to want it: only then the word may look calm. */
  readonly acts: boolean;
  /** What the whole house may do. */
  readonly pill: string;
  /** Said on every screen as long as somebody is not protected. */
  readonly warning: string | undefined;
  readonly danger: Danger;
}

const pills: Readonly<Record<HouseMode, string>> = {
  armed: "armed",
  shadow: "shadow: nothing is sent, nobody is protected",
  "reduce-only": "reduce-only",
  halted: "halted",
};

/** The top bar: what the house may do, what the book is worth worrying about, and who is protected by what. */
export function viewStatus(book: Book, stale: boolean): Status {
  const { house, mode, danger } = book;
  return {
    acts: mode === "armed",
    pill: house === "armed" && mode === "shadow" ? "armed, but no guard is" : pills[house],
    warning: warningOf(book),
    danger: stale ? worse(danger, "unknown") : danger,
  };
}

function warningOf({ house, mode, coverage: { armed, shadow, none } }: Book): string | undefined {
  const open = shadow + none;
  if (house === "halted")
    return "Halted: nothing new is sent, nobody is protected. What is under way is followed to its end.";
  if (mode === "shadow") return "Shadow: Plimsoll decides and sends nothing. Shadow protects nobody.";
  if (open > 0) return `${open} of ${armed + open} accounts have no armed guard. Shadow protects nobody.`;
  return house === "reduce-only" ? "Reduce-only: sent is what reduces, adds collateral or cancels." : undefined;
}
