import type { Flow } from "@plimsoll/core/book";
import type { Line } from "@plimsoll/core/margin";
import type { Intent, Outcome, Plan } from "@plimsoll/core/planner";
import type { Danger } from "@plimsoll/core/risk";
import type { BookCover, BookView } from "@plimsoll/core/turn";
import type { AccountKey, Exact, Hash, HoldingId, Ms, Why } from "@plimsoll/core/units";
import type { Evidence } from "@plimsoll/server/contract";

/** What the server needs of whoever runs the turn: the keeper live, the demo in its own time. */
export interface LiveSource {
  view(): BookView;
  /** What protects every position if the machine dies now. */
  coverage(): readonly BookCover[];
  /** Entries newest first: those with a smaller `seq` than `before` (all without it), at most `limit`. */
  activity(query: { readonly before?: number; readonly limit: number }): Promise<readonly Happening[]>;
  /** Present while a demonstration or a drill runs. */
  story?(): StoryView | undefined;
  evidence?(): Evidence;
  /** Calls back after anything above may have changed, also when only time passed; returns how to stop. */
  onChange(callback: () => void): () => void;
}

/** One journaled thing that happened, in core's own types. */
export interface Happening {
  /** Grows with each entry, over all streams. */
  readonly seq: number;
  readonly at: Ms;
  readonly chain?: { readonly stream: string; readonly seq: bigint; readonly hash: Hash };
  readonly what:
    | { readonly is: "plan"; readonly plan: Plan }
    | { readonly is: "intent"; readonly intent: Intent; readonly because: string }
    | {
        readonly is: "outcome";
        readonly intent: Intent;
        readonly outcome: Outcome;
        /** The account's lines as the plan promised them, and as they were read afterwards. */
        readonly predicted?: readonly Line[];
        readonly actual?: readonly Line[];
      }
    | { readonly is: "alert"; readonly account?: AccountKey; readonly danger: Danger; readonly why: Why }
    /** What a venue did to us: a liquidation, an ADL, a settlement. */
    | {
        readonly is: "venue";
        readonly did: string;
        readonly holding: HoldingId;
        readonly account?: AccountKey;
        readonly taken: readonly Flow[];
        readonly fee: readonly Flow[];
      }
    | { readonly is: "note"; readonly text: string };
}

export interface Money {
  readonly amount: Exact;
  readonly unit: string;
}

/** What one run of the same market did to the same book; an absent figure is not yet known. */
export interface RunView {
  readonly guards: "off" | "on";
  readonly state: "waiting" | "running" | "finished";
  readonly equityStart?: Money;
  readonly equityNow?: Money;
  readonly liquidations: number;
  readonly actions: number;
  readonly lowestHealth?: Exact;
}

export interface StoryView {
  readonly title: string;
  readonly phase: "starting" | "guards-off" | "guards-on" | "finished" | "failed";
  /** Progress of the whole story, 0 to 1. */
  readonly progress: number;
  /** Time inside the story, and how many times faster than ours it runs. */
  readonly clock: Ms;
  readonly speed: number;
  /** What happens just now, in one sentence. */
  readonly now: string;
  readonly runs: readonly RunView[];
  readonly sentence?: string;
}
