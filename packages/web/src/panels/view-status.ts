import { type Danger, worse } from "@plimsoll/core/risk";
import type { Book } from "@plimsoll/server/contract";

export interface Status {
  readonly mode: Book["mode"];
  readonly pill: string;
  /** Said on every screen as long as somebody is not protected. */
  readonly warning: string | undefined;
  readonly danger: Danger;
}

/** The top bar: what the book is worth worrying about, and who is protected by what. */
export function viewStatus({ mode, danger, coverage: { armed, shadow, none } }: Book, stale: boolean): Status {
  const open = shadow + none;
  return {
    mode,
    pill: mode === "armed" ? "Armed" : "Shadow",
    warning:
      mode === "shadow"
        ? "Shadow: Plimsoll decides and sends nothing. Shadow protects nobody."
        : open > 0
          ? `${open} of ${armed + open} accounts have no armed guard. Shadow protects nobody.`
          : undefined,
    danger: stale ? worse(danger, "unknown") : danger,
  };
}
